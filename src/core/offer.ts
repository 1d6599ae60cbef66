import type { Clock, Timer } from '../base/clock.ts'
import { type Amps, seconds } from '../base/units.ts'
import type { EvseDescription, GuardPort } from '../safety/port.ts'

/** Safety rule 5: an offer lives 10 s and is renewed each second. */
const lease = seconds(10)
const renewal = seconds(1)
/** IEC 61851-1 Annex A: no duty cycle says less than 6 A. */
export const leastAmps: Amps = 6

/** The transaction that may draw power, and the plug-in that it is bound to. */
export interface Grant {
  readonly transaction: string
  readonly plugIn: number
}

/** What one EVSE is offered: closed if everyone permits, as much as the least of the limits. */
export interface OfferDesk {
  grant(grant: Grant): void
  /** A normal stop, harmless when nothing was granted; `keepsLocked`: the plug stays locked until `unlock`. */
  withdraw(keepsLocked?: boolean): void
  permit(name: string, isGiven: boolean): void
  /** A limit by name, A per phase; undefined lifts it. */
  limit(name: string, amps: Amps | undefined): void
  /** The least limit and who holds it; 0 A when there is no grant or a permit is missing. */
  readonly current: { readonly amps: Amps; readonly heldBy: string }
  /** Renews now with what changed. */
  renew(): void
}

export function offerDesk(evse: EvseDescription, guard: GuardPort, clock: Clock, nextSequence: () => number): OfferDesk {
  const permits = new Map<string, boolean>()
  const limits = new Map<string, Amps>([['board', evse.maxAmps]])
  let grant: Grant | undefined
  let timer: Timer | undefined

  /** Evaluated at every report: plain loops. */
  const missingPermit = () => {
    for (const [name, isGiven] of permits) if (!isGiven) return name
    return undefined
  }
  const current = () => {
    if (grant === undefined) return { amps: 0, heldBy: 'no transaction' }
    const missing = missingPermit()
    if (missing !== undefined) return { amps: 0, heldBy: missing }
    let heldBy = 'guard'
    let amps: Amps = guard.report(evse.evse).limit
    for (const [name, limit] of limits) {
      if (limit > amps) continue
      heldBy = name
      amps = limit
    }
    return { amps, heldBy }
  }
  const renew = () => {
    if (grant === undefined) return
    const { amps } = current()
    const issuedAt = clock.monotonic()
    guard.offer({
      evse: evse.evse,
      ...grant,
      close: amps >= leastAmps,
      amps,
      phases: evse.phases,
      sequence: nextSequence(),
      issuedAt,
      expiresAt: issuedAt + lease,
    })
  }
  return {
    get current() {
      return current()
    },
    renew,
    withdraw(keepsLocked = false) {
      if (grant === undefined) return
      grant = undefined
      timer?.stop()
      timer = undefined
      guard.withdraw(evse.evse, keepsLocked)
    },
    grant(next) {
      grant = next
      timer ??= clock.every(`offer ${evse.evse}`, renewal, renew)
      renew()
    },
    permit(name, isGiven) {
      if ((permits.get(name) ?? true) === isGiven) return
      permits.set(name, isGiven)
      renew()
    },
    limit(name, amps) {
      if (limits.get(name) === amps) return
      if (amps === undefined) limits.delete(name)
      else limits.set(name, amps)
      renew()
    },
  }
}
