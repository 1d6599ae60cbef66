import { basename } from 'node:path/posix'
import { lineOf, type Scanned } from './scan.ts'

/** Where a rule does not hold: a folder (with slash) or a file. */
type Places = readonly string[]

interface Word {
  readonly pattern: RegExp
  readonly words: string
  /** Where it may stand. */
  readonly but: Places
}

const base: Places = ['src/base/']
/** The page asks the browser for time, in one file. */
const clocks: Places = [...base, 'src/local/web/browser-clock.ts']
const clockWords = 'time comes from the injected Clock (src/base/clock.ts)'
const logWords = 'log with src/base/log.ts; the entry points alone write to the standard streams'
const entryPoints: Places = ['src/base/', 'src/main.ts', 'bench/main.ts', 'bench/start.ts', 'bench/perf/run.ts', 'test/left-out-setup.ts']

/** What the linter cannot see, and what it sees as well: members of globalThis, imports from node:timers, Date without an argument. */
const forbidden: readonly Word[] = [
  { pattern: /\bDate\s*\??\.\s*now\b/g, words: `Date.now: ${clockWords}`, but: base },
  {
    pattern: /\bDate\s*\(\s*\)|\bnew\s+Date\b(?!\s*\()|\bDate\s*(?:\?\.\s*)?\[|(?:\}|(?:const|let)\s+\w+)\s*=\s*Date\b(?!\s*\.)/g,
    words: `Date without an argument: ${clockWords}`,
    but: base,
  },
  { pattern: /\b(?:setTimeout|setInterval|setImmediate)\b/g, words: `a timer: ${clockWords}`, but: clocks },
  { pattern: /\brequestAnimationFrame\b/g, words: `a timer: ${clockWords}`, but: clocks },
  { pattern: /\bAbortSignal\s*\.\s*timeout\b|\bAtomics\s*\.\s*wait(?:Async)?\b/g, words: `a hidden timer: ${clockWords}`, but: base },
  { pattern: /\bperformance\s*\??(?:\.\s*(?:now|timeOrigin|mark|measure)\b|\.?\s*\[)/g, words: `performance: ${clockWords}`, but: clocks },
  { pattern: /\bprocess\s*\.\s*hrtime\b/g, words: `process.hrtime: ${clockWords}`, but: base },
  { pattern: /\bMath\s*\.\s*random\b/g, words: 'Math.random: chance is handed in, so that a run can be repeated', but: base },
  {
    // By its members: a door of the house is called console too.
    pattern: /(?<![.\w$])console\s*(?:\??\.\s*(?:log|info|warn|error|debug|trace|table|dir(?:xml)?|assert|count\w*|group\w*|time\w*)\b|(?:\?\.\s*)?\[)/g,
    words: `console: ${logWords}`,
    but: base,
  },
  { pattern: /\bprocess\s*\.\s*std(?:out|err)\b/g, words: `a standard stream: ${logWords}`, but: entryPoints },
  // An alias or a computed member would hide all of the above.
  {
    pattern: /\b(?:globalThis|global|Math|process)\s*(?:\?\.\s*)?\[|\bglobalThis\b(?!\s*\??\.\s*\w)|\bgetBuiltinModule\b/g,
    words: 'a global by a computed or hidden name',
    but: base,
  },
  { pattern: /\bglobalThis\s*\??\.\s*console\b/g, words: `console: ${logWords}`, but: base },
]

const forbiddenImport = /^(?:node:)?(?:timers(?:\/promises)?|console|process)$/

/** Who owns hardware names it. Safety rule 1: the core never holds a relay. */
const hardware = /\b(?:Contactor|Pilot|Lock|EvseController)\b/g
const hardwarePlaces: Places = ['hal/', 'src/safety/', 'src/run/']

const forbiddenName = /^index\.|^base-|(?:^|[-.])(?:utils?|helpers?|managers?|services?|impl)(?=[-.]|$)/i
const lowerCaseWithDashes = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/

const longest = 300

function stands(path: string, places: Places): boolean {
  return places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place))
}

export function wordViolations(files: ReadonlyMap<string, Scanned>): readonly string[] {
  const refusals: string[] = []
  for (const [path, { code, imports }] of files) {
    for (const { pattern, words, but } of forbidden) {
      if (stands(path, but)) continue
      for (const match of code.matchAll(pattern)) refusals.push(`${path}:${lineOf(code, match.index)}: ${words}`)
    }
    for (const { specifier, line } of imports) {
      if (specifier !== undefined && forbiddenImport.test(specifier) && !stands(path, base)) refusals.push(`${path}:${line}: imports ${specifier}`)
    }
    // Tests build hardware to try it.
    if (stands(path, [...hardwarePlaces, 'test/'])) continue
    for (const match of code.matchAll(hardware)) {
      refusals.push(`${path}:${lineOf(code, match.index)}: ${match[0]} is named only in hal, safety and run`)
    }
  }
  return refusals
}

export function nameViolations(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    const parts = path.split('/').slice(1)
    const wrong = parts.find((part) => forbiddenName.test(part))
    if (wrong !== undefined) return [`${path}: ${wrong} says nothing; name it after the thing (no utils, helpers, manager, service, Impl, base-, index)`]
    return lowerCaseWithDashes.test(basename(path)) ? [] : [`${path}: file names are lower-case with dashes`]
  })
}

/** `reasons`: why a file may be longer. A reason whose file is short again, or gone, is refused too. */
export function lengthViolations(files: ReadonlyMap<string, string>, reasons: Readonly<Record<string, string>>): readonly string[] {
  const lengths = [...files].map(([path, text]) => ({ path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }))
  const long = lengths.filter(({ lines }) => lines > longest)
  return [
    ...long
      .filter(({ path }) => reasons[path] === undefined)
      .map(({ path, lines }) => `${path}: ${lines} lines; split it, or give its reason in test/architecture.test.ts`),
    ...Object.keys(reasons)
      .filter((path) => long.every((file) => file.path !== path))
      .map((path) => `${path}: is not over ${longest} lines; take its reason out of test/architecture.test.ts`),
  ]
}
