import type { Clock } from '../base/clock.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import type { MessageDesk } from '../local/ports.ts'
import { violationOf } from '../ocpp/message.ts'
import type { CallOutcome } from '../ocpp/peer.ts'
import type { Ocpp16 } from '../ocpp16/adapter.ts'
import { type ExampleParts, exampleRequests, ownMessages16 } from '../ocpp16/example-requests.ts'

/** OCPP 1.6 messages by hand. They wait their turn behind those of the station, one CALL at a time. What a StartTransaction or
 *  StopTransaction by hand says belongs to no session of the charger: it charges nobody and ends nothing. */
export function messageDesk(parts: {
  readonly door: Pick<Ocpp16, 'peer' | 'numberOf'>
  readonly core: ChargePoint
  readonly clock: Clock
  readonly defaultTag: string
  readonly boot: ExampleParts['boot']
}): MessageDesk {
  const { door, core, clock, defaultTag: idTag, boot } = parts
  const examples = () => {
    const running = core.evses.map((evse) => core.view(evse).transaction).find((each) => each !== undefined)
    const transactionId = running === undefined ? undefined : door.numberOf(running.id)
    return exampleRequests({ now: clock.now(), idTag, transactionId, meterWh: core.meterWh(1), boot })
  }
  return {
    get actions() {
      return Object.entries(examples()).map(([action, example]) => ({ action, example }))
    },
    async send(action, payload) {
      const message = ownMessages16.get(action)
      if (message === undefined) return { kind: 'invalid', reason: `no message of a charge point is called ${action.slice(0, 50)}` }
      const violation = violationOf(message.request, payload)
      if (violation !== undefined) return { kind: 'invalid', reason: violation.description }
      return outcomeOf(await door.peer.call(message, payload))
    },
  }
}

function outcomeOf(outcome: CallOutcome): Awaited<ReturnType<MessageDesk['send']>> {
  switch (outcome.kind) {
    case 'result':
      return { kind: 'answered', payload: outcome.payload }
    case 'error':
      return { kind: 'refused', code: outcome.code, description: outcome.description }
    case 'invalid':
      return { kind: 'refused', code: 'invalid answer', description: outcome.description }
    case 'timeout':
    case 'disconnected':
      return { kind: 'unanswered' }
  }
}
