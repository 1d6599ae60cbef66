import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { systemClock } from '../../src/base/clock.ts'
import { seconds } from '../../src/base/units.ts'

// Pictures of our web pages for the documentation, as page-screenshots.ts and dashboard-screenshots.ts take them.

const images = fileURLToPath(new URL('../../docs/images', import.meta.url))
const largestBytes = 150_000

const clock = systemClock()
export const pause = (length: number) => new Promise<void>((resolve) => clock.after('pause', seconds(length), resolve))

export const phone = { width: 390, height: 844, deviceScaleFactor: 1.5 }
export const desk = { width: 1280, height: 800, deviceScaleFactor: 1 }

export interface Shot {
  /** Of the file, without its ending. */
  readonly name: string
  readonly size: typeof phone
  readonly colorScheme: 'light' | 'dark'
  readonly url: string
  /** Brings what is wanted into sight. */
  readonly arrange: (page: Page) => Promise<void>
}

/** Those of the command line, or all. */
export function wanted<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  const named = process.argv.slice(2)
  return all.filter(({ name }) => named.length === 0 || named.includes(name))
}

/** Writes docs/images/NAME.png. @throws Error: it is too large for a page of documentation */
export async function takePicture(browser: Browser, { name, size, colorScheme, url, arrange }: Shot): Promise<void> {
  const { deviceScaleFactor, ...viewport } = size
  const context = await browser.newContext({ viewport, deviceScaleFactor, colorScheme, reducedMotion: 'reduce', timezoneId: 'Europe/Berlin', locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(url)
  await arrange(page)
  await pause(1)
  mkdirSync(images, { recursive: true })
  const bytes = await page.screenshot({ path: join(images, `${name}.png`) })
  await context.close()
  if (bytes.length > largestBytes) throw new Error(`${name} has ${bytes.length} bytes, more than ${largestBytes}`)
}
