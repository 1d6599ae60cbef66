import type { Amps, Watts } from '../../base/units.ts'

/** How the cars follow the sun. `fast`: not at all; `min+solar`: at least the least current, more with a surplus; `solar`: with a surplus only. */
export const siteModes = ['fast', 'min+solar', 'solar'] as const
export type SiteMode = (typeof siteModes)[number]

/** Load management on the spot, as the owner sets it up. */
export interface SiteSettings {
  /** The main fuse, A per phase, kept with the grid meter. */
  readonly fuseA?: Amps
  /** What all outlets may take together, A per phase, whatever a meter says. */
  readonly limitA?: Amps
  /** A grid meter that has said nothing for so long is stale, s. */
  readonly staleAfterS: number
  /** What each outlet may take then, A per phase; below 6 A: pause. */
  readonly safeA: Amps
  /** More is given only when it has been there for so long, s. */
  readonly raiseAfterS: number
  readonly solar?: SolarSettings
}

export interface SolarSettings {
  /** Until somebody chooses another one. */
  readonly mode: SiteMode
  /** Stays exported, W. */
  readonly reserveW: Watts
  /** A car begins with a surplus of so much, W; what 6.5 A of its phases take when left out. */
  readonly startW?: Watts
  /** A car ends with less, W; what 6 A of its phases take when left out. */
  readonly stopW?: Watts
  /** It must have been enough (too little) for so long, s. */
  readonly startAfterS: number
  readonly stopAfterS: number
  /** Charging, and a pause, last at least so long, s. */
  readonly minOnS: number
  readonly minOffS: number
}
