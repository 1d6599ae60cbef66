import { describe, expect, test } from 'vitest'
import { examine } from './examine.ts'
import { scan } from './scan.ts'

const packages = { charger: ['ws', 'pino'], bench: ['fastify'] }

/** Refusals of a fabricated tree; files that others import are there, and empty. */
function refusalsOf(tree: Record<string, string>, long: Record<string, string> = {}): readonly string[] {
  const empty = Object.fromEntries(
    [
      ...['src/base/clock.ts', 'src/store/store.ts', 'src/safety/port.ts', 'src/safety/supervisor.ts', 'src/core/facts.ts', 'src/ocpp/peer.ts'],
      ...['src/ocpp16/messages/core.ts', 'src/ocpp16/adapter.ts', 'src/ocpp201/adapter.ts', 'src/local/control.ts', 'src/config/board.ts', 'src/run/inline.ts'],
      ...['src/local/web/api.ts', 'src/local/rest/shapes.ts'],
      ...['src/main.ts', 'hal/types.ts', 'hal/build.ts', 'hal/bus/i2c.ts', 'hal/simulated/plant.ts', 'bench/csms/ocpp/answers.ts', 'bench/start.ts'],
    ].map((path) => [path, '']),
  )
  return examine({ ...empty, ...tree }, { packages, long })
}

function importing(path: string, specifier: string): readonly string[] {
  return refusalsOf({ [path]: `import { x } from '${specifier}'\n` })
}

test('a tree that keeps every rule is not refused', () => {
  expect(refusalsOf({})).toEqual([])
})

