import { systemClock } from '../../src/base/clock.ts'
import { compositeOf } from '../../src/core/charging/composite.ts'
import type { ChargingProfile, ProfilePurpose } from '../../src/core/charging/profile.ts'
import { type Figure, median, percentile } from './figures.ts'
import type { Workbench } from './programs.ts'

const installed = 100
const horizonS = 7 * 86_400
const longestMs = 1
const rounds = 200
const midnight = Date.UTC(2026, 2, 1)
const purposes: readonly ProfilePurpose[] = ['tx', 'txDefault', 'stationMax']

/** A composite schedule of a week out of a hundred profiles, all of which count at the one outlet (on more levels than a station takes); most
 *  recur each day and change each hour or so, at moments of their own. */
export function composite({ say }: Workbench): Promise<readonly Figure[]> {
  say('composite schedule')
  const clock = systemClock()
  const outlet = { evse: 1, phases: 3, nominalVoltageV: 230, maxAmps: 32 } as const
  const place = { outlet, charging: { id: 'tx', start: midnight - 600_000 } }
  const profiles = Array.from({ length: installed }, (_, at) => profileAt(at))
  let periods = 0
  const samples = Array.from({ length: rounds }, (_, round) => {
    const from = clock.monotonic()
    periods = compositeOf(profiles, place, { start: midnight + round * 1_000, durationS: horizonS }).periods.length
    return clock.monotonic() - from
  })
  return Promise.resolve([
    {
      what: `Composite schedule of ${horizonS / 86_400} days out of ${installed} profiles (${periods} periods; p99 ${percentile(samples, 0.99).toFixed(2)} ms, the first one ${samples[0]?.toFixed(2)} ms)`,
      measured: `${median(samples).toFixed(3)} ms`,
      target: `${longestMs} ms`,
      isMet: median(samples) < longestMs,
    },
  ])
}

function profileAt(at: number): ChargingProfile {
  const purpose = purposes[at % purposes.length] ?? 'tx'
  return {
    ...{ id: at, evse: purpose === 'stationMax' ? 0 : 1, stackLevel: Math.floor(at / purposes.length), purpose },
    ...(purpose === 'tx' ? { transaction: 'tx' } : {}),
    ...(at % 4 === 0 ? { kind: 'absolute' } : { kind: 'recurring', recurrence: at % 4 === 1 ? 'weekly' : 'daily' }),
    schedule: {
      start: midnight - 86_400_000 + at * 777_000,
      // Each has gaps, through which the lower ones are seen.
      durationS: 3_600 * (2 + (at % 9)),
      unit: at % 5 === 0 ? 'W' : 'A',
      periods: Array.from({ length: 10 }, (_, n) => ({ from: n * 2_700, limit: (at % 5 === 0 ? 690 : 1) * (6 + ((at * 7 + n * 3) % 26)) })),
    },
  }
}
