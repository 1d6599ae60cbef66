import { integer, list, message } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { meterValue } from './types.ts'

// Functional block J, Meter values.

/** §1.32, J01. Sent by the charging station, outside transactions. EVSE 0 is the main meter. */
export const MeterValues = message('MeterValues', {
  request: object({ evseId: integer, meterValue: list(meterValue, { minItems: 1 }) }),
  response: nothing,
})
