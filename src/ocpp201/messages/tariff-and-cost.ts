import { decimal, message, text } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'

// Functional block I, Tariff and cost.

/** §1.11, I02. Sent by the CSMS. `totalCost` in the currency that the station was told, taxes included. */
export const CostUpdated = message('CostUpdated', {
  request: object({ totalCost: decimal, transactionId: text(36) }),
  response: nothing,
})
