// Makes the map of the bench central system: `node build-dashboard.mjs [FOLDER]`, into dist/dashboard when none is named. Called by build.mjs
// for the package and by setup.mjs for a fresh clone.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWeb, isCalled } from './build-web.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))

/** @returns as buildWeb does */
export function buildDashboard(folder = join(root, 'dist', 'dashboard')) {
  return buildWeb('bench/dashboard', folder)
}

if (isCalled(import.meta.url)) {
  const { bytes } = await buildDashboard(process.argv[2])
  process.stderr.write(`dashboard: ${Math.ceil(bytes / 1_000)} kB compressed\n`)
}
