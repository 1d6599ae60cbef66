import type { ResponseOf } from '../../../src/ocpp/message.ts'
import { ChangeAvailability } from '../../../src/ocpp201/messages/availability.ts'
import { GetBaseReport, GetVariables, Reset, SetVariables } from '../../../src/ocpp201/messages/provisioning.ts'
import { RequestStartTransaction, RequestStopTransaction, UnlockConnector } from '../../../src/ocpp201/messages/remote-control.ts'
import { ClearChargingProfile, SetChargingProfile } from '../../../src/ocpp201/messages/smart-charging.ts'
import { type Asking, type AskingSituation, type Impossible, impossible, limitOf, type NeutralRequest } from './dialect.ts'
import { idTokenOf } from './neutral201.ts'
import type { StationRequest } from './station-request.ts'
import { entriesOf, reportOf, type VariableName, variableNamed } from './variables201.ts'

type Of<K extends StationRequest['kind']> = StationRequest & { readonly kind: K }

/** What a station is asked, as OCPP 2.0.1 says it. */
export function asking201(request: NeutralRequest, situation: AskingSituation): Asking | Impossible {
  switch (request.kind) {
    case 'start':
      return started(request, situation.number)
    case 'stop': {
      const transactionId = request.reference ?? situation.reference(request.transaction)
      if (transactionId === undefined) return impossible('transaction', `no transaction ${request.transaction} runs at this station`)
      return { message: RequestStopTransaction, payload: { transactionId }, fields: { transactionId: 'transaction' } }
    }
    case 'limit':
      return limited(request, situation.now)
    case 'reset':
      return { message: Reset, payload: { type: request.type === 'hard' ? 'Immediate' : 'OnIdle' } }
    case 'unlock':
      return { message: UnlockConnector, payload: { evseId: request.evse, connectorId: request.connector ?? 1 } }
    case 'availability': {
      const { evse: id, connector: connectorId, operative } = request
      const evse = id === 0 ? {} : { evse: { id, ...(connectorId === undefined ? {} : { connectorId }) } }
      return { message: ChangeAvailability, payload: { operationalStatus: operative ? 'Operative' : 'Inoperative', ...evse } }
    }
    case 'readConfiguration':
      return request.keys.length === 0 ? everything(situation.number) : read(request.keys)
    case 'changeConfiguration':
      return changed(request)
  }
}

function started({ evse, connector, tag }: Of<'start'>, remoteStartId: number): Asking | Impossible {
  if (evse === undefined && connector !== undefined) return impossible('connector', 'OCPP 2.0.1 starts at an EVSE: name that, not the connector')
  const payload = { idToken: idTokenOf(tag), remoteStartId, ...(evse === undefined ? {} : { evseId: evse }) }
  return { message: RequestStartTransaction, payload, fields: { 'idToken.idToken': 'tag', evseId: 'evse' } }
}

/** One profile for each EVSE, and one for the station (EVSE 0): a new limit takes the place of the one before. */
function limited({ evse: evseId, limit }: Of<'limit'>, now: number): Asking | Impossible {
  const chargingProfilePurpose = evseId === 0 ? 'ChargingStationMaxProfile' : 'TxDefaultProfile'
  if (limit === undefined) {
    // What is not there need not be taken away: `Unknown` is what was wanted.
    const payload = { chargingProfileCriteria: { evseId, chargingProfilePurpose, stackLevel: 0 } }
    return { message: ClearChargingProfile, payload, reads: () => ({ isAccepted: true }) }
  }
  const size = limitOf(limit)
  if ('kind' in size) return size
  const schedule = {
    id: evseId,
    startSchedule: new Date(now).toISOString(),
    chargingRateUnit: size.unit,
    chargingSchedulePeriod: [{ startPeriod: 0, limit: size.limit }],
  }
  const chargingProfile = { id: evseId, stackLevel: 0, chargingProfilePurpose, chargingProfileKind: 'Absolute', chargingSchedule: [schedule] }
  return { message: SetChargingProfile, payload: { evseId, chargingProfile } }
}

/** B07: all values that may be set, and all that are told. */
function everything(requestId: number): Asking {
  return { message: GetBaseReport, payload: { requestId, reportBase: 'FullInventory' }, gathers: () => reportOf(requestId) }
}

function read(keys: readonly string[]): Asking | Impossible {
  const getVariableData: VariableName[] = []
  for (const key of keys) {
    const named = variableNamed(key)
    if ('kind' in named) return { ...named, field: 'keys' }
    getVariableData.push(named)
  }
  return {
    message: GetVariables,
    payload: { getVariableData },
    reads: (payload) => ({ configuration: entriesOf(payload as ResponseOf<typeof GetVariables>) }),
  }
}

function changed({ key, value }: Of<'changeConfiguration'>): Asking | Impossible {
  const named = variableNamed(key)
  if ('kind' in named) return named
  return {
    message: SetVariables,
    payload: { setVariableData: [{ ...named, attributeValue: value }] },
    fields: { 'setVariableData.0.attributeValue': 'value' },
    // The answer has a status for each variable; there is one.
    reads: (payload) => ({ status: (payload as ResponseOf<typeof SetVariables>).setVariableResult[0]?.attributeStatus }),
  }
}
