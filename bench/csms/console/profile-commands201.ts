import { GetLog } from '../../../src/ocpp201/messages/diagnostics.ts'
import { UpdateFirmware } from '../../../src/ocpp201/messages/firmware-management.ts'
import { GetLocalListVersion, SendLocalList } from '../../../src/ocpp201/messages/local-auth-list.ts'
import { CancelReservation, ReserveNow } from '../../../src/ocpp201/messages/reservation.ts'
import { ClearChargingProfile, GetCompositeSchedule } from '../../../src/ocpp201/messages/smart-charging.ts'
import { idTokenOf } from '../ocpp/neutral201.ts'
import { type Ask, numberAt, withNumber } from './reading.ts'

const reserve: Ask = ([evse = '', card = '', min = '15'], { now }) =>
  withNumber('connector', evse, (id) =>
    withNumber('min', min, (minutes) => ({
      message: ReserveNow,
      // H01: without an EVSE any one is kept.
      payload: { id, expiryDateTime: isoAt(now + minutes * 60_000), idToken: idTokenOf(card), ...(id === 0 ? {} : { evseId: id }) },
    })),
  )

/** K10.FR.02: something must be named. The limits of the bench stand on level 0, as most of others do. */
const unlimit: Ask = ([evse]) => {
  if (evse === undefined) return { message: ClearChargingProfile, payload: { chargingProfileCriteria: { stackLevel: 0 } } }
  return withNumber('connector', evse, (evseId) => ({ message: ClearChargingProfile, payload: { chargingProfileCriteria: { evseId } } }))
}

const list: Ask = (cards, { now }) => {
  if (cards.length === 0) return { message: GetLocalListVersion, payload: {} }
  const localAuthorizationList = cards.map((card) => ({ idToken: idTokenOf(card), idTokenInfo: { status: 'Accepted' } }))
  return { message: SendLocalList, payload: { versionNumber: numberAt(now), updateType: 'Full', localAuthorizationList } }
}

const update: Ask = ([location = ''], { now }) => ({
  message: UpdateFirmware,
  payload: { requestId: numberAt(now), firmware: { location, retrieveDateTime: isoAt(now) } },
})

const isoAt = (epochMs: number) => new Date(epochMs).toISOString()

/** What the console's words for smart charging, reservations, lists and files come to in OCPP 2.0.1; and the messages whose fields are
 *  those of OCPP 1.6. */
export const profileCommands201 = { reserve, unlimit, list, update, CancelReservation, GetCompositeSchedule, GetLog } as const
