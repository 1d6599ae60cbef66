// Makes dist/: the two programs and the library, each one bundle, the library's type declarations, and the web pages of charger
// and bench.
// docs/decisions/0002-bundle-for-the-field.md says why.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildDashboard } from './build-dashboard.mjs'
import { fewParts, lean } from './build-lean.mjs'
import { buildLibrary, libraryEntries } from './build-library.mjs'
import { buildPage } from './build-page.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
const dist = join(root, 'dist')
const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const programs = { pilotwire: 'src/main.ts', 'pilotwire-bench': 'bench/main.ts' }
const entries = { 'pilotwire-program': programs.pilotwire, 'pilotwire-bench-program': programs['pilotwire-bench'], station: 'src/run/station.ts' }

/** What `bin` points to. A bundle's imports are resolved before its first line runs, so an old Node would end in a stack trace about
 *  node:sqlite: this file asks for the version first. It also keeps compiled code between starts, in a directory of the user's own
 *  (what stands there is run, so the shared /tmp will not do), and writes it while running: a charger is often ended by a power cut. */
function prelude(name) {
  return `#!/usr/bin/env node
import * as nodeModule from 'node:module'

const require = nodeModule.createRequire(import.meta.url)
const { join } = require('node:path')
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 12)) {
  let pinned
  try {
    pinned = require.resolve('node-' + process.platform + '-' + process.arch + '/bin/node')
  } catch {}
  const remedy = pinned === undefined ? 'Install Node 24 from https://nodejs.org.' : 'It came with this package, call: ' + pinned + ' ' + process.argv[1]
  process.stderr.write('${name}: Node 24.12 or newer is needed, and this is Node ' + process.versions.node + ' (' + process.execPath + '). ' + remedy + '\\n')
  process.exit(2)
}
try {
  const { NODE_COMPILE_CACHE, CACHE_DIRECTORY, XDG_CACHE_HOME } = process.env
  nodeModule.enableCompileCache(NODE_COMPILE_CACHE || join(CACHE_DIRECTORY || XDG_CACHE_HOME || join(require('node:os').homedir(), '.cache'), 'pilotwire'))
  setTimeout(nodeModule.flushCompileCache, 5_000).unref()
} catch {} // It only saves time: a user without a home goes without.
const program = join(import.meta.dirname, '${name}-program.js')
process.argv[1] = program // the program asks whether it is what was started
await import('./${name}-program.js')
`
}

/** The licences of everything that was bundled: they ask to travel with the code. */
function licences(inputs) {
  const names = new Set(
    inputs.map((path) => /^node_modules\/(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[0]).filter((path) => path !== undefined),
  )
  const texts = [...names].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
    return `${name} ${version} (${license})\n\n${file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

const missing = Object.values({ ...entries, ...libraryEntries }).filter((path) => !existsSync(join(root, path)))
if (missing.length > 0) {
  process.stderr.write(`build: ${missing.join(' and ')} not found\n`)
  process.exit(1)
}
rmSync(dist, { recursive: true, force: true })

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24.12',
  // Names and lines stay: a stack trace from the field must be readable without a map, and maps cost memory.
  minifySyntax: true,
  legalComments: 'none',
  // Optional accelerators of ws, absent here: it need not look for the one at each start, and never does for the other.
  define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"' },
  // What is native stays beside the bundle.
  external: ['utf-8-validate', ...Object.keys(about.optionalDependencies)],
  // What is CommonJS in the bundle asks for Node's own modules by require().
  // Each part has this line: a require() of its own is made only for what is not Node's, which hardly one ever asks for.
  banner: { js: "const require = (name) => process.getBuiltinModule(name) ?? process.getBuiltinModule('node:module').createRequire(import.meta.url)(name)" },
  plugins: [lean],
  metafile: true,
  logLevel: 'warning',
}
const { 'pilotwire-program': charger, 'pilotwire-bench-program': desk, ...others } = entries
// What is imported only when it is needed (yaml, the console) becomes a file of its own: a start neither reads nor compiles it.
const inParts = { ...common, entryPoints: { 'pilotwire-program': charger }, splitting: true, chunkNames: 'parts/[name]-[hash]' }
const { metafile: draft } = await build({ ...inParts, write: false })
const built = await Promise.all([
  build({ ...inParts, plugins: [lean, fewParts(draft, [charger, 'src/config/command-line.ts', 'src/config/merge.ts', 'src/run/station.ts'])] }),
  build({ ...common, entryPoints: others }),
  // A fleet carries neither the central system's web server nor its databases.
  build({ ...common, entryPoints: { 'pilotwire-bench-program': desk }, splitting: true, chunkNames: 'bench/[name]-[hash]' }),
  buildLibrary(common),
]).then((all) => all.flat())
const page = await buildPage(join(dist, 'page'))
const dashboard = await buildDashboard(join(dist, 'dashboard'))
const inputs = [...new Set([...built.flatMap(({ metafile }) => Object.keys(metafile.inputs)), ...page.inputs, ...dashboard.inputs])]
const outputs = built.flatMap(({ metafile }) => Object.entries(metafile.outputs))
for (const name of Object.keys(programs)) {
  writeFileSync(join(dist, `${name}.js`), prelude(name))
  chmodSync(join(dist, `${name}.js`), 0o755)
}
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences(inputs))
// `pilotwire-bench` finds what comes with it beside its bundle.
for (const [from, to] of Object.entries({ scenarios: 'scenarios', sites: 'sites', fleet: 'patterns' })) {
  mkdirSync(join(dist, to))
  for (const name of readdirSync(join(root, 'bench', from)).filter((each) => each.endsWith('.yaml')))
    copyFileSync(join(root, 'bench', from, name), join(dist, to, name))
}

const types = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
if (types.status !== 0) {
  process.stderr.write('build: the type declarations could not be made\n')
  process.exit(1)
}
for (const [path, { bytes }] of outputs) process.stdout.write(`${path}  ${Math.round(bytes / 1_000)} kB\n`)
for (const [name, { bytes }] of Object.entries({ page, dashboard })) process.stdout.write(`dist/${name}  ${Math.ceil(bytes / 1_000)} kB compressed\n`)
