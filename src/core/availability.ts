import type { Documents } from '../store/store.ts'

/** Whether an EVSE (or `0`, the station) may be used, and a change that waits for the end of a transaction. */
export interface StoredAvailability {
  readonly isOperative: boolean
  readonly scheduled?: boolean
}

/** Availability as the central system set it. It survives a restart (OCPP 1.6 §5.2). */
export interface Availability {
  isOperative(evse: number): boolean
  /** While it is held no EVSE is operative, whatever the central system set; the station itself (0) stays what it is. Does not survive a
   *  restart (reference rule 46). True when that is a change. */
  hold(isHeld: boolean): boolean
  /** Takes effect now, or when the EVSE is free again. */
  set(evse: number, isOperative: boolean, isBusy: boolean): 'accepted' | 'scheduled'
  /** The EVSE became free: what was scheduled takes effect. True when it changed something. */
  freed(evse: number): boolean
}

export function availability(documents: Documents<StoredAvailability>): Availability {
  // Read at every report: kept in memory, written through.
  const known = new Map(documents.entries())
  const read = (evse: number): StoredAvailability => known.get(String(evse)) ?? { isOperative: true }
  const write = (evse: number, value: StoredAvailability) => {
    documents.put(String(evse), value)
    known.set(String(evse), value)
  }
  /** The station as a whole (0) follows when the last of its outlets has. */
  const settleStation = () => {
    const { scheduled } = read(0)
    const isWaiting = [...known].some(([key, value]) => key !== '0' && value.scheduled !== undefined)
    if (scheduled !== undefined && !isWaiting) write(0, { isOperative: scheduled })
  }
  let isHeld = false
  return {
    isOperative: (evse) => read(evse).isOperative && (evse === 0 || !isHeld),
    hold(next) {
      const isChange = isHeld !== next
      isHeld = next
      return isChange
    },
    set(evse, isOperative, isBusy) {
      const now = read(evse)
      // A change to the present state needs no schedule, and takes an older schedule back.
      if (isBusy && now.isOperative !== isOperative) {
        write(evse, { isOperative: now.isOperative, scheduled: isOperative })
        return 'scheduled'
      }
      write(evse, { isOperative })
      if (evse !== 0) settleStation()
      return 'accepted'
    },
    freed(evse) {
      const { scheduled } = read(evse)
      if (scheduled !== undefined) write(evse, { isOperative: scheduled })
      settleStation()
      return scheduled !== undefined
    },
  }
}
