import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import { credentialTrial, type ShownCredentials } from '../ocpp/credential-trial.ts'
import type { Link } from '../ocpp/link.ts'
import { type AuthorizationKeyEncoding, passwordOf } from '../ocpp/security.ts'
import type { Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { CsmsPlace, Whereabouts } from './csms-place.ts'

/** Bytes of a password from security profile 1 on (whitepaper ed. 3, A00.FR.205). Without a profile shorter ones are in the field. */
const shortestPassword = 16

export interface CredentialParts {
  readonly core: ChargePoint
  readonly link: Link
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly place: CsmsPlace
  /** Of the station file: counts at the host that it names, until the central system sets a key. */
  readonly password: Uint8Array | undefined
  readonly encoding: AuthorizationKeyEncoding
}

/** Secrets: what worked before, while newer ones are on trial. */
export const keptCredentials = (store: Store) => store.documents<ShownCredentials>('credentials')

export interface StationCredentials {
  /** For the next dial. */
  password(): Uint8Array | undefined
  /** There is a password, and this host does not get it: it belongs to the host of the configuration. */
  readonly isWithheld: boolean
  /** Why this cannot be the password, never with a part of it; undefined: it can. */
  problemOf(key: string): string | undefined
  /** Goes to another place; another host is shown this password or none. At the same host the password changes as a central system changes
   *  it: the one before comes back where the new one is refused. @returns it dials anew by itself, and soon
   *  @throws StoreError where a password for the same host cannot be kept */
  move(to: Whereabouts, key: string | undefined): boolean
  close(): void
}

/** The station's credentials. A password stays with the host that it was given for: whoever changes the URL at the charger must not
 *  hand it to another one. */
export function stationCredentials(parts: CredentialParts): StationCredentials {
  const { core, log, encoding, place } = parts
  const { settings, security } = core
  const kept = keptCredentials(parts.store)
  const newest = (): ShownCredentials => ({
    key: place.keepsKey ? (place.key ?? '') : settings.get('authorizationKey'),
    profile: settings.get('securityProfile'),
  })
  const setKey = (key: string) => (place.keepsKey ? place.setKey(key) : settings.set('authorizationKey', key))
  const reconfigured = (words: string) => security.note('reconfigurationOfSecurityParameters', words)
  const trial = credentialTrial({
    ...parts,
    kept,
    newest,
    restore({ key, profile }) {
      const refused = newest()
      setKey(key)
      settings.set('securityProfile', profile)
      if (refused.key !== key) reconfigured('the new AuthorizationKey did not work: the one before counts again')
      if (refused.profile !== profile) reconfigured(`SecurityProfile ${refused.profile} did not work: ${profile} counts again`)
    },
    refused: () => security.note('failedToAuthenticateAtCentralSystem', 'the identity or the password was refused'),
  })
  const bytesOf = (key: string): Uint8Array | undefined => {
    const password = passwordOf(key, encoding)
    return 'bytes' in password ? password.bytes : place.isElsewhere ? undefined : parts.password
  }
  const isLongEnough = (password: Uint8Array | undefined) => password !== undefined && password.length >= shortestPassword
  const problemOf = (key: string): string | undefined => {
    const password = passwordOf(key, encoding)
    if ('problem' in password) return password.problem
    return newest().profile > 0 && !isLongEnough(password.bytes) ? `must have at least ${shortestPassword} bytes with this security profile` : undefined
  }
  /** Why a security profile cannot be taken (A05.FR.02 to 04); undefined: it can. */
  const preconditionOf = (profile: number): string | undefined => {
    if (profile !== 1) return 'it wants certificates, which this station has no store for'
    if (parts.place.url.startsWith('wss:')) return 'it is for connections without TLS, and this one has TLS'
    return isLongEnough(bytesOf(newest().key)) ? undefined : `it wants an AuthorizationKey of at least ${shortestPassword} bytes`
  }
  core.credentials = {
    changeKey(key) {
      if (problemOf(key) !== undefined) return false
      if (key === newest().key) return true
      trial.change(() => setKey(key))
      reconfigured('AuthorizationKey was changed')
      return true
    },
    raiseProfile(profile) {
      const before = newest().profile
      const problem = profile <= before ? 'it is not higher than the present one' : preconditionOf(profile)
      if (problem !== undefined) {
        log.warn({ profile, problem }, 'security profile refused')
        return false
      }
      trial.change(() => settings.set('securityProfile', profile))
      reconfigured(`SecurityProfile was changed from ${before} to ${profile}`)
      return true
    },
  }
  const credentials: StationCredentials = {
    password: () => bytesOf(trial.shown.key),
    get isWithheld() {
      return place.isElsewhere && place.key === undefined && (settings.get('authorizationKey') !== '' || parts.password !== undefined)
    },
    problemOf,
    move(to, key) {
      if (place.leadsAway(to.url)) {
        // What is on trial belongs to the host that is left.
        trial.forget()
        place.move(to, key, () => kept.clear())
        if (credentials.isWithheld) log.warn({ csms: to.url }, 'another host is not shown the password of the one before: it needs its own')
        return false
      }
      const isNewKey = key !== undefined && key !== newest().key && core.credentials?.changeKey(key) === true
      place.move(to)
      return isNewKey
    },
    close: trial.close,
  }
  // The station file names another host since.
  if (place.hasLeftKey) {
    trial.forget()
    attempted(
      () =>
        parts.store.atomically(() => {
          kept.clear()
          place.forgetKey()
        }),
      (error) => log.error({ error: error.message }, 'a password of another host cannot be deleted from the state directory'),
    )
  }
  return credentials
}
