import { afterEach, describe, expect, test } from 'vitest'
import { type CentralSystem, type CentralSystemOptions, centralSystem, type StationFrame } from '../../../bench/csms/central-system.ts'
import { effectOf } from '../../../bench/csms/console/commands.ts'
import { carryOut } from '../../../bench/csms/console/console.ts'
import { plain } from '../../../bench/csms/console/lines.ts'
import { type Door, openDoor } from '../../../bench/csms/door.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seconds } from '../../../src/base/units.ts'
import { socketPair } from '../../../src/ocpp/memory-socket.ts'
import { GetConfiguration, MeterValues, StatusNotification } from '../../../src/ocpp16/messages/core.ts'
import { handStation } from './station.ts'

const doors: Door[] = []
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close()
})

async function open(options: Partial<CentralSystemOptions> = {}): Promise<{ system: CentralSystem; url: string; clock: ReturnType<typeof simulatedClock> }> {
  const clock = simulatedClock()
  const system = centralSystem({ clock, ...options })
  const door = await openDoor(system, { port: 0 })
  doors.push(door)
  return { system, url: door.url, clock }
}

const boot = { chargePointVendor: 'Hand', chargePointModel: 'Written' }
const start = { connectorId: 1, idTag: '04A2B3C4', meterStart: 0, timestamp: '2026-03-01T08:00:00.000Z' }

describe('a station over a real WebSocket', () => {
  test('is told the time and the heartbeat interval', async () => {
    const { system, url } = await open({ heartbeat: 42 })
    const station = await handStation(url, 'CP 1/å')
    expect(await station.call('BootNotification', boot)).toEqual([3, 'm0', { status: 'Accepted', currentTime: '2026-03-01T08:00:00.000Z', interval: 42 }])
    expect(await station.call('Heartbeat', {})).toEqual([3, 'm1', { currentTime: '2026-03-01T08:00:00.000Z' }])
    expect(system.stations).toMatchObject([{ id: 'CP 1/å', isConnected: true, boot }])
  })

  test('charges: one start, samples, one stop', async () => {
    const { system, url } = await open()
    const station = await handStation(url, 'CP-1')
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' })
    expect(await station.call('StartTransaction', start)).toEqual([3, 'm1', { transactionId: 1, idTagInfo: { status: 'Accepted' } }])
    const meterValue = [{ timestamp: '2026-03-01T08:00:10.000Z', sampledValue: [{ value: '10' }] }]
    expect(await station.call('MeterValues', { connectorId: 1, transactionId: 1, meterValue })).toEqual([3, 'm2', {}])
    const stop = { transactionId: 1, meterStop: 4210, timestamp: '2026-03-01T09:00:00.000Z', idTag: '04A2B3C4' }
    expect(await station.call('StopTransaction', stop)).toEqual([3, 'm3', { idTagInfo: { status: 'Accepted' } }])
    expect(system.transactions.ended).toEqual([{ id: 1, station: 'CP-1', start, startsResent: 0, stop, stopsResent: 0, samples: meterValue }])
    expect(system.last(StatusNotification)?.status).toBe('Preparing')
    expect(system.last(MeterValues, 'CP-1')?.meterValue).toEqual(meterValue)
    expect(system.last(MeterValues, 'CP-2')).toBeUndefined()
  })

  test('that sends the same start again, on a new connection too, gets the same transaction', async () => {
    const { system, url } = await open()
    const before = await handStation(url, 'CP-1')
    await before.call('StartTransaction', start)
    before.close()
    await before.closed
    const after = await handStation(url, 'CP-1')
    expect((await after.call('StartTransaction', start))[2]).toMatchObject({ transactionId: 1 })
    expect(system.transactions.startsResent).toBe(1)
    expect((await after.call('StartTransaction', { ...start, meterStart: 1 }))[2]).toMatchObject({ transactionId: 2 })
  })

  test('stops transactions that nobody knows, and is not made to try again', async () => {
    const { system, url } = await open()
    const station = await handStation(url, 'CP-1')
    expect(await station.call('StopTransaction', { transactionId: -1, meterStop: 1, timestamp: '2026-03-01T09:00:00Z' })).toEqual([3, 'm0', {}])
    expect(system.transactions.oddities).toMatchObject([{ station: 'CP-1', transactionId: -1 }])
  })

  test('that connects again takes the place of its older connection', async () => {
    const { system, url } = await open()
    const older = await handStation(url, 'CP-1')
    const newer = await handStation(url, 'CP-1')
    expect((await older.closed).code).toBe(1000)
    expect(system.stations).toMatchObject([{ id: 'CP-1', isConnected: true }])
    await system.reset('CP-1', 'Soft')
    expect(newer.asked.map((frame) => frame.slice(2))).toEqual([['Reset', { type: 'Soft' }]])
  })

  test('that sends nonsense is answered, and stays', async () => {
    const { url } = await open()
    const station = await handStation(url, 'CP-1')
    station.sendText('hello')
    station.sendText('[3,"nobody-asked",{}]')
    expect((await station.call('Dance', {})).slice(0, 3)).toEqual([4, 'm0', 'NotImplemented'])
    expect((await station.call('Reset', { type: 'Hard' })).slice(0, 3)).toEqual([4, 'm1', 'NotSupported'])
    expect((await station.call('StartTransaction', { ...start, connectorId: 'one' })).slice(0, 3)).toEqual([4, 'm2', 'TypeConstraintViolation'])
    expect((await station.call('Authorize', {})).slice(0, 3)).toEqual([4, 'm3', 'OccurenceConstraintViolation'])
    expect((await station.call('Heartbeat', {}))[0]).toBe(3)
  })
})