describe('who may import whom', () => {
  test.each([
    ['src/base/x.ts', '../store/store.ts'],
    ['src/store/x.ts', '../core/facts.ts'],
    ['src/store/x.ts', '../../hal/types.ts'],
    ['src/safety/x.ts', '../store/store.ts'],
    ['src/safety/x.ts', '../core/facts.ts'],
    ['src/safety/x.ts', '../../hal/simulated/plant.ts'],
    ['src/core/x.ts', '../ocpp/peer.ts'],
    ['src/core/x.ts', '../ocpp16/adapter.ts'],
    ['src/core/x.ts', '../local/control.ts'],
    ['src/core/x.ts', '../safety/supervisor.ts'],
    ['src/core/x.ts', '../../hal/build.ts'],
    ['src/ocpp/x.ts', '../core/facts.ts'],
    ['src/ocpp/x.ts', '../ocpp16/messages/core.ts'],
    ['src/ocpp16/x.ts', '../ocpp201/adapter.ts'],
    ['src/ocpp16/x.ts', '../local/control.ts'],
    ['src/ocpp16/x.ts', '../safety/port.ts'],
    ['src/ocpp201/x.ts', '../ocpp16/messages/core.ts'],
    ['src/local/x.ts', '../ocpp/peer.ts'],
    ['src/local/x.ts', '../store/store.ts'],
    ['src/local/x.ts', './web/api.ts'],
    ['src/local/web/x.tsx', '../rest/shapes.ts'],
    ['src/local/web/x.tsx', '../control.ts'],
    ['src/local/web/x.tsx', '../../base/clock.ts'],
    ['src/local/web/x.tsx', 'node:fs'],
    ['src/local/web/x.tsx', 'ws'],
    ['src/config/x.ts', '../core/facts.ts'],
    ['src/transfer/x.ts', '../core/facts.ts'],
    ['src/transfer/x.ts', '../store/store.ts'],
    ['src/client/x.ts', '../core/facts.ts'],
    ['src/client/x.ts', '../local/control.ts'],
    ['bench/scripts/x.ts', '../../src/core/facts.ts'],
    ['src/run/x.ts', '../main.ts'],
    ['src/run/x.ts', '../../hal/bus/i2c.ts'],
    ['src/run/x.ts', '../../bench/csms/ocpp/answers.ts'],
    ['src/main.ts', '../hal/build.ts'],
    ['src/main.ts', '../bench/start.ts'],
    ['hal/x.ts', '../src/safety/port.ts'],
    ['hal/x.ts', '../src/store/store.ts'],
    ['bench/csms/x.ts', '../../src/core/facts.ts'],
    ['bench/csms/x.ts', '../../src/ocpp16/adapter.ts'],
    ['bench/csms/x.ts', '../../src/run/inline.ts'],
    ['bench/csms/x.ts', '../start.ts'],
    ['bench/perf/x.ts', '../../src/core/facts.ts'],
    ['bench/perf/x.ts', '../../hal/simulated/plant.ts'],
    ['bench/start.ts', '../hal/types.ts'],
    ['src/core/x.ts', '../../test/architecture/scan.ts'],
  ])('%s may not import %s', (path, specifier) => {
    expect(importing(path, specifier)).toEqual([expect.stringContaining(`${path}:1: imports `)])
  })

  test.each([
    ['src/core/x.ts', '../safety/port.ts'],
    ['src/core/x.ts', '../../hal/types.ts'],
    ['src/safety/x.ts', '../../hal/types.ts'],
    ['src/ocpp16/handlers/x.ts', '../../core/facts.ts'],
    ['src/run/x.ts', '../../hal/build.ts'],
    ['src/run/x.ts', '../../hal/simulated/plant.ts'],
    ['src/main.ts', './run/inline.ts'],
    ['hal/meters/x.ts', '../bus/i2c.ts'],
    ['bench/csms/x.ts', '../../src/ocpp16/messages/core.ts'],
    ['bench/start.ts', '../src/run/inline.ts'],
    ['bench/perf/x.ts', '../csms/ocpp/answers.ts'],
    ['src/local/web/views/x.tsx', '../api.ts'],
    ['src/local/web/x.tsx', 'preact/hooks'],
    ['src/base/x.ts', 'node:fs'],
    ['src/ocpp/x.ts', 'ws'],
    ['bench/csms/x.ts', 'fastify'],
  ])('%s may import %s', (path, specifier) => {
    expect(importing(path, specifier)).toEqual([])
  })

  test.each([
    ["import type { Peer } from '../ocpp/peer.ts'"],
    ["import '../ocpp/peer.ts'"],
    ["import {\n  a,\n  type Peer,\n} from '../ocpp/peer.ts'"],
    ["export * from '../ocpp/peer.ts'"],
    ["export type { Peer } from '../ocpp/peer.ts'"],
    ["const peer = await import('../ocpp/peer.ts')"],
    ['const peer = await import(`../ocpp/peer.ts`)'],
    ["type Peer = import('../ocpp/peer.ts').Peer"],
    ["const peer = require('../ocpp/peer.ts')"],
    ["const half = 1 / 2 // it's\nimport { a } from '../ocpp/peer.ts' // /"],
    ["const quote = /['\"]/\nimport { a } from '../ocpp/peer.ts'"],
    ["const text = `a ${`b ${'}'}`} it's`\nimport { a } from '../ocpp/peer.ts'"],
  ])('the rule sees %j', (text) => {
    expect(refusalsOf({ 'src/core/x.ts': text })).toEqual([expect.stringContaining('imports src/ocpp/peer.ts')])
  })

  test.each([["// import { a } from '../ocpp/peer.ts'"], ["/** like `import '../ocpp/peer.ts'` */"], ['const text = "import \'../ocpp/peer.ts\'"']])(
    'the rule is not deceived by %j',
    (text) => {
      expect(refusalsOf({ 'src/core/x.ts': text })).toEqual([])
    },
  )

  test.each([
    ["import type { Station } from '../rest/shapes.ts'"],
    ["export type { Station } from '../rest/shapes.ts'"],
    ["import { h } from 'preact'\nimport type { Evse, Station } from '../rest/shapes.ts'"],
  ])("the page may take the types of the REST door's shapes: %j", (text) => {
    expect(refusalsOf({ 'src/local/web/x.tsx': text })).toEqual([])
  })

  test.each([["import { type Station } from '../rest/shapes.ts'"], ["import type { Gate } from '../control.ts'"], ["type S = import('../control.ts').S"]])(
    'the page may not take %j',
    (text) => {
      expect(refusalsOf({ 'src/local/web/x.tsx': text })).toEqual([expect.stringContaining('src/local/web/x.tsx:1: imports ')])
    },
  )

  test('an import with a computed name, an unknown package, a missing file and an unknown folder are refused', () => {
    expect(refusalsOf({ 'src/core/x.ts': 'await import(name)' })).toEqual([expect.stringContaining('computed')])
    expect(importing('src/core/x.ts', 'fastify')).toEqual([expect.stringContaining("not among the charger's dependencies")])
    expect(importing('bench/csms/x.ts', '@left/pad/now')).toEqual([expect.stringContaining('@left/pad')])
    expect(importing('src/core/x.ts', './absent.ts')).toEqual([expect.stringContaining('does not exist')])
    expect(refusalsOf({ 'src/cloud/x.ts': '' })).toEqual([expect.stringContaining('no row')])
  })

  test('a cycle is refused, also one of types, and shown as the way round', () => {
    const tree = { 'src/core/a.ts': "import './b.ts'", 'src/core/b.ts': "import type { C } from './c.ts'", 'src/core/c.ts': "export * from './a.ts'" }
    expect(refusalsOf(tree)).toEqual(['src/core/a.ts: a cycle: src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts'])
  })
})

