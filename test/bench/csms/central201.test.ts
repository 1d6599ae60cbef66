import { describe, expect, test } from 'vitest'
import type { TransactionEvent } from '../../../bench/csms/books/booking.ts'
import { transactionBook } from '../../../bench/csms/books/transactions.ts'
import { type CentralSystemOptions, centralSystem } from '../../../bench/csms/central-system.ts'
import { effectOf } from '../../../bench/csms/console/commands.ts'
import { carryOut } from '../../../bench/csms/console/console.ts'
import { plain, transactionWords } from '../../../bench/csms/console/lines.ts'
import type { ConnectorStatus } from '../../../bench/csms/store/store.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryStation } from './memory-station.ts'

const boot = { chargingStation: { vendorName: 'Hand', model: 'Written', firmwareVersion: '1' }, reason: 'PowerUp' }
const card = { idToken: '04A2B3C4', type: 'ISO14443' }
const at = (minute: number) => `2026-03-01T08:${String(minute).padStart(2, '0')}:00.000Z`

function open(options: Partial<CentralSystemOptions> = {}) {
  const clock = simulatedClock()
  const system = centralSystem({ clock, ...options })
  return { clock, system, station: memoryStation(system, clock, 'CP-1') }
}

function event(eventType: string, seqNo: number, more: object = {}, info: object = {}) {
  return { eventType, seqNo, timestamp: at(seqNo), triggerReason: 'Trigger', transactionInfo: { transactionId: 'tx-1', ...info }, ...more }
}

function register(value: number, context?: string, unitOfMeasure?: object) {
  const sampled = { value, ...(context === undefined ? {} : { context }), ...(unitOfMeasure === undefined ? {} : { unitOfMeasure }) }
  return { meterValue: [{ timestamp: at(0), sampledValue: [sampled] }] }
}