describe('cards', () => {
  const statusOf = async (options: Partial<CentralSystemOptions>, idTag: string) => {
    const { url } = await open(options)
    const station = await handStation(url, 'CP-1')
    const authorized = (await station.call('Authorize', { idTag }))[2] as { idTagInfo: { status: string } }
    const started = (await station.call('StartTransaction', { ...start, idTag }))[2] as { idTagInfo: { status: string } }
    expect(started.idTagInfo).toEqual(authorized.idTagInfo)
    return authorized.idTagInfo
  }

  test('every card is good when none is listed', async () => {
    expect(await statusOf({}, 'ANY')).toEqual({ status: 'Accepted' })
  })

  test('a listed card is good in any case, another one is Invalid', async () => {
    expect(await statusOf({ cards: ['04A2B3C4'] }, '04a2b3c4')).toEqual({ status: 'Accepted' })
    expect(await statusOf({ cards: ['04A2B3C4'] }, 'STRANGER')).toEqual({ status: 'Invalid' })
  })

  test('a closer answer goes first, the list judges the rest', async () => {
    const authorize = (idTag: string) => (idTag === 'CHILD' ? { status: 'Accepted' as const, parentIdTag: 'FAMILY' } : undefined)
    expect(await statusOf({ cards: [], authorize }, 'CHILD')).toEqual({ status: 'Accepted', parentIdTag: 'FAMILY' })
    expect(await statusOf({ cards: [], authorize }, 'OTHER')).toEqual({ status: 'Invalid' })
  })
})

test('a station may be kept waiting at its door', async () => {
  const { url } = await open({ bootStatus: (_station, attempt) => (attempt < 3 ? 'Pending' : 'Accepted') })
  const station = await handStation(url, 'CP-1')
  const statuses: unknown[] = []
  for (let attempt = 0; attempt < 3; attempt++) statuses.push(((await station.call('BootNotification', boot))[2] as { status: string }).status)
  expect(statuses).toEqual(['Pending', 'Pending', 'Accepted'])
})

