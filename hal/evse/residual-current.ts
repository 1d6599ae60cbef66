import type { Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerCommon } from '../spec/controllers.ts'
import type { ResidualCurrent } from '../types.ts'
import { openSwitched } from './switched.ts'

/** Safety rule 13: the trip is expected within this. The test ends with the trip, so that the monitor can come back. */
const longestTest: Millis = 500

/** A residual current monitor on an input, with its test input on an output. An input that cannot be read is a trip. */
export async function openResidualCurrent(
  spec: NonNullable<ControllerCommon['residualCurrent']>,
  wiring: Wiring,
): Promise<Opened<{ readonly residualCurrent: ResidualCurrent }>> {
  const { clock, changed } = wiring
  const trip = await wiring.input(spec.trip)
  const test = await openSwitched(spec.test, 'test of the residual current monitor', wiring)
  let timer: Timer | undefined
  const end = () => {
    timer?.stop()
    timer = undefined
    test.set(false)
  }
  const edgesOff = trip.edges.on(({ isActive }) => {
    if (isActive && timer !== undefined) end()
    changed()
  })
  return {
    residualCurrent: {
      get isTripped() {
        return trip.isActive ?? true
      },
      test() {
        end()
        if (test.set(true)) timer = clock.after('residual current test', longestTest, end)
      },
    },
    close() {
      edgesOff()
      end()
    },
  }
}
