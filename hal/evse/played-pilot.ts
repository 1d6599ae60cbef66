import type { Millis, Volts } from '../../src/base/units.ts'
import type { InputLine } from '../bus/gpio.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { Pilot, PilotDrive, PilotSample } from '../types.ts'

const samplePeriod: Millis = 10

/** Volts of the states that contacts can play, IEC 61851-1 Annex A. */
export const playedV = { A: 12, B: 9, C: 6 } as const satisfies Record<string, Volts>

/** A pilot that nobody wired: contacts say what a car would do to it. `stateOf` gives undefined while a contact cannot be read: then there
 *  is no new sample, and the guard opens when the old one is stale. */
export function playedPilot(
  stateOf: () => keyof typeof playedV | undefined,
  contacts: readonly (InputLine | undefined)[],
  { clock, changed }: Pick<Wiring, 'clock' | 'changed'>,
): Opened<{ readonly pilot: Pilot }> {
  let drive: PilotDrive = { kind: 'steady' }
  let sample: PilotSample | undefined
  const take = () => {
    const state = stateOf()
    if (state === undefined) return
    const next = { ...peaksOf(drive, playedV[state]), at: clock.monotonic() }
    const isNew = next.highV !== sample?.highV || next.lowV !== sample.lowV
    sample = next
    if (isNew) changed()
  }
  const timer = clock.every('pilot sample', samplePeriod, take)
  const edgesOff = contacts.map((each) => each?.edges.on(take))
  take()
  return {
    pilot: {
      get sample() {
        return sample
      },
      drive(output) {
        drive = output
        take()
      },
    },
    close() {
      timer.stop()
      for (const off of edgesOff) off?.()
    },
  }
}

function peaksOf(drive: PilotDrive, playedV: Volts): Pick<PilotSample, 'highV' | 'lowV'> {
  switch (drive.kind) {
    case 'steady':
      return { highV: playedV, lowV: playedV }
    case 'pwm':
      return { highV: playedV, lowV: -12 }
    case 'fault':
      return { highV: -12, lowV: -12 }
    case 'off':
      return { highV: 0, lowV: 0 }
  }
}
