import { describe, expect, test } from 'vitest'
import { type EvseView, evseStatuses } from '../../../src/core/charge-point.ts'
import { offerWords, statusWords } from '../../../src/local/rest/status-words.ts'
import { faults } from '../../../src/safety/port.ts'
import { desk, transaction } from '../desk.ts'

const at = desk()
const { chargePoint } = at.context
const idle = chargePoint.view(1)
type Changes = Partial<Omit<EvseView, 'report'>> & { readonly report?: Partial<EvseView['report']> }
const viewOf = ({ report, ...changes }: Changes): EvseView => ({ ...idle, ...changes, report: { ...idle.report, ...report } })
const words = (changes: Changes, isEnabled = true) =>
  statusWords(viewOf(changes), { local: { ...chargePoint.local, isEnabled: () => isEnabled }, reservations: chargePoint.reservations, guard: { evses: [] } })
const reading = { at: 0, importWh: 0, phases: [], powerW: 7_390 }
const charging = { status: 'charging', transaction: transaction(1), report: { contactor: 'closed', reading } } as const

describe('a status in words', () => {
  test.each<[Changes, string]>([
    [{ status: 'available' }, 'Available'],
    [{ status: 'preparing' }, 'Waiting for a card'],
    [{ status: 'preparing', waitingToken: 'CARD' }, 'Waiting for the cable'],
    [{ status: 'preparing', waitingToken: 'CARD', report: { isPlugged: true } }, 'Locking the plug'],
    [{ status: 'preparing', transaction: transaction(1) }, 'Waiting for the car to ask for energy'],
    [{ ...charging, offered: { amps: 32, heldBy: 'board' } }, 'Charging at 7.4 kW'],
    [{ ...charging, offered: { amps: 16, heldBy: 'charging profile' } }, 'Charging at 7.4 kW, limited to 16 A by a charging profile'],
    [{ ...charging, offered: { amps: 9, watts: 50_000, heldBy: 'local' } }, 'Charging at 7.4 kW, limited to 50.0 kW by the local limit'],
    [{ ...charging, report: { contactor: 'closed', reading: undefined }, offered: { amps: 16, heldBy: 'guard' } }, 'Charging'],
    [{ ...charging, report: { contactor: 'closed', reading: { ...reading, powerW: 920.4 } }, offered: { amps: 6, heldBy: 'board' } }, 'Charging at 920 W'],
    [{ ...charging, report: { contactor: 'open' }, offered: { amps: 0, heldBy: 'no transaction' } }, 'Ending'],
    [{ status: 'suspendedEv', transaction: transaction(1) }, 'Paused by the car: it is full, or does not ask'],
    [{ status: 'suspendedEvse', transaction: transaction(1), offered: { amps: 0, heldBy: 'disabled' } }, 'Paused: the owner disabled it'],
    [
      { status: 'suspendedEvse', transaction: transaction(1), offered: { amps: 4, heldBy: 'local' } },
      'Paused by the local limit: 4 A left, too little for a car',
    ],
    [{ status: 'suspendedEvse', transaction: transaction(1), offered: { amps: 0, heldBy: 'authorization' } }, 'Paused: the card was refused'],
    [{ status: 'suspendedEvse', transaction: transaction(1), offered: { amps: 0, heldBy: 'off-peak' } }, 'Paused by the off-peak hours'],
    [{ status: 'suspendedEvse', transaction: transaction(1), offered: { amps: 0, heldBy: 'solar' } }, 'Paused: waiting for enough sun'],
    [{ status: 'suspendedEvse', transaction: transaction(1), offered: { amps: 13, heldBy: 'local' } }, 'Paused: it goes on in a moment'],
    [{ status: 'finishing', report: { hasCable: true } }, 'Finished: the car may be unplugged'],
    [{ status: 'finishing' }, 'Finished'],
    [{ status: 'reserved' }, 'Reserved'],
    [{ status: 'unavailable' }, 'Out of service'],
    [{ status: 'faulted', faults: ['overTemperature'] }, 'Faulted: The charger is too hot'],
    [{ status: 'faulted', raised: 'weakSignal' }, 'Faulted: Somebody reported a fault (weakSignal)'],
  ])('%o', (view, expected) => {
    expect(words(view)).toBe(expected)
  })

  test('a free outlet says that its owner disabled it', () => {
    expect(words({ status: 'available' }, false)).toBe('Disabled by the owner: a car would not charge')
  })

  test('a reserved one says until when', () => {
    const until = Date.parse('2026-03-01T10:15:00Z')
    const kept = { ...chargePoint.reservations, all: [{ id: 1, evse: 0, token: 'CAFE', until }] }
    expect(statusWords(viewOf({ status: 'reserved' }), { local: chargePoint.local, reservations: kept, guard: { evses: [] } })).toBe(
      'Reserved until 2026-03-01T10:15:00.000Z',
    )
  })

  test('no status and no fault is without words', () => {
    for (const status of evseStatuses) expect(words({ status })).toMatch(/^[A-Z]/)
    for (const fault of faults) expect(words({ status: 'faulted', faults: [fault] })).toMatch(/^Faulted: [A-Z].{10,}/)
  })
})

describe('an offer in words', () => {
  const limits = [
    { name: 'guard', size: 32 },
    { name: 'board', size: 32 },
  ]
  const profile = { name: 'charging profile', size: 10 }
  test.each<[Changes, typeof limits, string | undefined]>([
    [{ ...charging, offered: { amps: 32, heldBy: 'board' } }, limits, 'Offered 32 A, the most this outlet gives'],
    [{ ...charging, offered: { amps: 10, heldBy: 'charging profile' } }, limits, 'Offered 10 A, limited by a charging profile'],
    [{ ...charging, offered: { amps: 20, heldBy: 'guard' } }, limits, 'Offered 20 A, limited by the cable, the heat or the wiring'],
    [{ ...charging, offered: { amps: 9, watts: 27_600, heldBy: 'local' } }, limits, 'Offered 27.6 kW, limited by the local limit'],
    [{ status: 'suspendedEvse', transaction: transaction(1), offered: { amps: 0, heldBy: 'disabled' } }, limits, undefined],
    [{ status: 'available' }, limits, 'Up to 32 A, the most this outlet gives'],
    [{ status: 'available' }, [profile, ...limits], 'Up to 10 A, limited by a charging profile'],
    [
      { status: 'available', offered: { amps: 0, watts: 0, heldBy: 'no transaction' } },
      [{ name: 'board', size: 50_000 }],
      'Up to 50.0 kW, the most this outlet gives',
    ],
    [{ status: 'available' }, [{ name: 'disabled', size: 0 }, ...limits], undefined],
    [{ status: 'faulted', transaction: transaction(1), offered: { amps: 32, heldBy: 'board' } }, limits, undefined],
    [{ status: 'unavailable' }, limits, undefined],
    [{ status: 'finishing' }, limits, undefined],
  ])('%o within %o: %s', (view, within, expected) => {
    expect(offerWords(viewOf(view), within)).toBe(expected)
  })
})
