import { type Clock, isPlausible } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { type Listenable, signal } from '../../base/signal.ts'
import type { Millis } from '../../base/units.ts'
import type { Store } from '../../store/store.ts'
import { attempted } from '../../store/store-error.ts'
import type { Transaction } from '../facts.ts'
import type { Outlet } from './cap.ts'
import { compositeOf, stationComposite, wholeOf } from './composite.ts'
import { type ChargingProfile, type ChargingProfiles, mostProfiles, type ProfileFilter, type ProfileRefusal } from './profile.ts'
import { flawOf, isProfile, misplacementOf } from './refusal.ts'
import type { Charging } from './stack.ts'
import { undated } from './undated.ts'

export interface Ongoing extends Charging {
  /** Monotonic ms: who began first stays first, however the wall clock is rounded and set. */
  readonly since: Millis
}

/** What the profiles need to be told of transactions, and what follows from them. */
export interface ProfileShelf extends ChargingProfiles {
  /** A transaction begins, or goes on under this core; called before its first offer. @param profile came with the remote start */
  begins(transaction: Transaction, profile?: ChargingProfile): void
  /** A transaction is over, and with it its profiles. */
  ended(evse: number): void
  chargingAt(evse: number): Ongoing | undefined
  /** Those that count now: while the clock was never set, without their dates (see `undated`). */
  readonly valid: readonly ChargingProfile[]
  readonly changed: Listenable<void>
}

