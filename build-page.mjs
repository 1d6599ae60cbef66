// Makes the charger's own web page: `node build-page.mjs [FOLDER]`, into dist/page when none is named. Called by build.mjs for the package
// and by setup.mjs for a fresh clone.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWeb, isCalled } from './build-web.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))

/** @returns as buildWeb does */
export function buildPage(folder = join(root, 'dist', 'page')) {
  return buildWeb('src/local/web', folder)
}

if (isCalled(import.meta.url)) {
  const { bytes } = await buildPage(process.argv[2])
  process.stderr.write(`page: ${Math.ceil(bytes / 1_000)} kB compressed\n`)
}
