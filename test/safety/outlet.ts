import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { Plant } from '../../hal/simulated/plant.ts'
import type { SimulatedBoardSpec, SimulatedEvseSpec } from '../../hal/simulated/spec.ts'
import type { SafetySettings } from '../../hal/types.ts'
import type { Timer } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import type { Amps, Millis } from '../../src/base/units.ts'
import { type GuardOptions, guard } from '../../src/safety/guard.ts'
import type { Offer, Report } from '../../src/safety/port.ts'

/** One simulated outlet under the guard, and a small core that renews offers. */
export function outlet(
  options: {
    evse?: Partial<SimulatedEvseSpec>
    board?: Partial<SimulatedBoardSpec>
    safety?: Partial<SafetySettings>
    guard?: GuardOptions
    keepsReports?: boolean
  } = {},
) {
  const clock = simulatedClock()
  const spec: SimulatedBoardSpec = {
    name: 'test',
    kind: 'simulated',
    evses: [{ maxAmps: 32, phases: 3, cable: 'socket', ...options.evse }],
    ...(options.safety === undefined ? {} : { safety: options.safety }),
    ...options.board,
  }
  const world = simulatedBoard(spec, clock)
  const port = guard(world.board, clock, silentLog, options.guard)
  const plant = world.plants[0] as Plant
  const reports: Report[] = []
  if (options.keepsReports !== false) port.reported.on((report) => reports.push(report))
  let renewal: Timer | undefined
  let sequence = 0
  let amps: Amps = 16

  const offer = (changes: Partial<Offer> = {}) => {
    const issuedAt = clock.monotonic()
    port.offer({
      evse: 1,
      plugIn: port.report(1).plugIn,
      transaction: 'tx',
      close: true,
      amps,
      phases: 3,
      sequence: ++sequence,
      issuedAt,
      expiresAt: issuedAt + 10_000,
      ...changes,
    })
  }
  const die = () => {
    renewal?.stop()
    renewal = undefined
  }
  const outletOfTest = {
    clock,
    world,
    plant,
    port,
    reports,
    offer,
    die,
    get report() {
      return port.report(1)
    },
    /** Offers now and each second. */
    grant(current: Amps) {
      amps = current
      offer()
      renewal ??= clock.every('renewal', 1_000, () => offer())
    },
    withdraw() {
      die()
      port.withdraw(1)
    },
    async wait(by: Millis) {
      await clock.advance(by)
    },
    /** The time until `is` holds, in steps of 5 ms. @throws after `limit` */
    async until(is: () => boolean, limit: Millis = 60_000) {
      const from = clock.monotonic()
      while (!is()) {
        if (clock.monotonic() - from >= limit) throw new Error(`not within ${limit} ms: ${JSON.stringify({ ...port.report(1), reading: undefined })}`)
        await clock.advance(5)
      }
      return clock.monotonic() - from
    },
    /** Plugged in, offered, current flows and the meter shows it. */
    async charge(current: Amps = 16) {
      await clock.advance(1_000)
      plant.plugIn()
      await this.until(() => this.report.isPlugged)
      this.grant(current)
      await this.until(() => plant.isClosed && (port.report(1).reading?.powerW ?? 0) > 1_000, 5_000)
      await clock.advance(3_000)
    },
  }
  return outletOfTest
}
