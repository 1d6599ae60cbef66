import { expect, test } from 'vitest'
import { type Millis, minutes, seconds } from '../../src/base/units.ts'
import { type Seeded, seeded } from '../seeded.ts'
import { clear, profile, set } from './charging-profiles.ts'
import { socketBoard, type World, world } from './world.ts'

const max = { chargingProfilePurpose: 'ChargePointMaxProfile', chargingProfileId: 1 } as const
const evses = [1, 2, 3]
/** 5 s until a slow car has followed, and what a normal stop takes (safety rules 5 and 12). */
const followedAfter = seconds(12)
/** Of the simulated meters and cars, A. */
const tolerance = 0.3
const isLifted = (amps: number) => amps === Number.POSITIVE_INFINITY

/** The maximum, and how much was drawn beyond it once cars had had their time, A on the fullest phase. */
function maximum(w: World) {
  /** Each holds until the next one begins. */
  let before: { readonly amps: number; readonly until: Millis }[] = []
  let amps = Number.POSITIVE_INFINITY
  let worst = 0
  const isOver = ({ until }: { readonly until: Millis }) => until < w.clock.monotonic() - followedAfter
  w.clock.every('maximum watched', 100, () => {
    before = before.filter((each) => !isOver(each))
    const most = Math.max(amps, ...before.map((each) => each.amps))
    for (const phase of [0, 1, 2]) worst = Math.max(worst, w.plants.reduce((sum, plant) => sum + (plant.amps[phase] ?? 0), 0) - most)
  })
  return {
    get worst() {
      return worst
    },
    async set(next: number) {
      before.push({ amps, until: w.clock.monotonic() })
      amps = next
      await (isLifted(next) ? clear(w, { id: 1 }) : set(w, 0, profile(next, max)))
    },
  }
}

/** Something at one outlet. */
async function happening(w: World, chance: Seeded): Promise<void> {
  const evse = chance.pick(evses)
  const plant = w.plants[evse - 1]
  if (plant === undefined) return
  const happenings: readonly (() => unknown)[] = [
    () => plant.plugIn(),
    () => plant.plugIn(),
    () => void w.swipe(`TAG${evse}`, evse),
    () => void w.swipe(`TAG${evse}`, evse),
    () => plant.unplug(),
    () => plant.full(),
    () => plant.suspend(),
    () => plant.resume(),
    () => set(w, evse, profile(chance.pick([0, 6, 7, 10, 16, 32]), { chargingProfileId: 10 + evse })),
    () => w.core.limit(evse, 'local', chance.pick([undefined, 0, 7, 16])),
    () => w.core.raise(evse, chance.pick([undefined, undefined, 'other'])),
    () => w.clock.shift(chance.pick([3_600_000, -3_600_000, 10_000])),
  ]
  await chance.pick(happenings)()
}

test.each(Array.from({ length: 8 }, (_, seed) => seed))(
  'three outlets never draw more than the maximum together, and nobody is left in a pause (walk %s)',
  async (seed) => {
    const chance = seeded(seed)
    const outlet = socketBoard.evses[0] as (typeof socketBoard.evses)[number]
    const w = await world({ board: { ...socketBoard, evses: [outlet, outlet, { ...outlet, phases: 1 }] } })
    for (const plant of w.plants) plant.setEv({ batteryWh: 1e9, reaction: 5_000, stopReaction: 3_000, sleeps: chance.pick(['never', 'lightly']) })
    const most = maximum(w)
    for (let n = 0; n < 50; n++) {
      if (chance.happens(0.2)) await most.set(chance.pick([0, 5.9, 6, 12, 12.5, 13, 20, 40, Number.POSITIVE_INFINITY]))
      else await happening(w, chance)
      await w.clock.advance(Math.round(chance.between(0, chance.pick([2_000, 20_000, 120_000]))))
    }
    await most.set(40)
    for (const evse of evses) {
      w.core.limit(evse, 'local', undefined)
      w.core.raise(evse, undefined)
      await clear(w, { id: 10 + evse })
    }
    await w.clock.advance(minutes(3))
    expect(evses.filter((evse) => w.status(evse) === 'suspendedEvse')).toEqual([])
    expect(most.worst).toBeLessThan(tolerance)
  },
)
