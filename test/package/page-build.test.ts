import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Bytes of everything, as it is sent; of the dashboard two thirds are the shores of the world. */
const pages = [
  { name: 'page', budget: 150_000 },
  { name: 'dashboard', budget: 400_000 },
] as const

describe.each(pages)('the $name', ({ name, budget }) => {
  const folder = mkdtempSync(join(tmpdir(), 'pilotwire-page-'))
  const files = () => readdirSync(folder, { recursive: true }).map((path) => String(path).replaceAll('\\', '/'))
  const text = (path: string) => readFileSync(join(folder, path), 'utf8')

  beforeAll(() => {
    execFileSync(process.execPath, [join(root, `build-${name}.mjs`), folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test(`the whole is at most ${budget / 1_000} kB compressed`, () => {
    const packed = files().filter((path) => path.endsWith('.gz'))
    const bare = files().filter((path) => /\.\w+$/.test(path) && !path.endsWith('.gz') && !packed.includes(`${path}.gz`))
    const sizes = [...packed, ...bare].map((path) => statSync(join(folder, path)).size)
    expect(sizes.length).toBeGreaterThan(2)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(budget)
  })

  test('each packed file is the one beside it', () => {
    for (const path of files().filter((each) => each.endsWith('.gz'))) {
      expect(gunzipSync(readFileSync(join(folder, path))).equals(readFileSync(join(folder, path.replace(/\.gz$/, '')))), path).toBe(true)
    }
  })

  test('nothing comes from elsewhere, and nothing stands in the page that its Content-Security-Policy refuses', () => {
    const html = text('index.html')
    const named = [...html.matchAll(/\b(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(2)
    for (const path of named) expect(files()).toContain(path.replace(/^\.\//, ''))
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+="/)
    const styles = files().filter((path) => path.endsWith('.css'))
    for (const path of styles) expect(text(path), path).not.toMatch(/@import|url\((?!["']?(?:\.{0,2}\/|#))/)
    const scripts = files().filter((path) => path.endsWith('.js'))
    // Preact writes a `style` attribute only where a component asks for one.
    for (const path of scripts) expect(text(path), path).not.toMatch(/\bfetch\(["'`]https?:|\beval\(|new Function\(/)
  })
})