describe('words in their places', () => {
  test.each([
    ['Date.now()'],
    ['const now = Date.now'],
    ['new Date()'],
    ['new Date'],
    ['Date()'],
    ['const { now } = Date'],
    ['const D = Date'],
    ["Date['now']()"],
    ['setTimeout(run, 1)'],
    ['setInterval(run, 1)'],
    ['setImmediate(run)'],
    ['globalThis.setTimeout(run, 1)'],
    ["globalThis['setTimeout'](run, 1)"],
    ['const g = globalThis'],
    ['globalThis.Date.now()'],
    ['globalThis.console.log(1)'],
    ["import timers from 'node:timers'"],
    ["import { setTimeout as sleep } from 'node:timers/promises'"],
    ["import * as t from 'timers'"],
    ["import { hrtime } from 'node:process'"],
    ["process.getBuiltinModule('node:timers')"],
    ['AbortSignal.timeout(10)'],
    ['performance.now()'],
    ['process.hrtime.bigint()'],
    ['Math.random()'],
    ["Math['random']()"],
    ["console.log('x')"],
    ["console['log']('x')"],
    ["console?.error('x')"],
    ["process.stdout.write('x')"],
    ['const text = `${Date.now()}`'],
  ])('%j is refused everywhere but in base', (text) => {
    for (const path of ['src/core/x.ts', 'src/run/x.ts', 'hal/x.ts', 'bench/csms/x.ts', 'bench/perf/x.ts', 'test/core/x.test.ts']) {
      expect(refusalsOf({ [path]: text }), path).not.toEqual([])
    }
    expect(refusalsOf({ 'src/base/x.ts': text })).toEqual([])
  })

  test.each([
    ['new Date(epochMs)'],
    ['Date.UTC(2026, 0, 1)'],
    ["Date.parse('2026-01-01')"],
    ['x instanceof Date'],
    ['crypto.randomUUID()'],
    ['Math.min(a, b)'],
    ['station.console.log(x)'],
    ['console.close()'],
    ['// Date.now() and console.log'],
    ["'setTimeout'"],
    ['/setTimeout/.test(x)'],
  ])('%j may stand anywhere', (text) => {
    expect(refusalsOf({ 'src/core/x.ts': text })).toEqual([])
  })

  test('the page asks the browser for time in one file', () => {
    const text = 'setTimeout(run, performance.now())\nrequestAnimationFrame(run)'
    expect(refusalsOf({ 'src/local/web/browser-clock.ts': text })).toEqual([])
    expect(refusalsOf({ 'src/local/web/x.tsx': text })).toHaveLength(3)
    expect(refusalsOf({ 'src/local/web/browser-clock.ts': 'Date.now()' })).toHaveLength(1)
  })

  test('only the entry points write to standard output', () => {
    const text = "process.stdout.write('0.1.0')"
    expect(refusalsOf({ 'src/main.ts': text, 'bench/main.ts': text })).toEqual([])
    expect(refusalsOf({ 'src/local/x.ts': text })).toEqual([
      'src/local/x.ts:1: a standard stream: log with src/base/log.ts; the entry points alone write to the standard streams',
    ])
  })

  test.each(['Contactor', 'Pilot', 'Lock', 'EvseController'])('%s is named only in hal, safety and run', (name) => {
    const text = `\nlet x: ${name}`
    expect(refusalsOf({ 'hal/x.ts': text, 'src/safety/x.ts': text, 'src/run/x.ts': text, 'test/hal/x.test.ts': text })).toEqual([])
    for (const path of ['src/core/x.ts', 'src/ocpp16/x.ts', 'src/config/x.ts', 'src/main.ts', 'bench/csms/x.ts']) {
      expect(refusalsOf({ [path]: text })).toEqual([`${path}:2: ${name} is named only in hal, safety and run`])
    }
    expect(refusalsOf({ 'src/core/x.ts': `// ${name}\nlet x: ${name}State` })).toEqual([])
  })
})

