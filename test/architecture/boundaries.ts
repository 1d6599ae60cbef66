import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path/posix'
import type { Scanned } from './scan.ts'

interface Row {
  readonly of: readonly string[]
  readonly may: readonly string[]
  /** By `import type` alone: nothing of it is there when the program runs. */
  readonly mayTypes?: readonly string[]
  /** These alone, and nothing of Node: the place is bundled for browsers. */
  readonly packages?: readonly string[]
}

/** The dependency rule: base < store, hal < safety < core < doors < run < main, with the envelope `ocpp` beside core.
 *  A folder imports itself, what its row names, and nothing else. A name that ends in a slash means all below it.
 *  The first row that fits a file counts. */
const rows: readonly Row[] = [
  { of: ['src/base/'], may: [] },
  { of: ['src/store/'], may: ['src/base/'] },
  { of: ['src/safety/'], may: ['src/base/', 'hal/types.ts'] },
  { of: ['src/core/'], may: ['src/base/', 'src/store/', 'src/safety/port.ts', 'hal/types.ts'] },
  { of: ['src/ocpp/'], may: ['src/base/', 'src/store/'] },
  { of: ['src/ocpp16/'], may: ['src/base/', 'src/store/', 'src/ocpp/', 'src/core/'] },
  { of: ['src/ocpp201/'], may: ['src/base/', 'src/store/', 'src/ocpp/', 'src/core/'] },
  // The charger's own page runs in browsers: it knows the shapes of the REST door by their types, and nothing else of the house.
  { of: ['src/local/web/'], may: ['src/local/web/'], mayTypes: ['src/local/rest/shapes.ts', 'src/local/rest/answers.ts'], packages: ['preact', 'uplot'] },
  { of: ['src/local/'], may: ['src/base/', 'src/core/'] },
  // Programs outside: they know the doors by what passes through them, and run on an older Node too.
  { of: ['src/client/'], may: ['src/base/', 'src/local/prompt.ts'] },
  // It implements a port of the core and knows nothing else of it.
  { of: ['src/transfer/'], may: ['src/base/', 'src/core/transfer.ts'] },
  // What a board file may say is declared where the drivers read it.
  { of: ['src/config/'], may: ['src/base/', 'hal/types.ts', 'hal/spec/'] },
  // Commissioning looks at single devices before a guard owns them.
  { of: ['src/commission/'], may: ['src/base/', 'src/config/', 'hal/'] },
  {
    of: ['src/run/'],
    may: [
      ...['base', 'store', 'safety', 'core', 'ocpp', 'ocpp16', 'ocpp201', 'local', 'config', 'transfer'].map((folder) => `src/${folder}/`),
      ...['hal/types.ts', 'hal/build.ts', 'hal/spec/', 'hal/simulated/', 'package.json'],
      // The doors show what the doctor finds; it is loaded when somebody asks, and touches no wire.
      ...['src/commission/doctor.ts', 'src/commission/host.ts'],
    ],
  },
  { of: ['src/main.ts'], may: ['src/', 'hal/types.ts', 'package.json'] },
  { of: ['hal/'], may: ['src/base/'] },
  // The map of the bench runs in browsers, as the charger's page does, and looks like it.
  {
    of: ['bench/dashboard/'],
    may: ['src/local/web/'],
    mayTypes: ['bench/csms/rest/shapes.ts'],
    packages: ['preact', 'uplot', 'leaflet', 'topojson-client', 'world-atlas'],
  },
  // Its door keeps strangers out as the charger's own does, and is read about on the same paper: parts that know nothing of a charger.
  {
    of: ['bench/csms/rest/'],
    may: [
      'src/base/',
      'src/local/gate.ts',
      'src/local/lock-out.ts',
      'src/local/http/docs-style.ts',
      'src/local/http/docs-text.ts',
      'src/local/rest/exposition.ts',
    ],
  },
  {
    of: ['bench/csms/'],
    may: ['src/base/', 'src/ocpp/', 'src/ocpp16/messages/', 'src/ocpp16/redact.ts', 'src/ocpp201/messages/', 'src/ocpp201/redact.ts'],
  },
  // Files of sites, read and kept.
  { of: ['bench/sites/'], may: ['bench/csms/', 'bench/shipped-files.ts', 'src/base/', 'src/config/'] },
  { of: ['bench/shipped-files.ts'], may: ['src/base/'] },
  // A day at the bench, told in steps.
  {
    of: ['bench/demo/'],
    may: ['bench/', 'src/run/', 'src/base/', 'src/config/', 'src/ocpp/', 'src/ocpp16/messages/', 'src/ocpp201/messages/', 'package.json'],
  },
  // Figures of the ledger and of the composite schedule alone, the store that a station in simulated time is given, and GPIO without hardware.
  {
    of: ['bench/perf/'],
    may: [
      'bench/',
      'test/fuse/',
      'hal/build.ts',
      'src/run/',
      'src/base/',
      'src/config/',
      'src/ocpp/',
      'src/ocpp16/messages/',
      'src/ocpp201/messages/',
      'src/store/open.ts',
      'src/core/charging/',
      'test/fuse/gpio.ts',
      'package.json',
    ],
  },
  // A station's memory from program to program, and the files that it is lent.
  {
    of: ['bench/desk/'],
    may: [
      'src/run/',
      'src/base/',
      'src/config/',
      'src/ocpp/',
      'src/store/open.ts',
      'src/store/lock.ts',
      'src/store/store.ts',
      'src/core/transfer.ts',
      'src/core/facts.ts',
    ],
  },
  {
    of: ['bench/scenarios/'],
    may: ['bench/', 'src/run/', 'src/base/', 'src/config/', 'src/ocpp/', 'src/ocpp16/messages/', 'src/store/store.ts', 'src/core/transfer.ts'],
  },
  // What the package exports for tests of central systems.
  {
    of: ['bench/scripts/'],
    may: ['bench/csms/', 'bench/desk/', ...['base', 'config', 'ocpp', 'ocpp16/messages', 'client'].map((folder) => `src/${folder}/`), 'package.json'],
  },
  // Whole charge points by the hundred, and what Prometheus reads of them.
  {
    of: ['bench/fleet/'],
    may: ['bench/', 'src/run/', 'src/base/', 'src/config/', 'src/ocpp/', 'src/local/rest/exposition.ts', 'package.json'],
  },
  {
    of: ['bench/start.ts', 'bench/main.ts', 'bench/commands/', 'bench/soak/'],
    may: ['bench/', 'hal/build.ts', 'src/run/', 'src/base/', 'src/config/', 'src/ocpp/', 'src/ocpp16/messages/', 'src/ocpp201/messages/', 'package.json'],
  },
]

