import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { GetConfiguration, Reset } from '../../src/ocpp16/messages/core.ts'
import { type Central, central } from './central.ts'
import { controlOf, freshDirectory, pilotwire } from './program.ts'

const nowhere = 'ws://127.0.0.1:1'

function file(name: string, content: string): string {
  const path = join(freshDirectory(), name)
  writeFileSync(path, content)
  return path
}

async function configuration(csms: Central, id: string, ...key: string[]) {
  const outcome = await csms.call(id, GetConfiguration, { key })
  if (outcome.kind !== 'result') throw new Error(outcome.kind)
  return Object.fromEntries((outcome.payload.configurationKey ?? []).map((each) => [each.key, each.value]))
}

test('the identity stands percent-encoded at the end of the URL, and decoded in the default state directory of XDG', async () => {
  const csms = await central()
  const xdg = freshDirectory()
  const id = 'Säule 1/links?#%2F'
  const station = pilotwire(['run', '--id', id, '--csms', `${csms.url}/ocpp/`, '--control', '0'], { environment: { XDG_STATE_HOME: xdg } })
  await csms.request('BootNotification')
  expect(csms.stations.map((each) => each.id)).toEqual([id])
  expect(readdirSync(join(xdg, 'pilotwire'))).toEqual([encodeURIComponent(id)])
  expect(await (await controlOf(station)).status()).toMatchObject({ id })
  expect((await station.end('SIGINT')).code).toBe(0)
})

test('the shorthand: a console on a pipe, the automatic EV of 16 A, samples every 10 s, STATE_DIRECTORY of systemd', async () => {
  const csms = await central()
  const directory = freshDirectory()
  const station = pilotwire(['CP001', csms.url], { environment: { STATE_DIRECTORY: `${directory}:/nowhere` } })
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  expect(await configuration(csms, 'CP001', 'MeterValueSampleInterval')).toEqual({ MeterValueSampleInterval: '10' })
  station.type('start 04A2B3C4')
  await station.said(/^ok waiting for the cable$/m)
  // The car of the automatic EV comes by itself.
  await csms.request('StatusNotification', { connectorId: 1, status: 'Charging' })
  station.type('info')
  await station.said(/^ok 1: charging, transaction 1, tag 04A2B3C4, /m)
  station.type('help')
  await station.said(/^ {2}plugin \[c\] +the cable into the socket and the car$/m)
  station.type('stop')
  await csms.request('StatusNotification', { connectorId: 1, status: 'Finishing' })
  station.type('quit')
  const { code, out, err } = await station.ended
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(
    /^central system: connected$[\s\S]*^transaction started {2}tag 04A2B3C4 {2}meter 0 Wh$[\s\S]*^charging$[\s\S]*^transaction ended {2}\d+ Wh$/m,
  )
  expect(existsSync(join(directory, 'CP001', 'pilotwire.db'))).toBe(true)
})

test('factory values: applied once, also to read-only keys and the identity; what came later wins over them and over another file', async () => {
  const csms = await central()
  const state = join(freshDirectory(), 'a', 'b')
  const run = (settings: string, ...more: string[]) =>
    pilotwire(['run', '--id', 'CP-1', '--csms', csms.url, '--state', state, '--settings', file('settings.json', settings), ...more])
  const first = run(
    '{"MeterValueSampleInterval":"11","meterValuesSampledData":"Voltage","GetConfigurationMaxKeys":"7","NumberOfConnectors":"3","SupportedFeatureProfiles":"Core","ChargePointVendor":"Acme","ChargeBoxSerialNumber":"B-1"}',
  )
  expect(await csms.request('BootNotification')).toMatchObject({ chargePointVendor: 'Acme', chargeBoxSerialNumber: 'B-1', chargePointModel: 'Pilotwire' })
  await csms.request('StatusNotification', { connectorId: 3 })
  const asked = ['MeterValueSampleInterval', 'MeterValuesSampledData', 'GetConfigurationMaxKeys', 'NumberOfConnectors', 'SupportedFeatureProfiles'] as const
  expect(await configuration(csms, 'CP-1', ...asked)).toEqual({
    MeterValueSampleInterval: '11',
    MeterValuesSampledData: 'Voltage',
    GetConfigurationMaxKeys: '7',
    NumberOfConnectors: '3',
    SupportedFeatureProfiles: 'Core',
  })
  // A profile that was left out is answered as not supported; a key that may only be read is refused.
  expect(await csms.trigger('CP-1', 'Heartbeat')).toMatchObject({ kind: 'error', code: expect.stringMatching(/^Not(Supported|Implemented)$/) })
  expect(await csms.change('CP-1', 'GetConfigurationMaxKeys', '50')).toMatchObject({ payload: { status: 'Rejected' } })
  expect(await csms.change('CP-1', 'MeterValueSampleInterval', '12')).toMatchObject({ payload: { status: 'Accepted' } })
  await first.end()

  const from = csms.heard.all.length
  const second = run('{"MeterValueSampleInterval":"99","ChargePointVendor":"Other"}')
  expect(await csms.request('BootNotification', {}, from)).toMatchObject({ chargePointVendor: 'Acme' })
  await csms.request('StatusNotification', { connectorId: 3 }, from)
  expect(await configuration(csms, 'CP-1', 'MeterValueSampleInterval', 'NumberOfConnectors')).toEqual({
    MeterValueSampleInterval: '12',
    NumberOfConnectors: '3',
  })
  await second.end()
})

