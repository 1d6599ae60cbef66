import type { Page } from 'playwright-core'

const controls = 'button|link|textbox|searchbox|combobox|spinbutton|slider|switch|checkbox'

/** Controls that a screen reader would announce without a name, as they stand in the accessibility tree. */
export async function nameless(page: Page): Promise<readonly string[]> {
  const tree = await page.locator('body').ariaSnapshot()
  return tree.split('\n').filter((line) => new RegExp(`- (?:${controls})(?: \\[[^\\]]*\\])*(?::|$)`).test(line))
}

/** Text whose contrast with its ground is below what WCAG 2 AA (1.4.3) asks for: 4.5, and 3 for large letters. What is disabled needs none. */
export function faint(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(contrastProbe)
}

/** Runs in the page. Colours go through a canvas, which understands every way to write one. */
const contrastProbe = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
  const ground = (element) => {
    const own = element === null ? [255, 255, 255, 1] : rgba(getComputedStyle(element).backgroundColor)
    return own[3] === 1 ? own : over(own, ground(element.parentElement))
  }
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0)
  const isExempt = (element) => element.closest(':disabled, [aria-hidden=true], .unseen') !== null || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const found = []
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()).join('')
    if (text === '' || isExempt(element)) continue
    const style = getComputedStyle(element)
    const behind = ground(element)
    const [a, b] = [light(over(rgba(style.color), behind)), light(behind)]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    const px = parseFloat(style.fontSize)
    const least = px >= 24 || (px >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5
    if (ratio < least) found.push(ratio.toFixed(2) + ' ' + element.className + ': ' + text.slice(0, 40))
  }
  return found
})()`

/** What the Tab key comes to, on a page that was just loaded, until it leaves it: accessible name or value of each stop. */
export async function tabStops(page: Page): Promise<readonly string[]> {
  const stops: string[] = []
  for (let count = 0; count < 80; count++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate<string | null>(focusProbe)
    if (stop === null) break
    stops.push(stop)
  }
  return stops
}

const focusProbe = `(() => {
  const { activeElement: at } = document
  if (at === null || at === document.body) return null
  return at.getAttribute('aria-label') ?? (at.labels?.[0] ?? at).textContent.trim()
})()`
