import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Environment } from '../../src/config/merge.ts'
import type { StationConfig } from '../../src/config/station.ts'
import { main, type Surroundings } from '../../src/main.ts'
import type { GuardProgram } from '../../src/run/guard-program.ts'
import type { CoreCommand } from '../../src/run/split.ts'

/** Types a command line whose programs only note what they were given. */
async function type(line: string, environment: Environment = { HOME: '/home/u' }, exits: readonly number[] = [0]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const guards: GuardProgram[] = []
  const cores: { config: StationConfig; socket: string }[] = []
  const splits: { config: StationConfig; command: CoreCommand }[] = []
  const load: NonNullable<Surroundings['load']> = {
    guard: async () => async (config) => {
      guards.push(config)
      return 0
    },
    core: async () => async (config, socket) => {
      cores.push({ config, socket })
      return 1
    },
    split: async () => async (config, command) => {
      splits.push({ config, command })
      return exits[splits.length - 1] ?? 0
    },
  }
  const exitCode = await main(line.split(' '), {
    environment,
    streams: { stdin: new PassThrough(), stdout, stderr },
    loadRun: async () => () => Promise.reject(new Error('one process')),
    load,
  })
  return { exitCode, guards, cores, splits, err: String(stderr.read() ?? '') }
}

describe('pilotwire guard', () => {
  test('takes its board, socket, state and the user of the core', async () => {
    const { guards, exitCode } = await type('guard --board simulated-2 --socket /run/g.sock --state /var/g --core-user core --log debug')
    expect(exitCode).toBe(0)
    expect(guards).toEqual([
      expect.objectContaining({ socket: '/run/g.sock', stateDirectory: '/var/g', coreUser: 'core', log: { level: 'debug', file: undefined } }),
    ])
    expect(guards[0]?.board.evses).toHaveLength(2)
  })

  test.each<[Environment, string, string]>([
    [{ RUNTIME_DIRECTORY: '/run/pilotwire:/run/other', STATE_DIRECTORY: '/var/lib/a:/b' }, '/run/pilotwire/guard.sock', '/var/lib/a'],
    [{ XDG_RUNTIME_DIR: '/run/user/7', HOME: '/home/u' }, '/run/user/7/pilotwire/guard.sock', '/home/u/.local/state/pilotwire/guard'],
    [{ XDG_RUNTIME_DIR: '/r', XDG_STATE_HOME: '/s', RUNTIME_DIRECTORY: '' }, '/r/pilotwire/guard.sock', '/s/pilotwire/guard'],
  ])('finds its places in %j', async (environment, socket, stateDirectory) => {
    expect((await type('guard', environment)).guards).toEqual([expect.objectContaining({ socket, stateDirectory })])
  })

  test.each([
    ['guard', /--socket: is missing/],
    ['core --id A --csms ws://x', /--socket: is missing/],
    [`guard --socket /${'x'.repeat(120)}`, /longer than 107 bytes/],
    ['guard --socket /s --log loud', /no log level "loud"/],
    ['guard --socket /s --board none', /there is no board "none"/],
    ['guard --split', /unknown option '--split'/],
    ['core --respawn', /unknown option '--respawn'/],
  ])('"%s" is exit code 2 and one line', async (line, words) => {
    const { exitCode, guards, err } = await type(line)
    expect([exitCode, guards, err]).toEqual([2, [], expect.stringMatching(words)])
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })
})

test('pilotwire core is a station with a socket, and ends with its exit code', async () => {
  const { cores, exitCode } = await type('core --id A --csms ws://x --socket fd:3 --control 0')
  expect(exitCode).toBe(1)
  expect(cores).toEqual([{ socket: 'fd:3', config: expect.objectContaining({ id: 'A', control: { host: '127.0.0.1', port: 0 } }) }])
})

test('pilotwire run --split starts the same program with the same flags as its core, and again when both are to restart', async () => {
  const flags = '--id A/1 --csms ws://x --board simulated-2 --state /tmp/s --control 9100 --connectors 3 --log debug'
  const { splits, exitCode } = await type(`run --split --console --respawn ${flags}`, {}, [3, 0])
  expect([splits.length, exitCode]).toEqual([2, 0])
  const [{ config, command } = {}] = splits
  expect(config?.board.evses).toHaveLength(3)
  expect(command?.file).toBe(process.execPath)
  const words = command?.words.slice(command.words.indexOf('core')) ?? []
  expect(words.join(' ').split(' --').sort()).toEqual(`core ${flags} --console`.split(' --').sort())
})
