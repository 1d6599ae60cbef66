import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { millis, seconds } from '../base/units.ts'
import type { Documents } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { Link } from './link.ts'

/** What a station shows its central system. */
export interface ShownCredentials {
  /** AuthorizationKey as it was written, '' before one was. A secret. */
  readonly key: string
  /** Security profile (whitepaper ed. 3 §2.1). */
  readonly profile: number
}

export interface CredentialTrialParts {
  readonly link: Pick<Link, 'state' | 'opened' | 'received' | 'dropped' | 'failed' | 'reconnect'>
  readonly clock: Clock
  readonly log: Log
  /** Holds what worked before, while new ones are on trial, and new ones that were refused: over a restart too (OCTT resets the station
   *  in between). */
  readonly kept: Documents<ShownCredentials>
  /** The newest ones, from the settings. */
  readonly newest: () => ShownCredentials
  /** Puts those that worked before in place of the newest, durably. */
  readonly restore: (before: ShownCredentials) => void
  /** The central system refused what it was shown, for the first time since a connection stood. */
  readonly refused: () => void
}

/** Changes of credentials that cannot lock a station out: until a connection stood with the new ones, those that worked before are kept,
 *  and tried again when the new ones are refused (A05.FR.08; the whitepaper has no word on a key that is refused). A key that was refused
 *  is kept too: what looked refused may have been a poor network, and the central system takes the one before for a while only. */
export interface CredentialTrial {
  /** What the next dial shows. */
  readonly shown: ShownCredentials
  /** Call `write` to change the newest ones; then the connection is made anew, after the answer to whoever asked. */
  change(write: () => void): void
  /** Another central system: what was on trial, or refused, was not meant for it. The caller clears `kept`. */
  forget(): void
  close(): void
}

/** Refusals in a row after which the other credentials have their turn. */
const refusalsEach = 3
/** The same of failures of any kind, where the security profile changed: a port that does not answer can be the wrong one. */
const failuresEach = 5
/** A connection that stood so long, or on which the central system spoke, is proof. */
const provenAfter = seconds(30)
const before = 'before'
const given = 'given'

export function credentialTrial(parts: CredentialTrialParts): CredentialTrial {
  const { link, clock, log, kept } = parts
  /** The other ones, beside the newest: those that worked before, on trial of the newest; else a key that was refused, if there is one. */
  let other = kept.get(before) ?? kept.get(given)
  let isOnTrial = kept.get(before) !== undefined
  let usesOther = false
  /** What this connection was made with, once it is proven. */
  let provenHere: ShownCredentials | undefined
  let refusals = 0
  let failures = 0
  /** Runs while a connection stands that has proved nothing yet; none on one that was made before a change. */
  let proof: Timer | undefined
  let again: Timer | undefined
  /** A refusal was told since the last proof. */
  let isTold = false

  const shown = () => (usesOther && other !== undefined ? other : parts.newest())
  const turnTo = (isOther: boolean) => {
    usesOther = isOther
    refusals = failures = 0
  }
  const stopProof = () => {
    proof?.stop()
    proof = undefined
  }
  const proven = () => {
    stopProof()
    isTold = false
    refusals = failures = 0
    provenHere = shown()
    const good = other
    if (good === undefined || !(isOnTrial || usesOther)) return
    const newest = parts.newest()
    // A profile that failed does not come back by itself: who can refuse the station must not choose it.
    const refused = usesOther && isOnTrial && newest.profile === good.profile ? newest : undefined
    const isWritten = attempted(
      () => {
        if (refused === undefined) kept.delete(given)
        else kept.put(given, refused)
        if (usesOther) parts.restore(good)
        kept.delete(before)
      },
      (error) => log.error({ error: error.message }, 'which credentials work cannot be written to the state directory'),
    )
    // Until it is written both are needed: the next connection brings the next proof.
    if (!isWritten) return
    if (usesOther) log.error({}, 'the central system refuses the new credentials: those before count again')
    other = refused
    isOnTrial = false
    turnTo(false)
  }
  const failed = (isRefusal: boolean) => {
    failures++
    if (isRefusal) refusals++
    const newest = parts.newest()
    if (other === undefined || (other.key === newest.key && other.profile === newest.profile)) return
    if (refusals < refusalsEach && (failures < failuresEach || other.profile === newest.profile)) return
    log.warn({ next: usesOther ? 'the newest ones' : 'the others' }, 'no connection with these credentials: the others are tried')
    turnTo(!usesOther)
  }
  const offs = [
    link.failed.on((reason) => {
      const isRefusal = reason === 'unauthorized'
      failed(isRefusal)
      if (!isRefusal || isTold) return
      isTold = true
      parts.refused()
    }),
    link.opened.on(() => {
      provenHere = undefined
      stopProof()
      proof = clock.after('credentials are good', provenAfter, proven)
    }),
    link.received.on(() => {
      if (proof !== undefined) proven()
    }),
    link.dropped.on(() => {
      // Taken and dropped without a word: some central systems refuse like that.
      if (proof !== undefined) failed(true)
      provenHere = undefined
      stopProof()
    }),
  ]
  return {
    get shown() {
      return shown()
    },
    change(write) {
      // Only what works is worth going back to: of two changes in a row, what was there before the first.
      const isNewestGood = other === undefined ? link.state === 'connected' : !isOnTrial
      const good = provenHere ?? (isNewestGood ? parts.newest() : undefined)
      if (good !== undefined) {
        kept.put(before, good)
        kept.delete(given)
        other = good
        isOnTrial = true
      }
      write()
      turnTo(false)
      stopProof()
      isTold = false
      again?.stop()
      if (link.state !== 'disconnected') again = clock.after('new credentials', millis(0), () => link.reconnect())
    },
    forget() {
      other = provenHere = undefined
      isOnTrial = isTold = false
      turnTo(false)
      stopProof()
      again?.stop()
    },
    close() {
      for (const off of offs) off()
      stopProof()
      again?.stop()
    },
  }
}
