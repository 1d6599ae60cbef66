import type { Clock, Timer } from '../base/clock.ts'
import { type Amps, seconds, type Watts } from '../base/units.ts'
import type { EvseDescription, GuardPort } from '../safety/port.ts'

/** Safety rule 5: an offer lives 10 s and is renewed each second. */
const lease = seconds(10)
const renewal = seconds(1)
/** No car's battery is below it: a lower voltage at the output is that of an open contactor. */
const leastBatteryV = 100
/** IEC 61851-1 Annex A: no duty cycle says less than 6 A. */
const leastAmps: Amps = 6

/** A per phase, or W. Each outlet takes both: the one that it does not count in is converted at its supply's nominal voltage, so that a
 *  limit in A protects the supply of a DC outlet too (A x phases x V; the losses of its power stage are not counted).
 *  `phases` are those to be used where they can be switched; the least that is named counts. */
export type Limit = Amps | { readonly watts: Watts } | { readonly amps: Amps; readonly phases: 1 | 3 }

/** What is offered now, and the name of the limit or the missing permit that holds it. */
export interface Offered {
  /** Per phase. At a DC outlet what `watts` are at its output, by the EV's voltage once it shows one. */
  readonly amps: Amps
  /** At a DC outlet. */
  readonly watts?: Watts
  readonly heldBy: string
}

/** A limit that is in force, whoever holds the offer. */
export interface NamedLimit {
  readonly name: string
  /** A per phase, or W at a DC outlet. */
  readonly size: number
}

/** The outlet may close with so much; less is a pause. */
export function isEnough({ amps, watts }: Pick<Offered, 'amps' | 'watts'>, { dc }: Pick<EvseDescription, 'dc'>): boolean {
  return dc === undefined ? amps >= leastAmps : watts !== undefined && watts >= dc.leastWatts
}

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
  /** A limit by name; undefined lifts it. */
  limit(name: string, limit: Limit | undefined): void
  /** The least of all limits but those of these names, granted or not: A per phase, or W at a DC outlet; 0 when a permit is missing. */
  sizeWithout(...names: readonly string[]): number
  /** The least limit and who holds it; nothing when there is no grant or a permit is missing. */
  readonly current: Offered
  /** Every limit in force, the guard's own among them, the least first. */
  limits(): readonly NamedLimit[]
  /** Renews now with what changed. */
  renew(): void
}

export function offerDesk(evse: EvseDescription, guard: GuardPort, clock: Clock, nextSequence: () => number): OfferDesk {
  const permits = new Map<string, boolean>()
  const { dc } = evse
  const supplyV = evse.phases * evse.nominalVoltageV
  /** A per phase, or W at a DC outlet. */
  const limits = new Map<string, number>([['board', dc?.maxWatts ?? evse.maxAmps]])
  const phasesBy = new Map<string, 1 | 3>()
  let grant: Grant | undefined
  let timer: Timer | undefined

  /** Evaluated at every report: plain loops. */
  const missingPermit = () => {
    for (const [name, isGiven] of permits) if (!isGiven) return name
    return undefined
  }
  const offered = (size: number, heldBy: string): Offered => {
    if (dc === undefined) return { amps: size, heldBy }
    const outputV = guard.report(evse.evse).reading?.phases[0]?.voltageV ?? 0
    return { amps: size / (outputV > leastBatteryV ? outputV : dc.nominalVoltageV), watts: size, heldBy }
  }
  const current = () => {
    if (grant === undefined) return offered(0, 'no transaction')
    const missing = missingPermit()
    if (missing !== undefined) return offered(0, missing)
    let heldBy = 'guard'
    const report = guard.report(evse.evse)
    let size = dc === undefined ? report.limit : (report.limitWatts ?? 0)
    for (const [name, limit] of limits) {
      if (limit > size) continue
      heldBy = name
      size = limit
    }
    return offered(size, heldBy)
  }
  /** In what this outlet counts in. */
  const sizeOf = (limit: Limit) => {
    if (typeof limit === 'object' && 'watts' in limit) return dc === undefined ? limit.watts / supplyV : limit.watts
    const amps = typeof limit === 'object' ? limit.amps : limit
    return dc === undefined ? amps : amps * supplyV
  }
  const renew = () => {
    if (grant === undefined) return
    const now = current()
    const issuedAt = clock.monotonic()
    guard.offer({
      evse: evse.evse,
      ...grant,
      close: isEnough(now, evse),
      // Watts are all that a DC outlet goes by.
      ...(now.watts === undefined ? { amps: now.amps } : { amps: 0, watts: now.watts }),
      phases: evse.switchesPhases && [...phasesBy.values()].includes(1) ? 1 : evse.phases,
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
    limits() {
      const report = guard.report(evse.evse)
      const own = { name: 'guard', size: dc === undefined ? report.limit : (report.limitWatts ?? 0) }
      return [own, ...[...limits].map(([name, size]) => ({ name, size }))].toSorted((a, b) => a.size - b.size)
    },
    sizeWithout(...names) {
      if (missingPermit() !== undefined) return 0
      const report = guard.report(evse.evse)
      let size = dc === undefined ? report.limit : (report.limitWatts ?? 0)
      for (const [each, limit] of limits) if (limit < size && !names.includes(each)) size = limit
      return size
    },
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
    limit(name, limit) {
      const size = limit === undefined ? undefined : sizeOf(limit)
      const phases = typeof limit === 'object' && 'amps' in limit ? limit.phases : undefined
      if (limits.get(name) === size && phasesBy.get(name) === phases) return
      if (size === undefined) limits.delete(name)
      else limits.set(name, size)
      if (phases === undefined) phasesBy.delete(name)
      else phasesBy.set(name, phases)
      renew()
    },
  }
}
