import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Report } from '../safety/port.ts'
import type { Documents } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'

/** Whose cable is locked in. */
export interface CableOwner {
  readonly token: string
  readonly group: string | undefined
}

/** What is kept of it: it holds for this stay of the plug only. */
export interface KeptCable extends Pick<Report, 'plugIn'> {
  readonly token: string
  readonly group?: string
  /** Of the machine, see `Moment`. */
  readonly boot: string
}

/** The cable that stays locked in the socket after the end of a transaction, until its owner shows a card. It outlives this program as
 *  the guard does, which keeps the plug locked: nobody else could say whose it is. */
export interface HeldCable {
  readonly owner: CableOwner | undefined
  hold(owner: CableOwner): void
  letGo(): void
}

export function heldCable(parts: {
  readonly evse: number
  /** By EVSE. */
  readonly kept: Documents<KeptCable>
  readonly clock: Clock
  readonly log: Log
  readonly report: () => Report
}): HeldCable {
  const { evse, kept, clock, log } = parts
  const key = String(evse)
  let owner: CableOwner | undefined
  const keep = (write: () => void) =>
    attempted(write, (error) =>
      log.warn({ evse, error: error.message }, 'whose cable is locked in would be forgotten by a restart: the state directory takes nothing'),
    )
  const hold = ({ token, group }: CableOwner) => {
    owner = { token, group }
    const { plugIn } = parts.report()
    keep(() => kept.put(key, { token, ...(group === undefined ? {} : { group }), boot: clock.now().boot, plugIn }, 'grouped'))
  }
  const letGo = () => {
    if (owner === undefined) return
    owner = undefined
    keep(() => kept.delete(key))
  }
  const before = kept.get(key)
  if (before !== undefined) {
    owner = { token: before.token, group: before.group }
    const { plugIn, hasCable, lock } = parts.report()
    if (before.boot !== clock.now().boot || plugIn !== before.plugIn || !hasCable || lock !== 'locked') letGo()
  }
  return {
    get owner() {
      return owner
    },
    hold,
    letGo,
  }
}
