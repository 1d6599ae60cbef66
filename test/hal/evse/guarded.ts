import type { EvseController, EvseHardware } from '../../../hal/types.ts'
import { silentLog } from '../../../src/base/log.ts'
import type { Listenable } from '../../../src/base/signal.ts'
import type { SimulatedClock } from '../../../src/base/simulated-clock.ts'
import type { Amps, Millis } from '../../../src/base/units.ts'
import { guard } from '../../../src/safety/guard.ts'
import type { Report } from '../../../src/safety/port.ts'

/** The real guard over a board of one controller, and a small core that renews an offer. */
export function guarded(controller: EvseController, clock: SimulatedClock, changed: Listenable<void>, hardware: Partial<EvseHardware> = {}) {
  const evse: EvseHardware = {
    number: 1,
    controller,
    meter: undefined,
    temperature: undefined,
    protectiveEarth: undefined,
    shuntTrip: undefined,
    indicator: undefined,
    maxAmps: 32,
    phases: 3,
    cable: 'fixed',
    nominalVoltageV: 230,
    hasVentilation: false,
    ...hardware,
  }
  const port = guard(
    {
      name: 'test',
      isSimulated: true,
      evses: [evse],
      readers: [],
      emergencyStop: undefined,
      tamper: undefined,
      failure: undefined,
      deadMan: undefined,
      limitInputs: [],
      market: 'eu',
      safety: {},
      changed,
      close() {},
    },
    clock,
    silentLog,
  )
  const reports: Report[] = []
  port.reported.on((report) => reports.push(report))
  let amps: Amps | undefined
  let sequence = 0
  const offer = () => {
    if (amps === undefined) return
    const issuedAt = clock.monotonic()
    const { plugIn } = port.report(1)
    port.offer({ evse: 1, plugIn, transaction: 'tx', close: true, amps, phases: 3, sequence: ++sequence, issuedAt, expiresAt: issuedAt + 10_000 })
  }
  clock.every('renewal', 1_000, offer)
  return {
    port,
    reports,
    get report() {
      return port.report(1)
    },
    get faults() {
      return reports.flatMap((each) => each.faults)
    },
    grant(current: Amps) {
      amps = current
      offer()
    },
    withdraw() {
      amps = undefined
      port.withdraw(1)
    },
    /** The time until `is` holds, in steps of 5 ms. @throws after `limit` */
    async until(is: () => boolean, limit: Millis = 10_000) {
      const from = clock.monotonic()
      while (!is()) {
        if (clock.monotonic() - from >= limit) throw new Error(`not within ${limit} ms: ${JSON.stringify(port.report(1))}`)
        await clock.advance(5)
      }
      return clock.monotonic() - from
    },
  }
}
