import type { EvseDescription, Report } from '../../safety/port.ts'
import type { EvseStatus } from '../charge-point.ts'
import type { Limit } from '../offer.ts'
import type { CarWatch } from './car-watch.ts'
import type { ProfileShelf } from './profiles.ts'
import type { Claim } from './sharing.ts'

/** What limits are set at, and what is known of it. */
export interface LimitedPlace {
  readonly view: { readonly evse: number; readonly status: EvseStatus; readonly report: Report }
  readonly transaction: { readonly isStopping: boolean } | undefined
  limit(name: string, limit: Limit | undefined): void
  /** A per phase, or W at a DC outlet: what its transaction would be offered were it not for the limits of these names. */
  sizeWithout(...names: readonly string[]): number
}

/** Names of the limits that are each outlet's share of something, as `heldBy` shows them. */
export const stationLimit = 'station profile'
export const siteLimit = 'site'
export const solarLimit = 'solar'
/** Each of them is shared out as if the others were not there, and the least of the shares counts: were one of them what an outlet can use
 *  of the other, neither would ever rise again. */
export const sharedLimits = [stationLimit, siteLimit, solarLimit] as const

/** IEC 61851-1 Annex A; and what ends a pause of the guard's (safety rule 12), as a rule. */
const leastAmps = 6
const resumeAmps = 6.5

/** What the transaction of an outlet wants of something that is shared; nothing without one.
 *  @param price what one A or W of it takes of that */
export function claimOf(
  place: LimitedPlace,
  outlet: EvseDescription,
  { price, profiles, cars }: { readonly price: number; readonly profiles: Pick<ProfileShelf, 'chargingAt'>; readonly cars: CarWatch },
): readonly Claim[] {
  const charging = profiles.chargingAt(outlet.evse)
  if (charging === undefined || place.transaction?.isStopping === true) return []
  const { evse, dc } = outlet
  return [
    {
      ...{ evse, since: charging.since, most: place.sizeWithout(...sharedLimits), price, isIdle: cars.isIdle(evse) },
      least: dc?.leastWatts ?? leastAmps,
      // The guard takes whole W.
      resumesAt: dc === undefined ? resumeAmps : Math.ceil((dc.leastWatts * resumeAmps) / leastAmps),
      isOffered: place.view.report.isOffering,
      wasOffered: cars.wasOffered(evse),
    },
  ]
}