export interface ProfileParts {
  readonly store: Store
  readonly outlets: readonly Outlet[]
  /** Transactions that go on: the profiles of all others go (reference §1.4). */
  readonly open: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

export function chargingProfiles({ store, outlets, open, clock, log }: ProfileParts): ProfileShelf {
  const kept = store.documents<ChargingProfile>('charging-profiles')
  const installed = new Map<number, ChargingProfile>()
  const running = new Map<number, Transaction>()
  const changed = signal<void>()
  const onDisk = (write: () => void): boolean =>
    attempted(
      () => store.atomically(write),
      (error) => log.error({ error: error.message }, 'charging profiles cannot be written to the state directory'),
    )
  const remove = (those: readonly ChargingProfile[]) => {
    for (const { id } of those) installed.delete(id)
    // One that stays on a disk that takes nothing is found again, and removed, at the next start if its transaction is over.
    if (those.length === 0) return
    onDisk(() => {
      for (const { id } of those) kept.delete(String(id))
    })
  }
  for (const [key, profile] of kept.entries()) {
    if (isProfile(profile)) installed.set(profile.id, profile)
    else log.error({ profile: key }, 'a charging profile in the state directory is none, and is left out')
  }
  remove([...installed.values()].filter(({ purpose, transaction }) => purpose === 'tx' && !open.includes(transaction ?? '')))

  const isReplaced = (old: ChargingProfile, by: ChargingProfile) =>
    old.id === by.id || (old.purpose === by.purpose && old.stackLevel === by.stackLevel && old.evse === by.evse)
  const refused = (profile: ChargingProfile, refusal: ProfileRefusal): ProfileRefusal => {
    const { id, evse, purpose, stackLevel } = profile
    log.warn({ profile: id, evse, purpose, stackLevel, reason: refusal.reason }, 'a charging profile is refused')
    return refusal
  }
  const fault = (profile: ChargingProfile): ProfileRefusal | undefined => {
    const reason = flawOf(profile) ?? (others(profile).length >= mostProfiles ? `there are ${mostProfiles} already` : undefined)
    return reason === undefined ? undefined : { outcome: 'rejected', reason }
  }
  const others = (profile: ChargingProfile) => [...installed.values()].filter((old) => !isReplaced(old, profile))
  const replacedBy = (profile: ChargingProfile) => [...installed.values()].filter((each) => isReplaced(each, profile))
  const keep = (profile: ChargingProfile): boolean =>
    onDisk(() => {
      for (const { id } of replacedBy(profile)) kept.delete(String(id))
      kept.put(String(profile.id), profile)
    })
  const install = (profile: ChargingProfile) => {
    const old = replacedBy(profile)
    for (const { id } of old) installed.delete(id)
    installed.set(profile.id, profile)
    const { id, evse, purpose, stackLevel } = profile
    log.info({ profile: id, evse, purpose, stackLevel, replaced: old.map((each) => each.id) }, 'a charging profile is installed')
  }
  /** A moment of the wall clock, as it is believed now: what began before the clock was set began at the right moment all the same. */
  const startOf = ({ startedAt }: Transaction): number => {
    const now = clock.now()
    return startedAt.boot === now.boot ? now.epochMs - (now.bootMs - startedAt.bootMs) : startedAt.epochMs
  }
  const chargingAt = (evse: number): Ongoing | undefined => {
    const transaction = running.get(evse)
    return transaction && { id: transaction.id, start: startOf(transaction), since: transaction.startedAt.bootMs }
  }
  const valid = (): readonly ChargingProfile[] => {
    const { trusted, epochMs } = clock.now()
    return trusted || isPlausible(epochMs) ? [...installed.values()] : undated([...installed.values()], wholeOf(outlets))
  }
  return {
    changed,
    chargingAt,
    get valid() {
      return valid()
    },
    get all() {
      return [...installed.values()]
    },
    set(given) {
      const numbers = outlets.map(({ evse }) => evse)
      const at = (evse: number) => running.get(evse)?.id
      const refusal = misplacementOf(given, numbers, at) ?? fault(given)
      if (refusal !== undefined) return refused(given, refusal)
      const transaction = given.purpose === 'tx' ? at(given.evse) : undefined
      const profile = fixed({ ...given, ...(transaction === undefined ? {} : { transaction }) }, clock.now().epochMs)
      if (!keep(profile)) return refused(profile, { outcome: 'rejected', reason: 'the state directory takes nothing' })
      install(profile)
      changed.emit()
      return undefined
    },
    clear(filter) {
      const those = [...installed.values()].filter((each) => isMeant(each, filter))
      remove(those)
      if (those.length > 0) {
        log.info({ profiles: those.map(({ id }) => id) }, 'charging profiles are removed')
        changed.emit()
      }
      return those.length
    },
    check(profile) {
      const reason = profile.purpose === 'tx' ? undefined : 'a remote start takes a profile for its transaction only'
      const refusal: ProfileRefusal | undefined = reason === undefined ? fault(profile) : { outcome: 'rejected', reason }
      return refusal && refused(profile, refusal)
    },
    composite(evse, durationS, unit) {
      const span = { start: clock.now().epochMs, durationS: Math.max(0, durationS) }
      const places = outlets.map((outlet) => ({ outlet, charging: chargingAt(outlet.evse) }))
      const place = places.find(({ outlet }) => outlet.evse === evse)
      const schedule = evse === 0 ? stationComposite(valid(), places, span, unit) : place && compositeOf(valid(), place, span, unit)
      // Whole seconds, as a central system reads them; what holds by now is said of all of the second that has begun.
      return schedule && { ...schedule, start: Math.floor(span.start / 1_000) * 1_000 }
    },
    begins(transaction, profile) {
      const { id, evse } = transaction
      running.set(evse, transaction)
      if (profile !== undefined) {
        const own: ChargingProfile = { ...profile, evse, transaction: id }
        // Its start was accepted with this limit, which on a disk that takes nothing holds as long as this program runs.
        keep(own)
        install(own)
      }
      changed.emit()
    },
    ended(evse) {
      running.delete(evse)
      remove([...installed.values()].filter(({ purpose, evse: of }) => purpose === 'tx' && of === evse))
      changed.emit()
    },
  }
}

/** A maximum for the station has no transaction to count from: it counts from the moment at which it was set. */
function fixed(profile: ChargingProfile, now: number): ChargingProfile {
  const { purpose, kind, schedule } = profile
  if (purpose !== 'stationMax' || (kind !== 'relative' && schedule.start !== undefined)) return profile
  return { ...profile, kind: 'relative', schedule: { ...schedule, start: now } }
}

/** With an id that alone counts (OCPP 1.6 errata 3.26), else all that is given. */
function isMeant({ id, evse, purpose, stackLevel }: ChargingProfile, filter: ProfileFilter): boolean {
  if (filter.id !== undefined) return id === filter.id
  return (
    (filter.evse === undefined || filter.evse === evse) &&
    (filter.purpose === undefined || filter.purpose === purpose) &&
    (filter.stackLevel === undefined || filter.stackLevel === stackLevel)
  )
}
