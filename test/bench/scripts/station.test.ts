import { afterEach, describe, expect, test } from 'vitest'
import { type Csms, CsmsCallError, type CsmsOptions, start } from '../../../bench/scripts/csms.ts'
import { CommandError, type Station, type StationOptions, station, steppedClock } from '../../../bench/scripts/station.ts'

const toStop: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of toStop.splice(0).reverse()) await each.stop()
})

/** A station and a central system in one simulated time. */
async function bench(
  options: Partial<StationOptions> & { readonly system?: CsmsOptions } = {},
): Promise<{ cp: Station; csms: Csms; clock: ReturnType<typeof steppedClock> }> {
  const clock = steppedClock()
  const csms = await start({ clock, ...options.system })
  const cp = await station({ id: 'CP-1', csms, clock, ...options })
  toStop.push(csms, cp)
  return { cp, csms, clock }
}
const actions = (cp: Station) => cp.frames.filter(({ kind, direction }) => kind === 'call' && direction === 'out').map(({ action }) => action)

describe('a station in simulated time', () => {
  test('charges as a person lets it, and the central system sees the session', async () => {
    const { cp, csms, clock } = await bench()
    await cp.connect()
    await cp.plug()
    expect(await cp.tag('04A2')).toBe('waiting for the plug to be locked')
    await cp.until(() => cp.isCharging)
    await clock.advance(3_600_000)
    expect(cp.meterWh).toBeGreaterThan(15_000)
    expect(csms.status()).toBe('Charging')
    expect(await cp.tag('04A2')).toBe('stopped')
    await cp.unplug()
    await csms.until(() => csms.transactions[0]?.reason !== undefined && csms.status() === 'Available')
    expect(csms.transactions).toMatchObject([{ id: 1, station: 'CP-1', connector: 1, idTag: '04A2', meterStartWh: 0, reason: 'Local' }])
    expect(csms.transactions[0]?.meterStopWh).toBe(Math.floor(cp.meterWh))
    expect(actions(cp)).toEqual(expect.arrayContaining(['BootNotification', 'StartTransaction', 'MeterValues', 'StopTransaction']))
    expect(csms.frames.filter(({ direction }) => direction === 'out').map(({ action }) => action)).toEqual(
      cp.frames.filter(({ direction }) => direction === 'out').map(({ action }) => action),
    )
  })

  test('is started and stopped from afar', async () => {
    const { cp, csms } = await bench()
    await cp.connect()
    await cp.plug()
    expect(await csms.requestStart('04A2', { connector: 1 })).toBe('Accepted')
    await cp.until(() => cp.isCharging)
    expect(await csms.requestStop()).toBe('Accepted')
    await cp.until(() => cp.state.connectors[0].status === 'finishing')
    await csms.until(() => csms.transactions[0]?.reason === 'Remote')
    await expect(csms.requestStop()).rejects.toThrow('0 transactions run: say which one to stop')
  })

  test('answers any request, and a refusal is an error with its code', async () => {
    const { cp, csms } = await bench()
    await expect(csms.send('ClearCache')).rejects.toThrow('no station is connected')
    await cp.connect()
    expect(await csms.send('ClearCache')).toEqual({ status: 'Accepted' })
    const { configurationKey } = await csms.send<{ configurationKey: { key: string; value: string }[] }>('GetConfiguration', { key: ['HeartbeatInterval'] })
    expect(configurationKey[0]?.value).toBe('300')
    const refused = await csms.send('MakeCoffee').catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(CsmsCallError)
    expect(refused).toMatchObject({ code: 'NotImplemented' })
    expect(csms.last('BootNotification')).toMatchObject({ chargePointVendor: 'Pilotwire' })
    expect(csms.last<{ status: string }>('FirmwareStatusNotification')).toBeUndefined()
  })

  test('starts again at a Reset with what it knew, its car and its meter', async () => {
    const { cp, csms } = await bench()
    await cp.connect()
    await csms.send('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '7' })
    await cp.plug()
    await cp.tag('04A2')
    await cp.until(() => cp.meterWh > 100)
    expect(await csms.send('Reset', { type: 'Hard' })).toEqual({ status: 'Accepted' })
    await csms.until(() => csms.frames.filter(({ action, kind }) => action === 'BootNotification' && kind === 'call').length === 2)
    await csms.until(() => csms.transactions[0]?.reason === 'HardReset')
    await cp.until(() => cp.isConnected && cp.state.connectors[0].plugged)
    expect(cp.meterWh).toBeGreaterThan(100)
    expect(await csms.send('GetConfiguration', { key: ['MeterValueSampleInterval'] })).toMatchObject({ configurationKey: [{ value: '7' }] })
  })

  test('a Reset leaves the car as it was, and what is asked meanwhile waits for the next program', async () => {
    const { cp, csms } = await bench({ board: 'simulated-2' })
    await cp.connect()
    await cp.commands.max(10, 2)
    await cp.plug(2)
    await csms.send('Reset', { type: 'Soft' })
    await cp.tag('04A2', 2)
    await cp.until(() => cp.connector(2).status === 'charging' && (cp.connector(2).amps ?? 0) > 5)
    expect(cp.connector(2).amps).toBeCloseTo(10, 0)
    await cp.commands.max(undefined, 2)
    await cp.until(() => (cp.connector(2).amps ?? 0) > 15)
  })

  test('quit stops it for good', async () => {
    const { cp } = await bench()
    await cp.commands.quit()
    await expect(cp.plug()).rejects.toThrow('the station was stopped')
  })

  test('a board that is none is told by its field', async () => {
    await expect(bench({ board: 'simulatd' })).rejects.toThrow('board: there is no board "simulatd". Did you mean simulated?')
  })

  test('keeps what it could not tell while the connection was away', async () => {
    const { cp, csms } = await bench({ settings: { LocalAuthorizeOffline: 'true', AllowOfflineTxForUnknownId: 'true' } })
    await cp.connect()
    await cp.disconnect()
    expect(cp.isConnected).toBe(false)
    await cp.plug()
    await cp.tag('04A2')
    await cp.until(() => cp.isCharging)
    expect(csms.transactions).toEqual([])
    await cp.connect()
    await csms.until(() => csms.transactions.length === 1)
  })

  test('says what the charger says to a mistake', async () => {
    const { cp } = await bench({ board: 'simulated-2' })
    await cp.plug(2)
    await expect(cp.plug(2)).rejects.toThrow(new CommandError('plugin 2', 'a car is plugged in at connector 2 already'))
    await expect(cp.commands.fault('mainsOff', 3)).rejects.toThrow('c "3" is not a connector: 1 to 2')
    expect(cp.connector(2).status).toBe('preparing')
    expect(() => cp.connector(3)).toThrow('there is no connector 3')
  })

  test('that nobody accepts says how far it came', async () => {
    const { cp } = await bench({ system: { boot: () => 'Pending' } })
    await expect(cp.connect({ timeoutMs: 5_000 })).rejects.toThrow('CP-1 is not accepted after 5000 ms: the connection is connected, the registration pending')
  })

  test('of several stations each is meant by its id', async () => {
    const { cp, csms, clock } = await bench({ system: { cards: ['GOOD'] } })
    const other = await station({ id: 'CP-2', csms, clock })
    toStop.push(other)
    await Promise.all([cp.connect(), other.connect()])
    expect(csms.stations).toEqual(['CP-1', 'CP-2'])
    await expect(csms.send('ClearCache')).rejects.toThrow('several stations are connected: name one of CP-1, CP-2')
    expect(await csms.send('ClearCache', {}, { station: 'CP-2' })).toEqual({ status: 'Accepted' })
    await other.plug()
    await expect(other.tag('BAD')).rejects.toThrow('invalid')
    expect(() => csms.status()).toThrow('several stations were here: name one of CP-1, CP-2')
    expect(csms.status({ station: 'CP-2' })).toBe('Preparing')
    expect(csms.status({ station: 'CP-1' })).toBe('Available')
  })

  test('that was stopped takes nothing more', async () => {
    const { cp, csms } = await bench()
    await cp.connect()
    await cp.stop()
    await cp.stop()
    expect(csms.stations).toEqual([])
    await expect(cp.plug()).rejects.toThrow('the station was stopped')
  })
})

describe('a station in real time', () => {
  test('speaks over a socket', async () => {
    const csms = await start()
    const cp = await station({ id: 'CP 1', csms: csms.url, password: 'a password of sixteen' })
    toStop.push(csms, cp)
    await cp.connect()
    expect(csms.stations).toEqual(['CP 1'])
    expect(csms.url).toBe(`ws://127.0.0.1:${csms.port}`)
    await cp.plug()
    await csms.until(() => csms.status() === 'Preparing')
    await cp.disconnect()
    await csms.until(() => csms.stations.length === 0)
  })

  test('a port that is taken is refused in words', async () => {
    const csms = await start()
    toStop.push(csms)
    await expect(start({ port: csms.port ?? 0 })).rejects.toThrow(`port ${csms.port} on 127.0.0.1 is in use`)
  })
})
