import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identityWith } from '../../src/config/identity.ts'
import { type Environment, type Flags, stationConfig } from '../../src/config/merge.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-merge-'))
function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
const least: Flags = { id: 'CP1', csms: 'ws://localhost:9000/ocpp' }
const config = (flags: Flags = {}, environment: Environment = { HOME: '/home/u' }) => stationConfig({ ...least, ...flags }, environment, '1.2.3')

describe('one station from flags, environment and station file', () => {
  test('two flags suffice', async () => {
    expect(await config()).toMatchObject({
      id: 'CP1',
      csmsUrl: 'ws://localhost:9000/ocpp',
      ocpp: '1.6',
      control: undefined,
      settings: {},
      console: false,
      respawn: false,
      automaticEv: false,
      stateDirectory: '/home/u/.local/state/pilotwire/CP1',
      identity: { vendor: 'Pilotwire', model: 'Pilotwire', firmwareVersion: '1.2.3' },
      log: { level: 'info', file: undefined },
      board: { name: 'simulated' },
    })
  })

  test('flags win over the station file, which may hold everything but is not asked to', async () => {
    const station = file(
      'station.yaml',
      'id: FILE\ndefaultTag: "AA"\nboard: simulated-cable\nidentity: {vendor: V}\nnetwork: {csms: "ws://file/x", password: pw}\nsettings: {heartbeatinterval: "5", A: "1"}\ndoors: {control: {port: 9100}}\nlog: {level: error}\n',
    )
    const settings = file('settings.json', '{"HeartbeatInterval":"7"}')
    const fromFile = await stationConfig({ station }, { HOME: '/h' }, '1.2.3')
    expect(fromFile).toMatchObject({
      id: 'FILE',
      csmsUrl: 'ws://file/x',
      defaultTag: 'AA',
      board: { name: 'simulated-cable' },
      identity: { vendor: 'V', model: 'Pilotwire' },
      control: { host: '127.0.0.1', port: 9100 },
      settings: { heartbeatinterval: '5', A: '1' },
      log: { level: 'error' },
    })
    expect(Buffer.from(fromFile.network.password ?? []).toString()).toBe('pw')
    const over = await stationConfig(
      { station, settings, id: 'FLAG', csms: 'wss://flag/', board: 'simulated', control: '9200', log: 'debug', connectors: '3' },
      { HOME: '/h' },
      '1.2.3',
    )
    expect(over).toMatchObject({
      id: 'FLAG',
      csmsUrl: 'wss://flag',
      control: { port: 9200 },
      settings: { HeartbeatInterval: '7', A: '1' },
      log: { level: 'debug' },
    })
    expect(over.settings).not.toHaveProperty('heartbeatinterval')
    expect(over.board.evses).toHaveLength(3)
  })

  test('files that a station file names lie beside it', async () => {
    file('secret', '00ff10\n')
    file('board.yaml', 'name: mine\nkind: simulated\nevses: [{maxAmps: 16, phases: 1, cable: socket}]\n')
    const station = file('beside.yaml', 'board: ./board.yaml\nnetwork: {passwordFile: secret, passwordEncoding: hex}\nlog: {file: a.log}\n')
    const merged = await config({ station })
    expect(merged.board.name).toBe('mine')
    expect([...(merged.network.password ?? [])]).toEqual([0, 255, 16])
    expect(merged.log.file).toBe(join(directory, 'a.log'))
  })

  test('the state directory is one of its own for every id, whatever the id looks like', async () => {
    const at = async (id: string, environment: Environment) => (await config({ id }, environment)).stateDirectory
    expect(await at('CP/1 ä', { XDG_STATE_HOME: '/x' })).toBe('/x/pilotwire/CP%2F1%20%C3%A4')
    expect(await at('..', { XDG_STATE_HOME: '/x' })).toBe('/x/pilotwire/%2E%2E')
    expect(await at('CP1', { XDG_STATE_HOME: 'relative', HOME: '/h' })).toBe('/h/.local/state/pilotwire/CP1')
    expect(await at('CP1', { STATE_DIRECTORY: '/var/lib/pilotwire:/var/lib/other', XDG_STATE_HOME: '/x' })).toBe('/var/lib/pilotwire/CP1')
    expect((await config({ state: '/s' }, { STATE_DIRECTORY: '/var/lib/pilotwire' })).stateDirectory).toBe('/s')
  })

  test('the log obeys its variables, below the flag and above the file', async () => {
    const station = file('log.yaml', 'log: {level: error, file: /f.log}\n')
    const log = async (flags: Flags, environment: Environment) => (await config(flags, environment)).log
    expect(await log({ station }, { OCPP_LOG_LEVEL: 'WARN', OCPP_LOG_FILE: '/v.log' })).toEqual({ level: 'warn', file: '/v.log' })
    expect(await log({ log: 'info' }, { OCPP_LOG_LEVEL: 'warn' })).toMatchObject({ level: 'info' })
    expect(await log({}, { OCPP_PROTOCOL_DEBUG: '1' })).toMatchObject({ level: 'debug' })
    expect(await log({}, { OCPP_PROTOCOL_DEBUG: '0' })).toMatchObject({ level: 'info' })
    expect(await log({ console: true }, {})).toMatchObject({ level: 'warn' })
  })

  test('tagged lines of the frames go to the flag, else to the file, else with OCPP_PROTOCOL_DEBUG to where the log goes', async () => {
    const station = file('frames.yaml', 'log: {frames: frames.log, framesMb: 2, framesKept: 7}\n')
    const frames = async (flags: Flags, environment: Environment = {}) => (await config(flags, environment)).log.frames
    const usual = { largestBytes: 10_485_760, keep: 4 }
    expect(await frames({})).toBeUndefined()
    expect(await frames({ frames: '/f' })).toEqual({ file: '/f', ...usual })
    expect(await frames({ frames: '-', station })).toEqual({ file: '-', largestBytes: 2_097_152, keep: 7 })
    expect(await frames({ station })).toMatchObject({ file: join(dirname(station), 'frames.log') })
    expect(await frames({}, { OCPP_PROTOCOL_DEBUG: 'true' })).toEqual({ file: undefined, ...usual })
    expect(await frames({ frames: '/f' }, { OCPP_PROTOCOL_DEBUG: '1' })).toEqual({ file: '/f', ...usual })
  })

  test('the automatic EV is sampled every 10 s unless somebody says otherwise', async () => {
    expect((await config({ automaticEv: true })).settings).toEqual({ MeterValueSampleInterval: '10' })
    const station = file('sampled.yaml', 'settings: {MeterValueSampleInterval: "60"}\n')
    expect((await config({ automaticEv: true, station })).settings).toEqual({ MeterValueSampleInterval: '60' })
  })

  test('the control door: host and port in every spelling', async () => {
    expect((await config({ control: '9100' })).control).toEqual({ host: '127.0.0.1', port: 9100 })
    expect((await config({ control: 'localhost:0' })).control).toEqual({ host: 'localhost', port: 0 })
    expect((await config({ control: '[::1]:9100' })).control).toEqual({ host: '::1', port: 9100 })
    const station = file('token.yaml', 'doors: {control: {port: 1, token: abc}}\n')
    expect((await config({ station, control: '0.0.0.0:9100' })).control).toEqual({ host: '0.0.0.0', port: 9100, token: 'abc' })
  })

  test.each<[string, Flags, RegExp]>([
    ['no id', { id: '' }, /--id.*1 to 100 characters/],
    ['an id with a line break', { id: 'a\nb' }, /--id/],
    ['an id that is no text', { id: '\ud800' }, /--id/],
    ['HTTP', { csms: 'https://host/x' }, /Write wss:/],
    ['no URL', { csms: 'localhost' }, /--csms/],
    ['a password in the URL', { csms: 'ws://u:p@host/' }, /passwordFile/],
    ['a query in the URL', { csms: 'ws://host/x?y=1' }, /query/],
    ['another OCPP version', { ocpp: '2.0.1' }, /--ocpp.*Use 1\.6/],
    ['no connectors', { connectors: '0' }, /--connectors.*1 to 64/],
    ['half a connector', { connectors: '1.5' }, /--connectors/],
    ['a log level that is none', { log: 'inf' }, /--log.*Did you mean info/],
    ['a port out of range', { control: '70000' }, /--control.*HOST/],
    ['a host without port', { control: 'localhost' }, /--control/],
    ['a control door for everybody without token', { control: '0.0.0.0:9100' }, /no token.*tokenFile/],
    ['a name that only looks like loopback', { control: '127.0.0.1.example.com:9100' }, /no token/],
    ['a settings file that is not there', { settings: '/nowhere.json' }, /\/nowhere\.json.*does not exist/],
  ])('%s is refused with its flag and a remedy', async (_what, flags, words) => {
    await expect(config(flags)).rejects.toMatchObject({ name: 'ConfigError', message: expect.stringMatching(words) })
  })

  test('the URL may not be missing', async () => {
    await expect(stationConfig({ id: 'A' }, {}, '1')).rejects.toMatchObject({ source: '--csms' })
    await expect(stationConfig({ csms: 'ws://x' }, {}, '1')).rejects.toMatchObject({ source: '--id' })
  })
})

test('vendor options are off until the station file says so', async () => {
  expect((await config()).vendorOptions).toMatchObject({ preBootTransactions: false, silentOffline: false })
  expect((await config()).vendorOptions.freeVend).toBeUndefined()
  const station = file('vendor.yaml', 'vendorOptions: { preBootTransactions: true, freeVend: { token: "FREE" }, silentOffline: true }\n')
  expect((await config({ station })).vendorOptions).toMatchObject({ preBootTransactions: true, freeVend: { token: 'FREE' }, silentOffline: true })
})

test('factory settings rename the charger, in any case of letters', () => {
  const identity = { vendor: 'A', model: 'B', firmwareVersion: '1' }
  expect(identityWith(identity, { CHARGEPOINTVENDOR: 'X', ChargeBoxSerialNumber: 'S', HeartbeatInterval: '1' })).toEqual({
    vendor: 'X',
    model: 'B',
    firmwareVersion: '1',
    chargeBoxSerial: 'S',
  })
})
