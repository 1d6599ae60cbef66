import * as core from '../../../src/ocpp16/messages/core.ts'
import { ClearChargingProfile, SetChargingProfile } from '../../../src/ocpp16/messages/smart-charging.ts'
import { type Asking, type AskingSituation, type Impossible, limitOf, type NeutralRequest } from './dialect.ts'
import type { StationRequest } from './station-request.ts'

/** What a station is asked, as OCPP 1.6 says it. */
export function asking16(request: NeutralRequest, { now }: AskingSituation): Asking | Impossible {
  switch (request.kind) {
    case 'start': {
      const connectorId = request.evse ?? request.connector
      const payload = { ...(connectorId === undefined ? {} : { connectorId }), idTag: request.tag }
      return { message: core.RemoteStartTransaction, payload, fields: { idTag: 'tag', connectorId: 'evse' } }
    }
    case 'stop':
      return { message: core.RemoteStopTransaction, payload: { transactionId: request.transaction }, fields: { transactionId: 'transaction' } }
    case 'limit':
      return limited(request, now)
    case 'reset':
      return { message: core.Reset, payload: { type: request.type === 'hard' ? 'Hard' : 'Soft' } }
    case 'unlock':
      return { message: core.UnlockConnector, payload: { connectorId: request.evse } }
    case 'availability':
      return { message: core.ChangeAvailability, payload: { connectorId: request.evse, type: request.operative ? 'Operative' : 'Inoperative' } }
    case 'readConfiguration':
      return {
        message: core.GetConfiguration,
        payload: request.keys.length === 0 ? {} : { key: request.keys },
        fields: { key: 'keys' },
        reads: (payload) => ({ configuration: entriesOf(payload as never) }),
      }
    case 'changeConfiguration':
      return { message: core.ChangeConfiguration, payload: { key: request.key, value: request.value } }
  }
}

/** One profile for each connector, and one for the station (connector 0): a new limit takes the place of the one before. */
function limited({ evse, limit }: StationRequest & { readonly kind: 'limit' }, now: number): Asking | Impossible {
  const chargingProfilePurpose = evse === 0 ? 'ChargePointMaxProfile' : 'TxDefaultProfile'
  if (limit === undefined) {
    // What is not there need not be taken away: `Unknown` is what was wanted.
    const payload = { connectorId: evse, chargingProfilePurpose, stackLevel: 0 }
    return { message: ClearChargingProfile, payload, reads: () => ({ isAccepted: true }) }
  }
  const size = limitOf(limit)
  if ('kind' in size) return size
  const payload = {
    connectorId: evse,
    csChargingProfiles: {
      chargingProfileId: evse,
      stackLevel: 0,
      chargingProfilePurpose,
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        startSchedule: new Date(now).toISOString(),
        chargingRateUnit: size.unit,
        chargingSchedulePeriod: [{ startPeriod: 0, limit: size.limit }],
      },
    },
  }
  return { message: SetChargingProfile, payload }
}

type Configuration = { readonly configurationKey?: readonly { readonly key: string; readonly value?: string; readonly readonly: boolean }[] }

function entriesOf({ configurationKey = [] }: Configuration) {
  return configurationKey.map(({ key, value, readonly }) => ({ key, value, isReadOnly: readonly }))
}
