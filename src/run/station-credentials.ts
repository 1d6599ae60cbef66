import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import { credentialTrial, type ShownCredentials } from '../ocpp/credential-trial.ts'
import type { Link } from '../ocpp/link.ts'
import { type AuthorizationKeyEncoding, passwordOf } from '../ocpp/security.ts'
import type { Store } from '../store/store.ts'

/** Bytes of a password from security profile 1 on (whitepaper ed. 3, A00.FR.205). Without a profile shorter ones are in the field. */
const shortestPassword = 16

export interface CredentialParts {
  readonly core: ChargePoint
  readonly link: Link
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly csmsUrl: string
  /** Of the station file: counts until the central system sets a key. */
  readonly password: Uint8Array | undefined
  readonly encoding: AuthorizationKeyEncoding
}

/** Secrets: what worked before, while newer ones are on trial. */
export const keptCredentials = (store: Store) => store.documents<ShownCredentials>('credentials')

/** The station's credentials. @returns the password for the next dial */
export function stationCredentials(parts: CredentialParts): { password(): Uint8Array | undefined; close(): void } {
  const { core, log, encoding } = parts
  const { settings, security } = core
  const newest = (): ShownCredentials => ({ key: settings.get('authorizationKey'), profile: settings.get('securityProfile') })
  const reconfigured = (words: string) => security.note('reconfigurationOfSecurityParameters', words)
  const trial = credentialTrial({
    ...parts,
    kept: keptCredentials(parts.store),
    newest,
    restore({ key, profile }) {
      const refused = newest()
      settings.set('authorizationKey', key)
      settings.set('securityProfile', profile)
      if (refused.key !== key) reconfigured('the new AuthorizationKey did not work: the one before counts again')
      if (refused.profile !== profile) reconfigured(`SecurityProfile ${refused.profile} did not work: ${profile} counts again`)
    },
    refused: () => security.note('failedToAuthenticateAtCentralSystem', 'the identity or the password was refused'),
  })
  const bytesOf = (key: string): Uint8Array | undefined => {
    const password = passwordOf(key, encoding)
    return 'bytes' in password ? password.bytes : parts.password
  }
  const isLongEnough = (password: Uint8Array | undefined) => password !== undefined && password.length >= shortestPassword
  /** Why a security profile cannot be taken (A05.FR.02 to 04); undefined: it can. */
  const preconditionOf = (profile: number): string | undefined => {
    if (profile !== 1) return 'it wants certificates, which this station has no store for'
    if (parts.csmsUrl.startsWith('wss:')) return 'it is for connections without TLS, and this one has TLS'
    return isLongEnough(bytesOf(newest().key)) ? undefined : `it wants an AuthorizationKey of at least ${shortestPassword} bytes`
  }
  core.credentials = {
    changeKey(key) {
      const password = passwordOf(key, encoding)
      if ('problem' in password || (newest().profile > 0 && !isLongEnough(password.bytes))) return false
      if (key === newest().key) return true
      trial.change(() => settings.set('authorizationKey', key))
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
  return { password: () => bytesOf(trial.shown.key), close: trial.close }
}
