import type { House } from '../../hal/simulated/house.ts'
import type { SimulatedBoard } from '../../src/config/board.ts'
import type { SiteSettings, SolarSettings } from '../../src/core/site/settings.ts'
import { site } from '../../src/core/site/site.ts'
import { killed } from './restarts.ts'
import { type World, type WorldOptions, withEvses, world } from './world.ts'

export const usualSite: SiteSettings = { staleAfterS: 5, safeA: 6, raiseAfterS: 10 }
export const usualSolar: SolarSettings = { mode: 'solar', reserveW: 100, startAfterS: 60, stopAfterS: 180, minOnS: 300, minOffS: 300 }

export interface SiteWorldOptions extends WorldOptions {
  readonly site: Partial<SiteSettings>
  readonly evses?: number
  readonly grid?: SimulatedBoard['grid']
}

const boardOf = ({ evses = 1, grid = { loadA: [0, 0, 0] } }: SiteWorldOptions): SimulatedBoard => ({ ...withEvses(evses), grid })
const partsOf = (options: SiteWorldOptions): WorldOptions => ({
  board: boardOf(options),
  ...options,
  parts: { site: (parts) => site({ ...usualSite, ...options.site }, parts), ...options.parts },
})

/** A charger in a house, with a meter at its connection. */
export async function siteWorld(options: SiteWorldOptions) {
  return atHome(await world(partsOf(options)))
}

/** The core dies at once, and the same house has it again. The simulated guard lives in its process and ends with it. */
export async function siteKilled(w: World, options: SiteWorldOptions) {
  return atHome(await killed(w, partsOf(options)))
}

function atHome(w: World) {
  const house = w.station.built.simulation?.house as House
  const offered = (evse = 1) => w.core.guard.report(evse).offered
  return {
    ...w,
    house,
    offered,
    /** What flows through the main fuse, A on the phase that carries most. */
    fuse: () => Math.max(...house.amps),
    /** The car of an outlet charges, as fast as it may. */
    async charge(evse = 1) {
      const card = `CARD${evse}`
      await w.swipe(card, evse)
      w.plants[evse - 1]?.plugIn()
      await w.until(() => w.core.view(evse).transaction !== undefined)
    },
  }
}
export type SiteWorld = Awaited<ReturnType<typeof siteWorld>>

/** Numbers from 0 up to 1 that look random, the same in each run. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x1_0000_0000
  }
}
