import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scenarioSchema } from '../../bench/scenarios/scenario.ts'
import { sitesSchema } from '../../bench/sites/sites-file.ts'
import { meterTable } from '../../hal/spec/meter-table.ts'
import { ConfigError } from '../../src/base/errors.ts'
import { safety, withConnectors } from '../../src/config/board.ts'
import { boardNames, readBoard, readSettings, readStation } from '../../src/config/files.ts'
import { stationSchema } from '../../src/config/station-file.ts'
import { boardSchema } from '../../src/config/wired-board.ts'
import { bounds } from '../../src/safety/limits.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-config-'))
function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
async function errorOf(run: () => unknown): Promise<ConfigError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the committed JSON Schemas are those that files are held against', () => {
  const printed = (schema: object) => `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }, undefined, 2)}\n`
  test('station file', () => expect(printed(stationSchema)).toMatchFileSnapshot('../../schemas/station.schema.json'))
  test('meter file', () => expect(printed({ title: 'Pilotwire meter file', ...meterTable })).toMatchFileSnapshot('../../schemas/meter.schema.json'))
  test('board file', () => expect(printed(boardSchema)).toMatchFileSnapshot('../../schemas/board.schema.json'))
  test('scenario', () => expect(printed(scenarioSchema)).toMatchFileSnapshot('../../schemas/scenario.schema.json'))
  test('sites', () => expect(printed(sitesSchema)).toMatchFileSnapshot('../../schemas/sites.schema.json'))
})

