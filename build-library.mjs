import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { lean, leanOnOldNode } from './build-lean.mjs'

/** What tests and scripts import, beside the station itself (docs/scripting.md). These run on whatever Node a test has: 20 and newer. */
const anywhere = { control: 'src/client/control.ts', csms: 'bench/scripts/csms.ts', frames: 'bench/scripts/frames.ts' }
/** These hold a whole station, with its database. */
const here = { 'in-process-station-program': 'bench/scripts/station.ts' }

export const libraryEntries = { ...anywhere, ...here }

/** What `pilotwire/station` points to: a bundle's imports are resolved before its first line runs, so an old Node would end in a stack
 *  trace about node:sqlite. */
const inProcessStation = `const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 12)) {
  throw new Error(
    'pilotwire/station needs Node 24.12 or newer, and this is Node ' + process.versions.node + '. pilotwire/control drives a station in a process of its own from any Node since 20.',
  )
}
export const { CommandError, station, steppedClock } = await import('./in-process-station-program.js')
`

/** Makes the library's bundles. @param common the options of every bundle of the house @returns what esbuild says of each build */
export async function buildLibrary(common) {
  const built = await Promise.all([
    build({
      ...common,
      entryPoints: anywhere,
      target: 'node20',
      plugins: [leanOnOldNode],
      banner: { js: "import { createRequire as __createRequire } from 'node:module'\nconst require = __createRequire(import.meta.url)" },
    }),
    build({ ...common, entryPoints: here, plugins: [lean] }),
  ])
  writeFileSync(join(common.outdir, 'in-process-station.js'), inProcessStation)
  return built
}
