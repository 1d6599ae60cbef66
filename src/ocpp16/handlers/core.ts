import type { ChargePoint, UnlockOutcome } from '../../core/charge-point.ts'
import { CallError } from '../../ocpp/call-error.ts'
import { type Route, route } from '../../ocpp/peer.ts'
import type { Key } from '../key-kinds.ts'
import { isOffered, isReadOnly, keys } from '../keys.ts'
import {
  ChangeAvailability,
  ChangeConfiguration,
  ClearCache,
  DataTransfer,
  GetConfiguration,
  RemoteStartTransaction,
  RemoteStopTransaction,
  Reset,
  UnlockConnector,
} from '../messages/core.ts'
import type { TransactionNumbers } from '../numbers.ts'
import { profilesOf } from '../profiles.ts'
import { type ChangeOutcome, changeKey, findKey } from '../settings.ts'
import { profileOf } from '../translate-profile.ts'

/** What the handlers of a door work with. */
export interface HandlerParts {
  readonly core: ChargePoint
  readonly numbers: TransactionNumbers
  /** The central system accepted this station (again) since it started. */
  readonly isAccepted: () => boolean
}

const availabilityStatus = { accepted: 'Accepted', scheduled: 'Scheduled', rejected: 'Rejected' } as const
const unlockStatus = { unlocked: 'Unlocked', failed: 'UnlockFailed', none: 'NotSupported', unknownEvse: 'NotSupported' } as const satisfies Record<
  UnlockOutcome,
  string
>
const changeStatus = { set: 'Accepted', unknown: 'NotSupported', readOnly: 'Rejected', refused: 'Rejected' } as const satisfies Record<ChangeOutcome, string>
const acceptedIf = (yes: boolean) => ({ status: yes ? 'Accepted' : 'Rejected' }) as const

/** OCPP 1.6 §5: what a central system may ask of the Core profile. */
export function coreRoutes({ core, numbers, isAccepted }: HandlerParts): readonly Route[] {
  const told = (key: Key) => ({ key: key.key, readonly: isReadOnly(key, core), value: key.read(core) })
  // A key that can only be written is never told, not even that it is there.
  const readable = (key: Key | undefined): key is Key => key !== undefined && key.access !== 'w' && isOffered(key, core)
  return [
    route(ChangeAvailability, ({ connectorId, type }) => {
      const outcome = core.setAvailability(connectorId === 0 ? 'all' : connectorId, type === 'Operative')
      return { status: availabilityStatus[outcome] }
    }),
    route(ChangeConfiguration, ({ key, value }) => ({ status: changeStatus[changeKey(core, key, value)] })),
    route(ClearCache, () => acceptedIf(core.clearAuthorizationCache())),
    // Two-way: no vendor has an extension here.
    route(DataTransfer, () => ({ status: 'UnknownVendorId' }) as const),
    route(GetConfiguration, ({ key: asked = [] }) => {
      const most = core.settings.get('getConfigurationMaxKeys')
      if (asked.length > most) throw new CallError('occurrenceConstraintViolation', `key: at most ${most} keys in one request`)
      if (asked.length === 0) return { configurationKey: keys.filter(readable).map(told) }
      const found = asked.map((name) => ({ name, key: findKey(name) }))
      const unknownKey = found.filter(({ key }) => !readable(key)).map(({ name }) => name)
      const configurationKey = [...new Set(found.map(({ key }) => key))].filter(readable).map(told)
      return { ...(configurationKey.length === 0 ? {} : { configurationKey }), ...(unknownKey.length === 0 ? {} : { unknownKey }) }
    }),
    route(RemoteStartTransaction, ({ connectorId, idTag, chargingProfile }) => {
      // Without smart charging a profile is ignored, as long as it has the right purpose (reference rule 24).
      const isRightPurpose = chargingProfile === undefined || chargingProfile.chargingProfilePurpose === 'TxProfile'
      if (!isAccepted() || connectorId === 0 || idTag === '' || !isRightPurpose) return acceptedIf(false)
      const isTaken = chargingProfile !== undefined && profilesOf(core).includes('SmartCharging')
      const profile = isTaken ? profileOf(connectorId ?? 0, chargingProfile) : undefined
      if (profile !== undefined && core.profiles.check(profile) !== undefined) return acceptedIf(false)
      return acceptedIf(core.remoteStart(idTag, connectorId, profile) === 'accepted')
    }),
    route(RemoteStopTransaction, ({ transactionId }, { after }) => {
      const transactions = isAccepted() ? numbers.transactionsOf(transactionId) : []
      const evse = transactions.map(core.evseOf).find((running) => running !== undefined)
      if (evse !== undefined) after(() => core.stop(evse, 'remote'))
      return acceptedIf(evse !== undefined)
    }),
    route(Reset, ({ type }, { after }) => {
      after(() => core.restart(type === 'Hard' ? { scope: 'all', stop: 'hardReset' } : { scope: 'core', stop: 'softReset' }))
      return { status: 'Accepted' } as const
    }),
    route(UnlockConnector, async ({ connectorId }) => ({ status: unlockStatus[await core.unlock(connectorId)] })),
  ]
}