describe('boards', () => {
  test('every board file that comes with the package is read', async () => {
    expect(boardNames()).toEqual(expect.arrayContaining(['bench-native', 'simulated', 'simulated-2', 'simulated-cable']))
    for (const name of boardNames()) expect((await readBoard(name)).name).toBe(name)
  })

  test('the default board is one three-phase socket, the cable board has a fixed cable', async () => {
    expect((await readBoard('simulated')).evses).toEqual([{ maxAmps: 32, phases: 3, cable: 'socket', nominalVoltageV: 230, hasVentilation: false }])
    expect((await readBoard('simulated-2')).evses).toHaveLength(2)
    expect((await readBoard('simulated-cable')).evses[0]?.cable).toBe('fixed')
  })

  test('the DC board has a power stage, which only a fixed cable and a simulated outlet can have', async () => {
    expect((await readBoard('simulated-dc')).evses).toMatchObject([{ cable: 'fixed', dc: { maxWatts: 50_000, maxAmps: 200, voltageV: 400 } }])
    const evse = (words: string) => `name: own\nkind: simulated\nevses:\n  - { maxAmps: 80, phases: 3, ${words} }\n`
    const refused = async (words: string) => (await errorOf(() => readBoard(file('dc.yaml', evse(words))))).message
    expect(await refused('cable: socket, dc: { maxWatts: 50000 }')).toMatch(/evses\.0\.cable.*DC outlet.*fixed/)
    expect(await refused('cable: fixed, dc: { maxWatts: 500 }')).toMatch(/not 500.*1000 to 400000/)
    expect(await refused('cable: fixed, dc: {}')).toMatch(/dc\.maxWatts.*missing/)
  })

  test('the number of connectors can be overridden up and down', async () => {
    const board = await readBoard('simulated-2')
    expect(withConnectors(board, 5).evses).toHaveLength(5)
    expect(withConnectors(board, 1).evses).toEqual([board.evses[0]])
  })

  test('a board of one own is read from YAML, and a current beyond IEC 61851 is refused with its line', async () => {
    const path = file(
      'own.yaml',
      'name: own\nkind: simulated\nevses:\n  - maxAmps: 16\n    phases: 1\n    cable: socket\n  - maxAmps: 100\n    phases: 3\n    cable: fixed\n',
    )
    const error = await errorOf(() => readBoard(path))
    expect(error.source).toBe(path)
    expect(error.field).toBe('evses.1.maxAmps')
    expect(error.message).toMatch(/not 100 \(line 7\).*6 to 80/)
  })

  test('a mistyped board name is answered with the one that was meant', async () => {
    expect((await errorOf(() => readBoard('simulated-cabel'))).message).toMatch(/no board "simulated-cabel".*Did you mean simulated-cable\?/)
  })

  describe('wires', () => {
    const wired = (text: string) => readBoard(file('wired.yaml', `name: wired\nkind: wired\n${text}`))
    const evse = (controller: string) => `evses:\n  - maxAmps: 16\n    phases: 1\n    cable: fixed\n    controller: ${controller}\n`
    const contactor = 'contactor: { output: { header: 23 } }'
    test('what is left out of an outlet has its default, and the file knows where it stands', async () => {
      const board = await wired(evse(`{ kind: socket-outlet, ${contactor} }`))
      expect(board).toMatchObject({ kind: 'wired', directory, safety: {}, evses: [{ nominalVoltageV: 230, hasVentilation: false }] })
    })
    test.each([
      [
        'a kind that is none',
        evse(`{ kind: nativ, ${contactor} }`),
        'evses.0.controller.kind',
        /must be native or evse-wb-din or openevse-rapi or socket-outlet, not "nativ" \(line 7\)/,
      ],
      ['no kind', evse(`{ ${contactor} }`), 'evses.0.controller.kind', /is missing/],
      [
        'a field of another kind',
        evse(`{ kind: socket-outlet, bus: rs485, ${contactor} }`),
        'evses.0.controller.bus',
        /there is no such field.*Known here: kind, plugged/,
      ],
      [
        'a mistyped field within a kind',
        evse('{ kind: native, pilot: { kind: contacts, pluged: { header: 1 }, ready: { header: 2 } }, contactor: { output: { header: 23 } } }'),
        'evses.0.controller.pilot.pluged',
        /Did you mean plugged\?/,
      ],
      [
        'a pin beyond the header',
        evse('{ kind: socket-outlet, contactor: { output: { header: 28 } } }'),
        'evses.0.controller.contactor.output.header',
        /not 28.*not the position of the pin/,
      ],
      ['a bus of no kind', `buses: { a: { kind: canbus } }\n${evse(`{ kind: socket-outlet, ${contactor} }`)}`, 'buses.a.kind', /must be modbus-rtu or/],
      [
        'the second of a list',
        `readers: [{ kind: rdm6300, bus: a }, { kind: rdm6300 }]\n${evse(`{ kind: socket-outlet, ${contactor} }`)}`,
        'readers.1.bus',
        /is missing/,
      ],
    ])('%s is told in the words of its own group', async (_what, text, field, words) => {
      const error = await errorOf(() => wired(text))
      expect(error.field).toBe(field)
      expect(error.message).toMatch(words)
    })
    test('more outlets than are wired are refused, fewer are a shorter list', async () => {
      const board = await wired(evse(`{ kind: socket-outlet, ${contactor} }`))
      expect(withConnectors(board, 1)).toEqual(board)
      expect((await errorOf(() => withConnectors(board, 2))).message).toMatch(/has 1 outlets, not 2/)
    })
  })

  test("a file's bounds of the guard's numbers are the guard's own", () => {
    for (const [name, { usual, least, most }] of Object.entries(bounds)) {
      const field = (safety.properties as unknown as Record<string, object>)[name]
      expect(field, name).toMatchObject({ default: usual, minimum: least, maximum: most })
    }
  })
})

