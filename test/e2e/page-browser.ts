import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll } from 'vitest'

const chromiumPath = '/usr/bin/chromium'

/** Undefined: the system's Chromium is there. */
export const missing = existsSync(chromiumPath) ? undefined : 'the page in a browser: chromium is not installed'

export const sizes = [
  { name: 'desk', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
] as const
export type Size = Pick<(typeof sizes)[number], 'width' | 'height'>

let launched: Promise<Browser> | undefined
afterAll(async () => {
  await (await launched)?.close()
})

/** One for all tests of a file. */
function browser(): Promise<Browser> {
  launched ??= import('playwright-core').then(({ chromium }) => chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] }))
  return launched
}

export interface OpenPage {
  readonly page: Page
  /** Errors and warnings of the console, exceptions, requests that failed or were refused. A test that brings one about takes it away. */
  readonly troubles: string[]
  /** Follows the link of the navigation. */
  visit(view: string): Promise<void>
  /** px by which the page is wider than the window. */
  overhang(): Promise<number>
}

/** A page of a browser that was never here before. */
export async function openPage(url: string, { width, height }: Size): Promise<OpenPage> {
  const permissions = ['clipboard-read', 'clipboard-write']
  const context = await (await browser()).newContext({ viewport: { width, height }, reducedMotion: 'reduce', permissions })
  const page = await context.newPage()
  page.setDefaultTimeout(6_000)
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text())
  })
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('requestfailed', (request) => {
    // Who reloads the page, or leaves a view with its stream of events, ends what was under way.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') troubles.push(`${request.url()}: ${request.failure()?.errorText}`)
  })
  await page.goto(url)
  return {
    page,
    troubles,
    visit: (view) => page.getByRole('navigation').getByRole('link', { name: view }).click(),
    overhang: () => page.evaluate('document.documentElement.scrollWidth - innerWidth'),
  }
}
