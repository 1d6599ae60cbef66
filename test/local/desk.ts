import { signal } from '../../src/base/signal.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import type { ChargePoint, EvseView, PresentOutcome } from '../../src/core/charge-point.ts'
import type { Reservation } from '../../src/core/reservation.ts'
import type { LocalContext, Person } from '../../src/local/command.ts'
import type { Report } from '../../src/safety/port.ts'

type Changes = Partial<Omit<EvseView, 'report'>> & { readonly report?: Partial<Report> }

/** A charge point that does what tests say, and remembers what it was asked. */
export interface Desk {
  readonly context: LocalContext
  readonly clock: SimulatedClock
  /** What was asked of the charge point, the link and the person, in order: `present TAG 1`. */
  readonly asked: string[]
  readonly reservations: Reservation[]
  /** Changes the view of an EVSE and says so. */
  change(evse: number, changes: Changes): void
  /** What the next cards are told. */
  outcome: PresentOutcome
  /** What follows an asked word, for instance `plug 1`. */
  readonly reactions: Map<string, () => void>
  stopped: number
}

export const transaction = (evse: number, token = 'CARD') => ({
  id: `t${evse}`,
  evse,
  token,
  meterStartWh: 100,
  startedAt: { bootMs: 0, boot: 'b', epochMs: 0, trusted: true },
})

export function desk(options: { connectors?: number; isSimulated?: boolean } = {}): Desk {
  const clock = simulatedClock()
  const asked: string[] = []
  const reservations: Reservation[] = []
  const reactions = new Map<string, () => void>()
  const evses = Array.from({ length: options.connectors ?? 1 }, (_, at) => at + 1)
  const views = new Map<number, EvseView>(evses.map((evse) => [evse, idleView(evse)]))
  const changed = signal<EvseView>()
  const linkChanged = signal<unknown>()
  const ask = (...words: readonly unknown[]) => {
    const line = words.filter((each) => each !== undefined).join(' ')
    asked.push(line)
    reactions.get(line)?.()
  }
  const view = (evse: number): EvseView => {
    const found = views.get(evse)
    if (found === undefined) throw new RangeError(`no EVSE ${evse}`)
    return found
  }
  const made: Omit<Desk, 'context'> = {
    clock,
    asked,
    reservations,
    reactions,
    outcome: 'waiting',
    stopped: 0,
    change(evse, { report, ...changes }) {
      views.set(evse, { ...view(evse), ...changes, report: { ...view(evse).report, ...report } })
      changed.emit(view(evse))
    },
  }
  const chargePoint: Partial<ChargePoint> = {
    evses,
    view,
    changed,
    isOperative: true,
    reservations: { all: reservations, reserve: () => 'rejected', cancel: () => false },
    async present(token, evse) {
      ask('present', token, evse)
      return made.outcome
    },
    stop(evse, reason, token) {
      ask('stop', evse, reason, token)
      return view(evse).transaction !== undefined
    },
    raise: (evse, fault) => ask('raise', evse, fault ?? 'nothing'),
    local: {
      limit: (evse, amps) => ask('limit', evse, 'local', amps ?? 'none'),
      limitOf: () => undefined,
      enable: (evse, isEnabled) => ask(isEnabled ? 'enable' : 'disable', evse),
      isEnabled: () => true,
      close() {},
    },
    async unlock(evse) {
      ask('unlock', evse)
      return 'unlocked'
    },
    limit: (evse, name, amps) => ask('limit', evse, name, amps ?? 'none'),
    setAvailability(evse, operative) {
      ask('availability', evse, operative)
      return 'accepted'
    },
    meterWh: (evse) => view(evse).report.reading?.importWh ?? 0,
    guard: { clear: (evse: number) => ask('guard clear', evse) } as ChargePoint['guard'],
  }
  const person: Person = {
    plug: (evse) => ask('plug', evse),
    unplug: (evse) => ask('unplug', evse),
    wantEnergy: (evse, wants) => ask('wantEnergy', evse, wants),
    clearFaults: async (evse) => ask('clearFaults', evse),
  }
  let isAutomatic = false
  const isSimulated = options.isSimulated ?? true
  const context: LocalContext = {
    stationId: 'CP1',
    clock,
    defaultTag: 'DEFAULT',
    chargePoint: chargePoint as ChargePoint,
    link: {
      state: 'connected',
      changed: linkChanged,
      connect: () => ask('connect'),
      disconnect: () => ask('disconnect'),
      interrupt: (ms) => ask('interrupt', ms),
    },
    person: isSimulated ? person : undefined,
    automaticEv: isSimulated
      ? {
          get isOn() {
            return isAutomatic
          },
          set: (on) => {
            isAutomatic = on
          },
        }
      : undefined,
    transactionNumber: (id) => (id === 't1' ? 17 : undefined),
    reports: () => ({ waiting: 2, undeliverable: 1 }),
    stop: () => {
      made.stopped++
    },
  }
  return Object.assign(made, { context })
}

function idleView(evse: number): EvseView {
  return {
    evse,
    status: 'available',
    info: undefined,
    faults: [],
    raised: undefined,
    isOperative: true,
    transaction: undefined,
    waitingToken: undefined,
    offered: { amps: 0, heldBy: 'no transaction' },
    report: {
      evse,
      at: 0,
      plugIn: 0,
      pilot: 'A',
      isPlugged: false,
      hasCable: false,
      wantsEnergy: false,
      isOffering: false,
      contactor: 'open',
      lock: 'unlocked',
      offered: 0,
      limit: 32,
      phases: 3,
      faults: [],
      transaction: undefined,
      isVoid: false,
      reading: undefined,
    },
  }
}

export const chargingReading = { at: 0, importWh: 112.4, powerW: 3_657, phases: [{ voltageV: 230.04, currentA: 15.9, powerW: 3_657 }] }
