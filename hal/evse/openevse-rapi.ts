import type { Amps, Millis } from '../../src/base/units.ts'
import { healthOf } from '../bus/health.ts'
import { rounds } from '../bus/rounds.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerSpec } from '../spec/controllers.ts'
import type { EvseController, PilotSample, ResidualCurrent } from '../types.ts'
import { closing, openCommon } from './common.ts'
import { followed } from './followed.ts'
import { OpenEvse } from './openevse-device.ts'
import { highOf, isRelayClosed, isTripped, type OpenEvseStatus, states } from './openevse-state.ts'
import { wishes } from './wish.ts'

/** OpenEVSE by RAPI, 115200 8N1. It makes the pilot, checks the diode, ground and relay, has its own ground fault interrupter and opens by itself.
 *  Supervised by its heartbeat: when this computer dies it goes on with 6 A, the least it knows, and does not stop. Only its supply behind the dead-man
 *  relay, or a relay in series, does. Its current and temperature readings have no place in an EVSE controller: a board that wants them has a meter
 *  and a sensor of its own. */

type Spec = Extract<ControllerSpec, { kind: 'openevse-rapi' }>

const pollEvery: Millis = 200
/** While it is told something. */
const workEvery: Millis = 20
/** Safety rule 8: it opens within 100 ms by itself. */
const staleAfter: Millis = 1_000
/** Safety rule 13 waits 500 ms for a test: a later answer would look like a trip. */
const testAnswersWithin: Millis = 400
/** How long a test that was passed is shown as a trip. */
const testShown: Millis = 60

/** @throws ConfigError for wires that the file does not have. A device that does not answer is a fault that comes and goes. */
export async function openOpenEvse(spec: Spec, wiring: Wiring, outlet: { readonly maxAmps: Amps }): Promise<Opened<EvseController>> {
  const { clock } = wiring
  const common = await openCommon(spec, wiring)
  const relay = common.contactor === undefined ? undefined : followed(common.contactor, clock, staleAfter, wiring.changed)
  let sample: PilotSample | undefined
  let status: OpenEvseStatus | undefined
  const wish = wishes(clock, {
    maxAmps: outlet.maxAmps,
    isAlone: relay === undefined,
    lock: common.lock,
    isAsking: () => status === undefined || status.isCharging || status.state === states.c || status.state === states.d,
  })
  const seen = (next: OpenEvseStatus) => {
    const highV = highOf(next)
    const isNews = sample?.highV !== highV || status?.state !== next.state
    status = next
    if (highV !== undefined) sample = { highV, lowV: highV, at: clock.monotonic() }
    if (isNews) {
      wiring.changed()
      round.wake()
    }
  }
  const line = await wiring.serial(spec.bus).catch(closing(common))
  const device = new OpenEvse(line, clock, healthOf(`openevse-rapi on ${spec.bus}`, wiring), wiring.log, seen, () => round.wake())
  const round = rounds(`openevse ${spec.bus}`, clock, async () => {
    relay?.pollBegins()
    const before = sample?.at
    const hasWork = await device.turn(wish.now)
    if (sample?.at !== before) relay?.pollEnded()
    return hasWork ? workEvery : pollEvery
  })
  const own = selfTested(device, () => status, wiring)
  const residualCurrent: ResidualCurrent = {
    get isTripped() {
      return own.isTripped || (common.residualCurrent?.isTripped ?? false)
    },
    test() {
      if (common.residualCurrent === undefined) own.test()
      else common.residualCurrent.test()
    },
  }
  return {
    pilot: {
      get sample() {
        if (sample === undefined || wish.drive !== 'pwm') return sample
        // The negative half is the device's to check, and it says when it is missing.
        const { highV } = sample
        const hasNegative = highV > 0 && status?.state !== states.diode
        return { ...sample, lowV: hasNegative ? -12 : highV }
      },
      drive(output) {
        wish.pilot(output)
        round.wake()
      },
    },
    contactor: {
      close() {
        wish.close()
        relay?.close()
      },
      open() {
        wish.open()
        relay?.open()
        round.wake()
      },
      get isClosed() {
        // With a relay in series its own mirror tells, and what the device says of its relay is no weld of that one.
        return relay === undefined ? status && isRelayClosed(status) : relay.isClosed
      },
    },
    lock: common.lock,
    proximity: common.proximity,
    residualCurrent,
    phaseSwitch: common.phaseSwitch,
    pilotBreak: undefined,
    hasPilot: true,
    seesNegativePeak: true,
    staleAfter,
    close() {
      relay?.open()
      round.close()
      device.leave()
      common.close()
    },
  }
}

/** The ground fault interrupter of an OpenEVSE tests itself when it gets supply and before each closing, and there is no command for it.
 *  The guard's test (rule 13) is therefore a question: is the test switched on, and does it say that all is well? Only then it is answered,
 *  as a monitor would, by a trip that goes away. */
function selfTested(device: OpenEvse, status: () => OpenEvseStatus | undefined, { clock, changed }: Wiring): ResidualCurrent {
  let isShown = false
  const show = (isOn: boolean) => {
    isShown = isOn
    changed()
  }
  return {
    get isTripped() {
      const now = status()
      return isShown || (now !== undefined && isTripped(now))
    },
    test() {
      const askedAt = clock.monotonic()
      device.askSelfTest((isWell) => {
        if (!isWell || clock.monotonic() - askedAt > testAnswersWithin) return
        show(true)
        clock.after('self-test shown', testShown, () => show(false))
      })
    },
  }
}