describe('what is asked of a station', () => {
  test('arrives in OCPP words', async () => {
    const { system, url } = await open()
    const station = await handStation(url, 'CP-1')
    await system.requestStart('CP-1', 1, 'A')
    await system.requestStart('CP-1', undefined, 'A')
    await system.requestStop('CP-1', 7)
    await system.reset('CP-1', 'Hard')
    await system.change('CP-1', 'HeartbeatInterval', '10')
    await system.trigger('CP-1', 'MeterValues', 1)
    station.answers['GetConfiguration'] = { configurationKey: [] }
    expect(await system.call('CP-1', GetConfiguration, {})).toEqual({ kind: 'result', payload: { configurationKey: [] } })
    expect(station.asked.map((frame) => frame.slice(2))).toEqual([
      ['RemoteStartTransaction', { connectorId: 1, idTag: 'A' }],
      ['RemoteStartTransaction', { idTag: 'A' }],
      ['RemoteStopTransaction', { transactionId: 7 }],
      ['Reset', { type: 'Hard' }],
      ['ChangeConfiguration', { key: 'HeartbeatInterval', value: '10' }],
      ['TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 1 }],
      ['GetConfiguration', {}],
    ])
  })

  test('ends at once when the station is not here', async () => {
    const { system } = await open()
    expect(await system.reset('NOBODY', 'Soft')).toEqual({ kind: 'disconnected' })
  })

  test('is answered on the console in words', async () => {
    const { system, url, clock } = await open()
    const station = await handStation(url, 'CP-1')
    station.answers['GetConfiguration'] = {
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'NumberOfConnectors', readonly: true, value: '1' },
      ],
      unknownKey: ['Foo'],
    }
    station.answers['UnlockConnector'] = { status: 'UnlockFailed' }
    station.answers['ClearCache'] = { state: 'wrong field' }
    const say = (line: string) =>
      carryOut(effectOf(line, { now: clock.now().epochMs, stations: system.stations, running: system.transactions.running }), system, plain)
    expect(await say('get')).toBe('HeartbeatInterval   300\nNumberOfConnectors  1  read-only\nFoo: not known there')
    expect(await say('start 1 A')).toBe('CP-1 answered RemoteStartTransaction: Accepted')
    expect(await say('unlock')).toBe('CP-1 answered UnlockConnector: UnlockFailed')
    expect(await say('clearcache')).toMatch(/^CP-1 answered what OCPP does not allow: .*status/)
    expect(await say('stop')).toBe('no transaction runs at CP-1')
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' })
    await station.call('StartTransaction', start)
    expect(await say('stations')).toBe('CP-1  here  OCPP 1.6\n  connector 1: Charging  transaction 1, card 04A2B3C4')
    expect(await say('transactions')).toBe('   1  CP-1/1  card 04A2B3C4  running since 2026-03-01T08:00:00.000Z, 0 samples')
    expect(await say('help')).toMatch(/start \[station\]/)
    expect(await say('')).toBeUndefined()
  })
})

test('a password that is set does not appear in the frames', async () => {
  const { system, url } = await open()
  const station = await handStation(url, 'CP-1')
  const seen: StationFrame[] = []
  system.frames.on((frame) => seen.push(frame))
  await system.change('CP-1', 'AuthorizationKey', '0123456789abcdef')
  expect(station.asked[0]?.[3]).toEqual({ key: 'AuthorizationKey', value: '0123456789abcdef' })
  expect(seen.map(({ direction, kind, action }) => [direction, kind, action])).toEqual([
    ['out', 'call', 'ChangeConfiguration'],
    ['in', 'result', 'ChangeConfiguration'],
  ])
  expect(JSON.stringify(seen)).not.toContain('0123456789abcdef')
})

test('a second program on the port is told what to do', async () => {
  const { url, system } = await open()
  await expect(openDoor(system, { port: Number(new URL(url).port) })).rejects.toThrow(/--port: port \d+ on 127\.0\.0\.1 is in use\. End the program/)
})

test('in simulated time a station in memory is served the same way, and a silent one is given up', async () => {
  const clock = simulatedClock()
  const system = centralSystem({ clock, messageTimeout: seconds(20) })
  const [charger, server] = socketPair(clock)
  const heard: string[] = []
  charger.received.on((text) => heard.push(text))
  system.attach(server, 'CP-1')
  charger.send(JSON.stringify([2, 'a', 'Heartbeat', {}]))
  await clock.advance(seconds(1))
  expect(heard).toEqual(['[3,"a",{"currentTime":"2026-03-01T08:00:00.000Z"}]'])
  let outcome: unknown
  void system.reset('CP-1', 'Soft').then((it) => {
    outcome = it
  })
  await clock.advance(seconds(19))
  expect(outcome).toBeUndefined()
  await clock.advance(seconds(2))
  expect(outcome).toEqual({ kind: 'timeout' })
  system.close()
  await clock.advance(seconds(1))
  expect(system.stations).toMatchObject([{ id: 'CP-1', isConnected: false }])
})
