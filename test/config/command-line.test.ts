import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import about from '../../package.json' with { type: 'json' }
import { ConfigError } from '../../src/base/errors.ts'
import type { StationConfig } from '../../src/config/station.ts'
import { main } from '../../src/main.ts'

/** Types a command line; `exits` are what the station answers, one for each time it is run. */
async function type(line: string, exits: readonly number[] = [0]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const configs: StationConfig[] = []
  const exitCode = await main(line === '' ? [] : line.split(' '), {
    environment: { HOME: '/home/u' },
    streams: { stdin: new PassThrough(), stdout, stderr },
    loadRun: async () => async (config) => {
      configs.push(config)
      return exits[configs.length - 1] ?? 0
    },
  })
  return { exitCode, configs, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

describe('pilotwire run', () => {
  test('takes every flag that others script against', async () => {
    const flags =
      '--id A/1 --csms ws://localhost:9000/ocpp --board simulated-2 --ocpp 1.6 --state /tmp/s --control 127.0.0.1:9100 --connectors 3 --console --respawn --log debug'
    const { configs, exitCode } = await type(`run ${flags}`)
    expect(exitCode).toBe(0)
    expect(configs).toEqual([
      expect.objectContaining({
        id: 'A/1',
        csmsUrl: 'ws://localhost:9000/ocpp',
        ocpp: '1.6',
        stateDirectory: '/tmp/s',
        control: { host: '127.0.0.1', port: 9100 },
        console: true,
        respawn: true,
        automaticEv: false,
        log: { level: 'debug', file: undefined },
      }),
    ])
    expect(configs[0]?.board.evses).toHaveLength(3)
  })

  test.each([0, 2, 3])('ends with the exit code %i of the station', async (code) => {
    expect((await type('run --id A --csms ws://x', [code])).exitCode).toBe(code)
  })

  test('with --respawn starts again as often as it is asked to restart, and only then', async () => {
    const { configs, exitCode } = await type('run --id A --csms ws://x --respawn', [3, 3, 0])
    expect([configs.length, exitCode]).toEqual([3, 0])
    expect((await type('run --id A --csms ws://x --respawn', [2])).configs).toHaveLength(1)
  })

  test('what the station itself finds wrong with its configuration is exit code 2 and one line', async () => {
    const stderr = new PassThrough()
    const exitCode = await main(['run', '--id', 'A', '--csms', 'ws://x'], {
      environment: {},
      streams: { stdin: new PassThrough(), stdout: new PassThrough(), stderr },
      loadRun: async () => () => Promise.reject(new ConfigError('--state', '', 'is locked by process 7', 'Stop it')),
    })
    expect([exitCode, String(stderr.read())]).toEqual([2, 'pilotwire: --state: is locked by process 7. Stop it\n'])
  })
})

describe('the shorthand', () => {
  test('is a simulated board with console and automatic EV', async () => {
    const { configs } = await type('CP1 ws://localhost:9000')
    expect(configs).toEqual([expect.objectContaining({ id: 'CP1', csmsUrl: 'ws://localhost:9000', console: true, automaticEv: true, control: undefined })])
    expect(configs[0]?.board.name).toBe('simulated')
  })

  test('has a page where it is asked for', async () => {
    const { configs } = await type('CP1 ws://localhost:9000 --http 8080')
    expect(configs[0]).toMatchObject({ console: true, http: { host: '127.0.0.1', port: 8080 } })
  })
})

describe('words about itself', () => {
  test('--version is the version and nothing else', async () => {
    expect(await type('--version')).toEqual({ exitCode: 0, configs: [], out: `${about.version}\n`, err: '' })
  })

  test('--help goes to standard output and shows how to begin', async () => {
    const help = await type('--help')
    expect(help).toMatchObject({ exitCode: 0, configs: [], err: '' })
    expect(help.out).toContain('pilotwire CP001 ws://localhost:9000/ocpp')
    const run = await type('run --help')
    expect(run.exitCode).toBe(0)
    for (const flag of [
      '--station',
      '--board',
      '--id',
      '--csms',
      '--ocpp',
      '--state',
      '--control',
      '--settings',
      '--connectors',
      '--console',
      '--respawn',
      '--log',
    ]) {
      expect(run.out).toContain(flag)
    }
  })
})

describe('bad arguments are exit code 2, say what is wrong, and run nothing', () => {
  test.each([
    ['', /Usage: pilotwire/],
    ['CP1', /central system of "CP1" is missing/],
    ['rum', /Did you mean: pilotwire run\?/],
    ['CP1 ws://x more', /too many arguments/],
    ['CP1 http://x', /Write ws:/],
    ['run', /--id/],
    ['run more', /too many arguments/],
    ['run --id', /argument missing/],
    ['run --bord simulated', /--board/],
    ['run --id A', /--csms/],
    ['run --id A --csms ws://x --board none', /Known: .*simulated, simulated-2, simulated-cable/],
    ['run --station /nowhere.yaml', /\/nowhere\.yaml: does not exist/],
  ])('pilotwire %s', async (line, words) => {
    const { exitCode, configs, out, err } = await type(line)
    expect([exitCode, configs, out]).toEqual([2, [], ''])
    expect(err).toMatch(words)
  })
})

test.each([
  ['CP-1 ws://localhost:9000 --control 9100', 'pilotwire: unknown option \'--control\'. Options stand after "run": pilotwire run --id ID'],
  ['run CP-1 ws://localhost:9000', 'Write: pilotwire run --id ID --csms'],
  ['run --idd CP-1', "pilotwire: unknown option '--idd'. Did you mean --id?"],
  ['ledger', 'pilotwire: --id: is missing. Give --id ID or --state DIR'],
])('"pilotwire %s" is answered in one line with a remedy, and 2', async (line, words) => {
  const { exitCode, err } = await type(line)
  expect(exitCode).toBe(2)
  expect(err).toContain(words)
  expect(err.trimEnd().split('\n')).toHaveLength(1)
})
