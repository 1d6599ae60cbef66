import type { Millis, Percent, Volts } from '../../src/base/units.ts'
import { healthOf } from '../bus/health.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { PilotSpec } from '../spec/controllers.ts'
import type { Output, Pilot, PilotDrive, PilotSample } from '../types.ts'
import { openSwitched, outputOf } from './switched.ts'

/** Safety rule 8: 100 ms from the EV leaving state C to open contacts, of which 60 are the contactor's. What is spent before the guard's tick:
 *
 *    detector   1 ms   leaving C for B or A the peak rises, within one period of the PWM; it falls (C to E) with `decayMs`
 *    waiting   10 ms   for the next sample
 *    sample            high and low, each: command, conversion of 1.2 ms, status, value; the timer of 1 ms in between takes up to 2
 *                      I2C at 400 kHz: 2 x (0.1 + 2 + 0.1 + 0.1) = 4.6 ms at most
 *                      I2C at 100 kHz: 2 x (0.4 + 2 + 0.5 + 0.5) = 6.8 ms at most: a second outlet wants a bus of its own, or 400 kHz
 *
 *  The proximity contact and an NTC on the same converter come between at times, for half of that. A sample is as old as the end of its first
 *  conversion less the decay: what the detector says may be as old as that. */
const samplePeriod: Millis = 10
const usualDecay: Millis = 10
/** One conversion that fails is noise; the guard's own limit is where it is told. */
const toldAfter: Millis = 60
/** No pilot has more than +-12.6 V behind 1 kOhm; beyond this the wiring or its scale is wrong. */
const plausibleV: Volts = 15

export interface OpenedPilot {
  readonly pilot: Pilot
  readonly pilotBreak: Output | undefined
  readonly seesNegativePeak: boolean
}

type AdcPilotSpec = Extract<PilotSpec, { kind: 'adc' }>

/** The pilot by hardware PWM, read by a converter behind peak detectors.
 *
 *  What `drive` does on this hardware: X1 is 100 %, X2 the duty, F is 0 %. E (0 V) no PWM can make: with `disconnect` the wire is opened behind
 *  the driver, which the car sees as 0 V, else it is F.
 *
 *  What a sample says follows what is driven, for a detector says its peak only while there are peaks:
 *  X1 has one level, which the high detector holds: low is the same. PWM has both; without a low detector low is as high as high and says nothing
 *  (`seesNegativePeak`). F has one level, which the low detector holds: high is the same; without one, high is what its detector decays to.
 *
 *  A pilot that cannot be driven, or read, has no new sample: the old one ages, and the guard opens 60 ms later. */
export async function openAdcPilot(spec: AdcPilotSpec, wiring: Wiring): Promise<Opened<OpenedPilot>> {
  const { clock, changed } = wiring
  // First: from here on the pilot is F, whatever else cannot be had.
  const pwm = await wiring.machine.pwm(spec.pwm)
  const high = await wiring.analog(spec.high)
  const low = spec.low === undefined ? undefined : await wiring.analog(spec.low)
  const disconnect = spec.disconnect === undefined ? undefined : await openSwitched(spec.disconnect, 'pilot disconnect', wiring)
  const decay = spec.decayMs ?? usualDecay
  const health = healthOf(`control pilot (${spec.high.part}:${spec.high.channel})`, wiring.health)
  let drive: PilotDrive = { kind: 'fault' }
  /** How often the kind of the drive changed. */
  let turns = 0
  /** The output is what `drive` says. */
  let isDriven = true
  let isCutByOff = false
  let sample: PilotSample | undefined
  let isBusy = false
  /** A sample was to be taken while the last one still was: it is taken next, so that a slow bus loses no more time. */
  let isDue = false
  let isClosed = false

  const voltsAt = async ({ adc, channel, terminalV }: typeof high): Promise<Volts> => {
    const volts = terminalV(await adc.convert(channel))
    if (!(Math.abs(volts) <= plausibleV)) throw new Error(`${volts.toFixed(1)} V is no voltage of a pilot: check scale and offsetV of the board file`)
    return volts
  }
  const measure = async (kind: PilotDrive['kind']): Promise<PilotSample> => {
    const first = await voltsAt(kind === 'fault' && low !== undefined ? low : high)
    const at = clock.monotonic() - decay
    return { highV: first, lowV: kind === 'pwm' && low !== undefined ? await voltsAt(low) : first, at }
  }
  const apply = () => {
    const isCut = drive.kind === 'off' && disconnect !== undefined
    isDriven = false
    const isSwitched = isCut === isCutByOff || disconnect?.set(isCut) === true
    if (isSwitched) isCutByOff = isCut
    // Whatever the relay does, no current is offered that is not to be: E without it is F.
    pwm.set(dutyOf(drive, isCut && isSwitched))
    if (!isSwitched) throw new Error("the relay in the pilot's wire cannot be switched")
    isDriven = true
  }
  const take = async () => {
    isDue = isBusy
    if (isBusy || isClosed) return
    isBusy = true
    const before = turns
    try {
      if (!isDriven) apply()
      const taken = await measure(drive.kind)
      // What was measured while the drive turned belongs to neither.
      if (isClosed || turns !== before || !isDriven) return
      health.good()
      sample = taken
      changed()
    } catch (error) {
      if (!isClosed && (!isDriven || clock.monotonic() - (sample?.at ?? Number.NEGATIVE_INFINITY) > toldAfter)) health.bad(error)
    } finally {
      isBusy = false
      if (isDue) void take()
    }
  }
  const timer = clock.every('pilot sample', samplePeriod, () => void take())
  void take()
  return {
    pilot: {
      get sample() {
        return sample
      },
      drive(output) {
        if (isClosed) return
        if (drive.kind !== output.kind) turns++
        drive = output
        try {
          apply()
        } catch (error) {
          health.bad(error)
        }
      },
    },
    pilotBreak: disconnect === undefined ? undefined : outputOf(disconnect),
    seesNegativePeak: low !== undefined,
    close() {
      if (isClosed) return
      isClosed = true
      timer.stop()
      disconnect?.set(false)
      try {
        pwm.close()
      } catch (error) {
        health.bad(error)
      }
    },
  }
}

function dutyOf(drive: PilotDrive, isCut: boolean): Percent {
  switch (drive.kind) {
    case 'steady':
      return 100
    case 'pwm':
      return drive.duty
    case 'fault':
      return 0
    case 'off':
      return isCut ? 100 : 0
  }
}