test('a refused factory value leaves the directory new, so that the mended file counts', async () => {
  const csms = await central()
  const state = freshDirectory()
  const settings = file('settings.json', '{"WebSocketPingInterval":"7","MeterValueSampleInterval":"soon"}')
  const words = ['run', '--id', 'CP-1', '--csms', csms.url, '--state', state, '--settings', settings]
  const { code, err } = await pilotwire(words).ended
  expect([code, err]).toEqual([
    2,
    `pilotwire: ${settings}: MeterValueSampleInterval: "soon" is not a value of this key. Seconds between samples of a transaction; 0: none.\n`,
  ])
  writeFileSync(settings, '{"WebSocketPingInterval":"8","MeterValueSampleInterval":"30"}')
  const station = pilotwire([...words, '--connectors', '2'])
  await csms.request('StatusNotification', { connectorId: 2 })
  expect(await configuration(csms, 'CP-1', 'WebSocketPingInterval', 'MeterValueSampleInterval')).toEqual({
    WebSocketPingInterval: '8',
    MeterValueSampleInterval: '30',
  })
  await station.end()
})

test('one directory, one process: the second ends with 2 and names the first', async () => {
  const state = freshDirectory()
  const words = ['run', '--id', 'CP-1', '--csms', nowhere, '--state', state]
  const first = pilotwire(words)
  await first.said(/station started/)
  const second = await pilotwire(words).ended
  expect(second.code).toBe(2)
  expect(second.err).toBe(
    `pilotwire: state directory ${state}: it is in use by another process (pid ${first.child.pid}). Stop that process, or give this one a directory of its own with --state\n`,
  )
  expect((await first.end()).code).toBe(0)
})

test.each(['Soft', 'Hard'] as const)('Reset %s ends with 3; with --respawn it starts again by itself and boots', async (type) => {
  const csms = await central()
  const state = freshDirectory()
  const words = ['run', '--id', 'CP-1', '--csms', csms.url, '--state', state]
  const once = pilotwire(words)
  await csms.request('StatusNotification', { connectorId: 1 })
  await csms.call('CP-1', Reset, { type })
  expect((await once.ended).code).toBe(3)
  let from = csms.heard.all.length
  const again = pilotwire([...words, '--respawn'])
  for (let round = 0; round < 3; round++) {
    await csms.request('StatusNotification', { connectorId: 1 }, from)
    from = csms.heard.all.length
    if (round < 2) await csms.call('CP-1', Reset, { type })
  }
  expect((await again.end()).code).toBe(0)
})

test('a port in use for the control door ends with 2', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { code, err } = await pilotwire(['run', '--id', 'CP-1', '--csms', nowhere, '--state', freshDirectory(), '--control', String(port)]).ended
  other.close()
  expect(code).toBe(2)
  expect(err).toMatch(new RegExp(`--control: port ${port} of 127\\.0\\.0\\.1 is in use\\. Stop the other program, or choose another port\n$`))
})

describe('wrong words end with 2 and say what to write', () => {
  const station = (content: string) => ['--station', file('station.yaml', content)]
  const settings = (content: string) => ['--settings', file('settings.json', content)]
  const directory = (name: string) => join(freshDirectory(), name)
  test.concurrent.each<[string, () => readonly string[], RegExp]>([
    [
      'an unknown field',
      () => ['run', ...station('network:\n  cmss: ws://x\n')],
      /station\.yaml: network\.cmss: there is no such field \(line 2\)\. Did you mean csms\?/,
    ],
    [
      'a number among the settings',
      () => ['run', '--id', 'x', '--csms', nowhere, ...settings('{"MeterValueSampleInterval":10}')],
      /settings\.json: MeterValueSampleInterval: is not a string\. Put the value in quotes/,
    ],
    [
      'a mistyped key',
      () => ['run', '--id', 'x', '--csms', nowhere, '--state', directory('s'), ...settings('{"HeartbeatIntervall":"1"}')],
      /settings\.json: HeartbeatIntervall: no such OCPP 1\.6 configuration key\. Did you mean HeartbeatInterval\?/,
    ],
    [
      'too many connectors',
      () => ['run', '--id', 'x', '--csms', nowhere, '--state', directory('s'), ...settings('{"NumberOfConnectors":"1000000"}')],
      /settings\.json: NumberOfConnectors: "1000000" is not a number from 1 to 64/,
    ],
    [
      'a state directory that is a file',
      () => ['run', '--id', 'x', '--csms', nowhere, '--state', file('taken', '')],
      /state directory .*taken: cannot be used/,
    ],
    [
      'a state directory below /proc',
      () => ['run', '--id', 'x', '--csms', nowhere, '--state', '/proc/pilotwire/state'],
      /state directory \/proc\/pilotwire\/state: cannot be used \(ENOENT.*--state/,
    ],
  ])('%s', async (_what, words, expected) => {
    const { code, out, err } = await pilotwire(words()).ended
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(expected)
    expect(err).toMatch(/^pilotwire: [^\n]+\n$/)
  })

  test('a log file that cannot be written', async () => {
    const taken = freshDirectory()
    mkdirSync(join(taken, 'log'))
    const { code, err } = await pilotwire(['run', '--id', 'x', '--csms', nowhere, '--state', taken], { environment: { OCPP_LOG_FILE: join(taken, 'log') } })
      .ended
    expect(code).toBe(2)
    expect(err).toMatch(/^pilotwire: log file .*log: cannot be written \(EISDIR.*OCPP_LOG_FILE/)
  })
})

test.concurrent.each(['--version', 'run --help'])('%s ends with 0', async (words) => {
  const { code, out, err } = await pilotwire(words.split(' ')).ended
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(words === '--version' ? /^\d+\.\d+\.\d+\n$/ : /Usage: pilotwire/)
})