/** Packages by who may use them: those of a desk tool never enter the charger's install. */
export interface Packages {
  readonly charger: readonly string[]
  readonly bench: readonly string[]
}

export function boundaryViolations(files: ReadonlyMap<string, Scanned>, packages: Packages): readonly string[] {
  const refusals: string[] = []
  for (const [path, { imports }] of files) {
    const row = rows.find(({ of }) => of.some((place) => covers(place, path)))
    if (row === undefined) refusals.push(`${path}: no row of the dependency rule names this place`)
    for (const { specifier, isType, line } of imports) {
      const reason =
        specifier === undefined ? 'an import whose name is computed: nobody can judge it' : refusal(path, specifier, rightsOf(row, isType), files, packages)
      if (reason !== undefined) refusals.push(`${path}:${line}: ${reason}`)
    }
  }
  return [...refusals, ...cycles(files)]
}

interface Rights {
  readonly may: readonly string[]
  /** Undefined: Node and what the charger installs. */
  readonly only: readonly string[] | undefined
}

function rightsOf(row: Row | undefined, isType: boolean): Rights {
  return { may: [...(row?.may ?? []), ...(isType ? (row?.mayTypes ?? []) : [])], only: row?.packages }
}

function refusal(path: string, specifier: string, { may, only }: Rights, files: ReadonlyMap<string, Scanned>, packages: Packages): string | undefined {
  if (only !== undefined && !specifier.startsWith('.')) {
    return only.includes(specifier.split('/', 1)[0] ?? '') ? undefined : `imports ${specifier}; of packages it may import ${only.join(', ')}`
  }
  if (isBuiltin(specifier)) return undefined
  if (!specifier.startsWith('.')) {
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    if (packages.charger.includes(name) || (path.startsWith('bench/') && packages.bench.includes(name))) return undefined
    return `imports the package ${name}, which is not among the ${path.startsWith('bench/') ? 'packages' : "charger's dependencies"} of package.json`
  }
  const target = join(dirname(path), specifier)
  if (/^(?:src|hal|bench)\//.test(target) && !files.has(target)) return `imports ${target}, which does not exist`
  if (folderOf(target) === folderOf(path) || may.some((place) => covers(place, target))) return undefined
  return `imports ${target}; it may import ${may.length === 0 ? 'nothing of the house' : may.join(', ')}`
}

/** `src/core` of `src/core/charging/stack.ts`, `hal` of anything in hal, and a file at the top of src or bench by itself.
 *  The page is no part of the program that stands around it. */
function folderOf(path: string): string {
  if (path.startsWith('src/local/web/')) return 'src/local/web'
  const [first = '', second = '', ...rest] = path.split('/')
  return first === 'hal' || (rest.length === 0 && second === '') ? first : `${first}/${second}`
}

function covers(place: string, path: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place
}

/** Each cycle once, as the way round; type imports count, for a reader has to go round as well. */
export function cycles(files: ReadonlyMap<string, Scanned>): readonly string[] {
  const found: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const way: string[] = []
  const visit = (path: string) => {
    state.set(path, 'open')
    way.push(path)
    for (const { specifier } of files.get(path)?.imports ?? []) {
      if (!specifier?.startsWith('.')) continue
      const target = join(dirname(path), specifier)
      if (state.get(target) === 'open') found.push(`${target}: a cycle: ${[...way.slice(way.indexOf(target)), target].join(' -> ')}`)
      else if (!state.has(target) && files.has(target)) visit(target)
    }
    way.pop()
    state.set(path, 'done')
  }
  for (const path of files.keys()) if (!state.has(path)) visit(path)
  return found
}