describe('a station file', () => {
  test('the example is a legal one', async () => {
    const station = await readStation(join(import.meta.dirname, '../../docs/station.example.yaml'))
    expect(station.identity?.vendor).toBe('Example Chargers')
    expect(station.settings?.['MeterValueSampleInterval']).toBe('30')
  })

  test('an empty one says nothing and is legal', async () => {
    expect(await readStation(file('empty.yaml', '# nothing\n'))).toEqual({})
  })

  test.each([
    ['an unknown field', 'network:\n  csms: ws://x\n  pasword: secret\n', 'network.pasword', /line 3.*Did you mean password\?/],
    ['an unknown field at the top', 'idenity:\n  vendor: x\n', 'idenity', /line 1.*Did you mean identity\?/],
    ['a number where text is meant', 'id: 4711\n', 'id', /must be string, not 4711 \(line 1\).*in quotes/],
    ['a settings value that is not text', 'settings:\n  MeterValueSampleInterval: 10\n', 'settings.MeterValueSampleInterval', /not 10 \(line 2\).*quotes/],
    ['a vendor that OCPP has no room for', `identity:\n  vendor: ${'x'.repeat(21)}\n`, 'identity.vendor', /20 characters/],
    ['an identity key of settings that OCPP has no room for', `settings:\n  chargepointmodel: ${'x'.repeat(21)}\n`, 'settings.chargepointmodel', /1 to 20/],
    ['a missing port', 'doors:\n  control:\n    host: localhost\n', 'doors.control.port', /missing.*TCP port/],
    ['another OCPP version', 'network:\n  ocpp: "1.5"\n', 'network.ocpp', /must be 1\.6, not "1\.5"/],
    ['two passwords', 'network:\n  password: a\n  passwordFile: b\n', 'network.password', /Keep one/],
    ['a list where fields are meant', '- id: x\n', '', /object/],
    ['the same field twice', 'id: a\nid: b\n', '', /line 2/],
    ['broken YAML', 'network:\n  csms: "ws://x\nid: a\n', '', /not YAML: line \d/],
    [
      'a bomb of anchors',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]\n`,
      '',
      /anchors/,
    ],
  ])('%s is refused with field, line and remedy', async (_what, content, field, words) => {
    const path = file('wrong.yaml', content)
    const error = await errorOf(() => readStation(path))
    expect(error.source).toBe(path)
    expect(error.field).toBe(field)
    expect(error.message).toMatch(words)
    expect(error.remedy).not.toBe('')
  })

  test('a secret is not repeated in the error about it', async () => {
    const error = await errorOf(() => readStation(file('secret.yaml', `network:\n  password: ${'hunter2'.repeat(20)}\n`)))
    expect(error.field).toBe('network.password')
    expect(error.message).not.toContain('hunter2')
  })

  test('a file that is not there, is a directory or is huge is refused', async () => {
    expect((await errorOf(() => readStation(join(directory, 'none.yaml')))).message).toContain('does not exist')
    expect((await errorOf(() => readStation(directory))).message).toContain('directory')
    expect((await errorOf(() => readStation(file('huge.yaml', 'x'.repeat(1_100_000))))).message).toContain('larger')
  })
})

describe('a settings file', () => {
  test('is an object of strings, for OCPP keys and the identity', () => {
    expect(readSettings(file('s.json', '{"MeterValueSampleInterval":"10","ChargePointVendor":"Other"}'))).toEqual({
      MeterValueSampleInterval: '10',
      ChargePointVendor: 'Other',
    })
  })

  test.each([
    ['a number', '{"MeterValueSampleInterval":10}', 'MeterValueSampleInterval', /"MeterValueSampleInterval":"10"/],
    ['an object', '{"a":{}}', 'a', /one string/],
    ['a list', '["a"]', '', /JSON object/],
    ['broken JSON', '{\n "a":"1",\n "b":\n}', '', /not JSON: line 4/],
    ['half a file', '{"a":\n"1"', '', /not JSON: line 2/],
    ['a key that is no key', `{"${'k'.repeat(51)}":"1"}`, 'k'.repeat(51), /1 to 50/],
    ['a key in two spellings', '{"HeartbeatInterval":"1","heartbeatinterval":"2"}', 'heartbeatinterval', /same key as HeartbeatInterval/],
    ['a value without end', `{"a":"${'v'.repeat(501)}"}`, 'a', /501.*at most 500/],
  ])('%s is refused', async (_what, content, field, words) => {
    const error = await errorOf(() => readSettings(file('wrong.json', content)))
    expect(error.field).toBe(field)
    expect(error.message).toMatch(words)
  })
})
