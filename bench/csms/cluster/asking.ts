import type { Clock, Timer } from '../../../src/base/clock.ts'
import type { MqttClient } from '../../../src/base/mqtt/client.ts'
import type { MqttMessage } from '../../../src/base/mqtt/session.ts'
import { seconds } from '../../../src/base/units.ts'
import type { Dispatch, StationAnswer, StationRequest } from '../ocpp/station-request.ts'
import type { Topics } from './topics.ts'
import { type Ask, readAnswer, readAsk } from './words.ts'

/** Longer than a station may take for its answer (30 s) and for the parts of a report (a minute each): the process that asks it speaks first. */
const answerWithin = seconds(100)
/** What the broker has not handed out by then is not done any more. */
const expiryS = 10
/** Asked and not answered yet, of each direction. */
const mostAtOnce = 500
/** Bytes. The broker is told to hand out nothing longer. */
export const longestMessage = 262_144

/** MQTT 5 §4.10: a request carries the topic of its answer and what tells them together. QoS 0: a command is done once or not at all; what is
 *  lost with a connection is a time-out for whoever asked. */
export interface Asking {
  /** @param run a process that is alive */
  ask(run: string, station: string, request: StationRequest): Promise<StationAnswer>
  /** A request of another process. Returns what is wrong with it. */
  asked(message: MqttMessage): string | undefined
  /** An answer to one of our own. */
  answered(message: MqttMessage): string | undefined
  /** Nobody answers any more: that process died. */
  died(run: string): void
  /** The broker is lost: the answers to what was asked do not come any more. */
  forget(): void
}

interface Pending {
  readonly run: string
  readonly request: StationRequest
  readonly timer: Timer
  readonly resolve: (answer: StationAnswer) => void
}

export interface AskingOptions {
  readonly run: string
  readonly topics: Topics
  readonly client: MqttClient
  readonly clock: Clock
  readonly local: Dispatch
}

export function asking({ run: self, topics, client, clock, local }: AskingOptions): Asking {
  const pending = new Map<string, Pending>()
  let asks = 0
  let working = 0
  const end = (correlation: string, answer: StationAnswer) => {
    const one = pending.get(correlation)
    pending.delete(correlation)
    one?.timer.stop()
    one?.resolve(answer)
  }
  const endAll = (which: (one: Pending) => boolean, answer: (one: Pending) => StationAnswer) => {
    for (const [correlation, one] of pending) if (which(one)) end(correlation, answer(one))
  }
  const answerTo = async ({ station, request }: Ask, respondTo: string, correlation: string) => {
    working++
    const answer = await local(station, request)
    working--
    client.publish(respondTo, printed(answer), { isRetained: false, isSure: false, correlation, expiryS })
  }

  return {
    ask(run, station, request) {
      const words = JSON.stringify({ station, request } satisfies Ask)
      if (Buffer.byteLength(words) > longestMessage) return impossible(`it is too long to be handed to another process: at most ${longestMessage} bytes`)
      if (pending.size >= mostAtOnce) return impossible(`${mostAtOnce} commands wait for other processes already; try again later`)
      return new Promise((resolve) => {
        const correlation = `${self}-${++asks}`
        const timer = clock.after('answer of another process', answerWithin, () => end(correlation, { kind: 'timeout', action: actionOf(request) }))
        pending.set(correlation, { run, request, timer, resolve })
        const delivery = { isRetained: false, isSure: false, respondTo: topics.answer(self), correlation, expiryS }
        client.publish(topics.ask(run), words, delivery)
      })
    },
    asked({ payload, respondTo, correlation, isRetained }) {
      // An answer goes to a process and nowhere else: nobody makes us write what others read.
      if (respondTo === undefined || topics.read(respondTo)?.kind !== 'answer') return 'its answer would go to no process'
      if (correlation === undefined || correlation.length > 100) return 'no correlation data, or too much of it'
      if (isRetained) return 'a command that is retained would come again and again'
      if (working >= mostAtOnce) return 'too many commands at once'
      const ask = readAsk(payload, longestMessage)
      if (ask.wrong !== undefined) return ask.wrong
      void answerTo(ask.value, respondTo, correlation)
      return undefined
    },
    answered({ payload, correlation }) {
      if (correlation === undefined || !pending.has(correlation)) return 'an answer to nothing that waits'
      const answer = readAnswer(payload, longestMessage)
      if (answer.wrong === undefined) end(correlation, answer.value)
      return answer.wrong
    },
    died: (run) =>
      endAll(
        (one) => one.run === run,
        () => ({ kind: 'disconnected' }),
      ),
    forget: () =>
      endAll(
        () => true,
        ({ request }) => ({ kind: 'timeout', action: actionOf(request) }),
      ),
  }
}

const impossible = async (description: string): Promise<StationAnswer> => ({ kind: 'impossible', field: undefined, description })

/** What can be said of a request that no station has seen in the words of its version. */
const actionOf = (request: StationRequest) => (request.kind === 'message' ? request.action : request.kind)

function printed(answer: StationAnswer): string {
  const words = JSON.stringify(answer)
  if (Buffer.byteLength(words) <= longestMessage) return words
  const description = `the station's answer is too long to be handed to another process: more than ${longestMessage} bytes`
  return JSON.stringify({ kind: 'invalid', action: 'action' in answer ? answer.action : '', description } satisfies StationAnswer)
}