describe('names and lengths of files', () => {
  test.each([
    'src/core/index.ts',
    'src/core/utils.ts',
    'src/core/string-utils.ts',
    'src/core/helpers.ts',
    'src/core/helpers/text.ts',
    'src/core/session-manager.ts',
    'src/core/service.ts',
    'src/core/store-impl.ts',
    'src/core/base-meter.ts',
    'src/core/StoreImpl.ts',
    'src/core/ChargePoint.ts',
    'src/core/charge_point.ts',
    'test/core/helper.ts',
  ])('%s is refused', (path) => {
    expect(refusalsOf({ [path]: '' })).toEqual([expect.stringContaining(`${path}: `)])
  })

  test.each(['src/core/charge-point.ts', 'src/base/indexed.ts', 'hal/meters/abb-b23.ts', 'test/core/serviced.test.ts'])('%s is a name', (path) => {
    expect(refusalsOf({ [path]: '' })).toEqual([])
  })

  test('a file over 300 lines wants a reason, and a reason wants such a file', () => {
    const path = 'src/core/x.ts'
    expect(refusalsOf({ [path]: 'x\n'.repeat(300) })).toEqual([])
    expect(refusalsOf({ [path]: 'x\n'.repeat(301) })).toEqual([expect.stringContaining(`${path}: 301 lines`)])
    expect(refusalsOf({ [path]: 'x\n'.repeat(301) }, { [path]: 'a table' })).toEqual([])
    expect(refusalsOf({ [path]: 'x\n' }, { [path]: 'a table' })).toEqual([expect.stringContaining('take its reason out')])
  })
})

test('the end of a tag is no pattern', () => {
  expect(refusalsOf({ 'src/local/web/x.tsx': '<b>it</b>; Date.now(); <i>is</i>' })).toEqual([expect.stringContaining('Date.now')])
})

test('comments, texts and patterns are blanked at their length, code is kept', () => {
  const text = "const a = 'b' // c\nconst d = /[/\"]/g.test(`e${f({ g: 1 })}h`) /* i */ / 2\n"
  const { code } = scan(text)
  expect(code).toBe("const a = ' '     \nconst d =        .test(` ${f({ g: 1 })} `)         / 2\n")
  expect(code.length).toBe(text.length)
})
