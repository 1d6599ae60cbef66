import type { Clock } from '../../base/clock.ts'
import { type Millis, minutes } from '../../base/units.ts'
import type { Report } from '../../safety/port.ts'
import type { EvseStatus } from '../charge-point.ts'

/** A car that takes nothing for so long is taken to be full. */
const idleAfter = minutes(1)
/** A phase with less than this is not used: what a meter shows beside the others is noise. */
const usedAmps = 1

interface Shown {
  readonly evse: number
  readonly status: EvseStatus
  readonly report: Report
}

/** What cars show of themselves, and limits go by. */
export interface CarWatch {
  /** The car takes nothing although it may, and has for a while. */
  isIdle(evse: number): boolean
  /** How many phases the car has been seen to use since it was plugged in; 0 before it draws anything, or without a meter that tells. */
  phases(evse: number): number
  /** It was offered current in this session, before a pause perhaps. */
  wasOffered(evse: number): boolean
  /** When the next one is taken to be idle, monotonic ms. */
  readonly until: Millis
  follow(shown: Shown): void
}

export function carWatch(clock: Clock): CarWatch {
  const quiet = new Map<number, { readonly since: Millis; readonly plugIn: number }>()
  const seen = new Map<number, { readonly phases: number; readonly plugIn: number }>()
  const offered = new Map<number, { readonly session: string | undefined; was: boolean }>()
  const isIdle = (evse: number) => clock.monotonic() - (quiet.get(evse)?.since ?? Number.POSITIVE_INFINITY) >= idleAfter
  const followPhases = ({ evse, report: { plugIn, reading } }: Shown) => {
    const used = reading?.phases.filter(({ currentA }) => (currentA ?? 0) > usedAmps).length ?? 0
    const known = seen.get(evse)
    if (known?.plugIn !== plugIn || used > known.phases) seen.set(evse, { phases: used, plugIn })
  }
  const followOffer = ({ evse, report: { plugIn, transaction, isOffering } }: Shown) => {
    const session = transaction && `${plugIn} ${transaction}`
    const known = offered.get(evse)
    // Of one that began before this program nobody knows.
    if (known === undefined || known.session !== session) offered.set(evse, { session, was: isOffering || (known === undefined && session !== undefined) })
    else if (isOffering) known.was = true
  }
  return {
    isIdle,
    wasOffered: (evse) => offered.get(evse)?.was ?? false,
    phases: (evse) => seen.get(evse)?.phases ?? 0,
    get until() {
      const moments = [...quiet].filter(([evse]) => !isIdle(evse)).map(([, { since }]) => since + idleAfter)
      return Math.min(Number.POSITIVE_INFINITY, ...moments)
    },
    follow(shown) {
      followPhases(shown)
      followOffer(shown)
      const { evse, status, report } = shown
      const known = quiet.get(evse)
      const isOver = report.wantsEnergy || report.plugIn !== known?.plugIn || (status === 'suspendedEvse' && !isIdle(evse))
      if (known !== undefined && isOver) quiet.delete(evse)
      if (status === 'suspendedEv' && !quiet.has(evse)) quiet.set(evse, { since: clock.monotonic(), plugIn: report.plugIn })
    },
  }
}