describe('a station of OCPP 2.0.1', () => {
  test('boots, tells its connectors, shows a card, and is known by all of it', async () => {
    const { system, station } = open({ heartbeat: 42, cards: ['04a2b3c4'] })
    expect(await station.call('BootNotification', boot)).toEqual([3, { currentTime: at(0), interval: 42, status: 'Accepted' }])
    expect(await station.call('StatusNotification', { timestamp: at(0), connectorStatus: 'Available', evseId: 1, connectorId: 2 })).toEqual([3, {}])
    expect(await station.call('Authorize', { idToken: card })).toEqual([3, { idTokenInfo: { status: 'Accepted' } }])
    expect(await station.call('Authorize', { idToken: { ...card, idToken: 'STRANGER' } })).toEqual([3, { idTokenInfo: { status: 'Invalid' } }])
    expect(await station.call('Authorize', { idToken: { idToken: '', type: 'NoAuthorization' } })).toEqual([3, { idTokenInfo: { status: 'Accepted' } }])
    expect(system.stations).toMatchObject([
      {
        id: 'CP-1',
        isConnected: true,
        version: '2.0.1',
        make: { vendor: 'Hand', model: 'Written', firmwareVersion: '1' },
        statuses: [{ evse: 1, connector: 2, status: 'Available' }],
      },
    ])
  })

  test('is told what is known of a card: its group, and until when', async () => {
    const { station } = open({ authorize: () => ({ status: 'Accepted', parentIdTag: 'FAMILY', expiryDate: '2026-04-01T00:00:00+02:00' }) })
    expect(await station.call('Authorize', { idToken: card })).toEqual([
      3,
      { idTokenInfo: { status: 'Accepted', cacheExpiryDateTime: '2026-03-31T22:00:00.000Z', groupIdToken: { idToken: 'FAMILY', type: 'Central' } } },
    ])
  })

  test('charges; card and EVSE may come after the start, and the card is judged when it comes', async () => {
    const { system, station } = open({ cards: ['04A2B3C4'] })
    expect(await station.call('TransactionEvent', event('Started', 0, register(1_000, 'Transaction.Begin')))).toEqual([3, {}])
    expect(system.transactions.running).toMatchObject([{ id: 1, reference: 'tx-1', start: { connectorId: 0, idTag: '', meterStart: 1_000 } }])
    const authorized = event('Updated', 1, { idToken: card, evse: { id: 2, connectorId: 1 } })
    expect(await station.call('TransactionEvent', authorized)).toEqual([3, { idTokenInfo: { status: 'Accepted' } }])
    await station.call('TransactionEvent', event('Updated', 2, register(1.5, undefined, { unit: 'kWh' })))
    await station.call('TransactionEvent', event('Ended', 3, register(18, 'Transaction.End', { unit: 'Wh', multiplier: 2 }), { stoppedReason: 'StoppedByEV' }))
    expect(system.transactions.ended).toMatchObject([
      {
        id: 1,
        station: 'CP-1',
        start: { connectorId: 2, idTag: '04A2B3C4', meterStart: 1_000, timestamp: at(0) },
        stop: { meterStop: 1_800, timestamp: at(3), reason: 'StoppedByEV' },
      },
    ])
    expect(system.transactions.ended[0]?.samples.map(({ sampledValue }) => sampledValue[0]?.value)).toEqual(['1000', '1500', '1800'])
  })

  test('may say everything again, out of order, and from the end', async () => {
    const { system, station } = open()
    const say = [
      event('Ended', 4, { offline: true, ...register(500, 'Transaction.End') }),
      event('Updated', 2, { offline: true, ...register(200), evse: { id: 1, connectorId: 1 } }),
      event('Started', 0, { offline: true, ...register(100, 'Transaction.Begin'), idToken: card }),
    ]
    for (const each of [...say, ...say]) expect((await station.call('TransactionEvent', each))?.[0]).toBe(3)
    expect(system.transactions.all).toMatchObject([
      {
        start: { connectorId: 1, idTag: '04A2B3C4', meterStart: 100, timestamp: at(0) },
        stop: { meterStop: 500, timestamp: at(4), reason: 'Local' },
        startsResent: 1,
        stopsResent: 1,
      },
    ])
    expect(system.transactions.all[0]?.samples).toHaveLength(3)
    expect(system.transactions.oddities).toEqual([])
    await station.call('TransactionEvent', event('Ended', 5, register(600)))
    expect(system.transactions.oddities).toMatchObject([{ what: 'second stop, different from the first', transactionId: 1 }])
  })

  test('shows Charging from its transaction, where StatusNotification says no more than Occupied', async () => {
    const noted: ConnectorStatus[] = []
    const nothing = { booted: () => {}, metered: () => {}, judge: () => undefined, seen: () => {} }
    const { station } = open({ records: { ...nothing, statusChanged: (_station, status) => void noted.push(status) } })
    const status = (connectorStatus: string) => station.call('StatusNotification', { timestamp: at(0), connectorStatus, evseId: 1, connectorId: 1 })
    const during = (kind: string, seqNo: number, chargingState: string, more: object = {}) =>
      station.call('TransactionEvent', event(kind, seqNo, more, { chargingState }))
    await status('Occupied')
    await during('Started', 0, 'EVConnected', { evse: { id: 1, connectorId: 1 } })
    await during('Updated', 1, 'Charging')
    await during('Updated', 2, 'Charging')
    await during('Updated', 3, 'SuspendedEV', { offline: true })
    await status('Occupied')
    await during('Updated', 4, 'SuspendedEVSE')
    await status('Faulted')
    await status('Occupied')
    await during('Ended', 5, 'EVConnected')
    await status('Available')
    expect(noted.map((each) => each.status)).toEqual(['Occupied', 'Charging', 'Charging', 'SuspendedEVSE', 'Faulted', 'SuspendedEVSE', 'Occupied', 'Available'])
  })

  test('may tell its state as an event of the device model', async () => {
    const { system, station } = open()
    const one = (name: string, actualValue: string, evse?: object) => ({
      ...{ eventId: 1, timestamp: at(1), trigger: 'Delta', actualValue, eventNotificationType: 'HardWiredNotification' },
      ...{ component: { name, ...(evse === undefined ? {} : { evse }) }, variable: { name: 'AvailabilityState' } },
    })
    const eventData = [
      one('ChargingStation', 'Faulted'),
      one('Connector', 'Reserved', { id: 1, connectorId: 1 }),
      one('Connector', 'Dancing', { id: 1, connectorId: 2 }),
    ]
    expect(await station.call('NotifyEvent', { generatedAt: at(1), seqNo: 0, eventData })).toEqual([3, {}])
    expect(system.stations[0]?.statuses.map(({ evse, connector, status }) => [evse, connector, status])).toEqual([
      [0, 0, 'Faulted'],
      [1, 1, 'Reserved'],
    ])
  })

  test('is told that its request was not kept, and stays on the line', async () => {
    const fails = () => Promise.reject(new Error('the disk is full'))
    const book = { ...transactionBook(), event: fails }
    const { system, station } = open({ transactions: book, records: { booted: fails, statusChanged: fails, metered: fails, judge: fails, seen: () => {} } })
    const sent: [string, object][] = [
      ['BootNotification', boot],
      ['TransactionEvent', event('Started', 0)],
      ['Authorize', { idToken: card }],
      ['MeterValues', { evseId: 1, ...register(1) }],
      ['StatusNotification', { timestamp: at(0), connectorStatus: 'Occupied', evseId: 1, connectorId: 1 }],
    ]
    for (const [action, payload] of sent) expect(await station.call(action, payload)).toEqual([4, 'InternalError', 'the action could not be carried out', {}])
    expect(await station.call('Heartbeat', {})).toMatchObject([3, { currentTime: expect.any(String) }])
    expect(system.stations).toMatchObject([{ isConnected: true }])
  })

  test('fails in silence, or late, without ending the program', async () => {
    const fails = () => Promise.reject(new Error('the disk is full'))
    for (const manner of [{ isSilent: true }, { lateBy: 5_000 }]) {
      const { clock, station } = open({
        manner: (action) => (action === 'StatusNotification' ? manner : undefined),
        records: { booted: fails, statusChanged: fails, metered: fails, judge: fails, seen: () => {} },
      })
      expect(await station.call('StatusNotification', { timestamp: at(0), connectorStatus: 'Occupied', evseId: 1, connectorId: 1 })).toBeUndefined()
      await clock.advance(10_000)
      expect((await station.call('Heartbeat', {}))?.[0]).toBe(3)
    }
  })

  test('that asks on and on while nothing can be written is not worked for without end, on however many connections', async () => {
    const { clock, system } = open({ transactions: { ...transactionBook(), event: () => new Promise(() => {}) } })
    for (let connection = 0; connection < 3; connection++) {
      const again = memoryStation(system, clock, 'CP-1')
      for (let seqNo = 0; seqNo < 60; seqNo++) again.tell('TransactionEvent', event('Updated', seqNo % 60))
      await clock.advance(1_000)
    }
    const last = memoryStation(system, clock, 'CP-1')
    expect(await last.call('TransactionEvent', event('Updated', 0))).toMatchObject([4, 'GenericError', expect.stringMatching(/too many/), {}])
    expect((await memoryStation(system, clock, 'CP-2').call('Heartbeat', {}))?.[0]).toBe(3)
  })

  test('that asks for what nobody knows is answered in the spelling of its version', async () => {
    const { station } = open()
    expect((await station.call('StartTransaction', {}))?.slice(0, 2)).toEqual([4, 'NotImplemented'])
    expect((await station.call('Reset', { type: 'Immediate' }))?.slice(0, 2)).toEqual([4, 'NotSupported'])
    expect((await station.call('Authorize', {}))?.slice(0, 2)).toEqual([4, 'OccurrenceConstraintViolation'])
  })

  test('begins anew when it comes back with another version', async () => {
    const { clock, system, station } = open()
    const seen: unknown[] = []
    system.connected.on(({ version }) => seen.push(version))
    system.disconnected.on(({ isReplaced }) => seen.push(isReplaced))
    await station.call('BootNotification', boot)
    const older = memoryStation(system, clock, 'CP-1', '1.6')
    expect((await older.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' }))?.[0]).toBe(3)
    expect(system.stations).toMatchObject([
      { id: 'CP-1', version: '1.6', isConnected: true, make: undefined, statuses: [{ evse: 1, connector: 1, status: 'Preparing' }] },
    ])
    older.close()
    await clock.advance(1_000)
    expect(seen).toEqual(['1.6', true, false])
  })
})

test('the console shows it, and reads and sets its variables', async () => {
  const { clock, system, station } = open()
  const say = async (line: string) => {
    const effect = effectOf(line, { now: clock.now().epochMs, stations: system.stations, running: system.transactions.running })
    let words: string | undefined
    void carryOut(effect, system, plain).then((it) => {
      words = it
    })
    await clock.advance(1_000)
    return words
  }
  await station.call('BootNotification', boot)
  await station.call('StatusNotification', { timestamp: at(0), connectorStatus: 'Available', evseId: 2, connectorId: 2 })
  await station.call('TransactionEvent', event('Started', 0, { evse: { id: 2, connectorId: 2 } }))
  expect(await say('stations')).toBe('CP-1  here  OCPP 2.0.1  Hand Written 1\n  EVSE 2, connector 2: Available  transaction 1, card none yet')
  expect(await say('transactions')).toMatch(/^ {3}1 {2}CP-1\/2 {2}card none yet {2}running/)
  station.answers['GetVariables'] = {
    getVariableResult: [
      { attributeStatus: 'Accepted', attributeValue: '300', component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } },
      { attributeStatus: 'UnknownComponent', component: { name: 'A' }, variable: { name: 'B' } },
    ],
  }
  expect(await say('get OCPPCommCtrlr.HeartbeatInterval A.B')).toBe('OCPPCommCtrlr.HeartbeatInterval  300\nA.B: not known there')
  const result = { attributeStatus: 'Rejected', component: { name: 'A' }, variable: { name: 'B' } }
  station.answers['SetVariables'] = { setVariableResult: [result] }
  expect(await say('set A.B=1')).toBe('CP-1 answered SetVariables: Rejected')
  station.answers['SetVariables'] = {}
  expect(await say('set A.B=1')).toMatch(/^CP-1 answered what OCPP does not allow:/)
  expect(await say('stop')).toBe('CP-1 answered RequestStopTransaction: Accepted')
})

test('a book that is filled from a journal knows the events of OCPP 2.0.1 again, and tells them in words', () => {
  const [before, after] = [transactionBook(), transactionBook()]
  const journal: TransactionEvent[] = []
  before.happened.on((each) => journal.push(each))
  const one = { reference: 'tx-1', atMs: 0, evse: undefined, connector: undefined, tag: undefined, measured: [], reason: undefined } as const
  const events = [
    { ...one, kind: 'started', seqNo: 0, measured: [{ atMs: 0, energy_wh: 5 }] },
    { ...one, kind: 'updated', seqNo: 1, tag: 'A', evse: 2 },
    { ...one, kind: 'ended', seqNo: 2, reason: 'Local', measured: [{ atMs: 0, energy_wh: 15 }] },
  ] as const
  for (const each of events) before.event('CP-1', each)
  expect(journal.map((each) => transactionWords(each, before.all[0]))).toEqual([
    'transaction 1 started: CP-1/0, card none yet, meter 5 Wh',
    undefined,
    'transaction 1: CP-1/2, card A',
    undefined,
    'transaction 1 ended: 10 Wh in 0 s, Local',
  ])
  for (const each of journal) after.replay(JSON.parse(JSON.stringify(each)) as TransactionEvent)
  expect(after.all).toEqual(before.all)
  for (const each of events) after.event('CP-1', each)
  expect(after.all).toMatchObject([{ startsResent: 1, stopsResent: 1, stop: { meterStop: 15 } }])
  expect(after.oddities).toEqual([])
  after.event('CP-2', events[0])
  expect(after.running).toMatchObject([{ id: 2, station: 'CP-2' }])
})
