import type { Amps, Watts } from '../../base/units.ts'
import type { SiteMode } from './settings.ts'

/** Load management as people see it. */
export interface SitePicture {
  /** Undefined: nothing follows the sun here. */
  readonly mode: SiteMode | undefined
  readonly fuseA: Amps | undefined
  /** Of all outlets together, without a meter. */
  readonly limitA: Amps | undefined
  /** Of the grid meter; `none`: nothing here goes by one. */
  readonly meter: 'fresh' | 'stale' | 'none'
  /** L1, L2, L3, A; negative: exported. Empty before the first reading. */
  readonly gridA: readonly Amps[]
  /** Negative: exported. */
  readonly gridW: Watts | undefined
  /** Since the newest reading, s. */
  readonly ageS: number | undefined
  /** What would be exported were no car there. */
  readonly surplusW: Watts | undefined
  /** Less did not help the fuse: every car is paused. */
  readonly isRelieved: boolean
  readonly outlets: readonly {
    readonly evse: number
    /** What the fuse (or the limit of the site) gives it, A per phase or W; undefined: no limit. */
    readonly site: number | undefined
    readonly solar: number | undefined
  }[]
}

/** What doors may ask of it. */
export interface SiteDesk {
  picture(): SitePicture
  /** Undefined: nothing follows the sun here. */
  readonly mode: SiteMode | undefined
  /** Kept over restarts. False: nothing follows the sun here. */
  setMode(mode: SiteMode): boolean
}

const modeWords: Readonly<Record<SiteMode, string>> = {
  fast: 'charging as fast as the fuse allows',
  'min+solar': 'charging with 6 A at least, and with all solar power that is left',
  solar: 'charging with solar power only',
}

const rounded = (value: number) => String(Math.round(value * 10) / 10)

/** `main fuse 25 A, grid 12.3, 4, -2.1 A, charging with solar power only, surplus 3200 W`. */
export function siteWords({ mode, fuseA, limitA, meter, gridA, surplusW, isRelieved }: SitePicture): string {
  const parts = [
    ...(fuseA === undefined ? [] : [`main fuse ${fuseA} A`]),
    ...(limitA === undefined ? [] : [`${limitA} A for all cars together`]),
    ...(meter === 'none' ? [] : meter === 'stale' ? ['the grid meter is silent: the safe current holds'] : [`grid ${gridA.map(rounded).join(', ')} A`]),
    ...(isRelieved ? ['the fuse carried too much for too long: every car is paused'] : []),
    ...(mode === undefined ? [] : [modeWords[mode]]),
    ...(mode === undefined || mode === 'fast' || surplusW === undefined ? [] : [`surplus ${Math.round(surplusW)} W`]),
  ]
  return parts.join(', ')
}
