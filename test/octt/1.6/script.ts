import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { type Millis, seconds } from '../../../src/base/units.ts'
import type { Answer, Call, PlayedCentral } from './central.ts'
import type { FrameRules, Payload } from './frame-rules.ts'
import type { Lives } from './lives.ts'
import type { Traffic } from './traffic.ts'

/** What a central system's script says: what it expects, in order, and what it asks. Whatever the station sends beside it fails the case. */
export interface Script {
  /** The next CALL of the station is this one, with at least this in it. Resolves to its payload. */
  expects(action: string, like?: Payload, within?: Millis): Promise<Payload>
  /** The next CALLs are these, in any order. Resolves to their payloads in the order of the list. */
  expectsEach(...calls: readonly (readonly [action: string, like: Payload])[]): Promise<readonly Payload[]>
  /** Time passes and the station sends nothing. */
  nothingMore(during?: Millis): Promise<void>
  passes(time: Millis): Promise<void>
  /** Resolves when something is so, at the latest after `within`. @throws Error when it is not */
  until(what: string, isSo: () => boolean, within?: Millis): Promise<void>
  /** Asks the station, which answers before it sends anything else. Resolves to the confirmation. */
  asks(action: string, payload: unknown): Promise<Payload>
  /** Asks the station, which may do something first. */
  asking(action: string, payload: unknown): { answer(within?: Millis): Promise<Payload> }
  /** Asks what the station answers with a CALLERROR. Resolves to its code. */
  isRefused(action: string, payload: unknown): Promise<string>
  /** These come as they like; nobody waits for them. */
  ignores(...actions: readonly string[]): void
}

/** How long the station may take for what the script expects, simulated. */
const patience = seconds(15)

export interface ScriptParts {
  readonly central: PlayedCentral
  readonly life: Lives
  readonly road: Traffic
  readonly rules: FrameRules
}

export function script(parts: ScriptParts): Script {
  const { calls } = parts.central
  /** Comes by itself at any time, and says nothing about a session. */
  const background = new Set(['Heartbeat', 'SecurityEventNotification'])
  const waitFor = waiting(parts)
  /** The place of the next CALL that counts, when `wanted` is waited for. */
  const nextAt = (wanted?: string) => calls.findIndex(({ action }) => action === wanted || !background.has(action))
  const next = async (within: Millis, wanted?: string): Promise<Call | undefined> => {
    const came = await waitFor(() => nextAt(wanted) >= 0, within)
    return came ? calls.splice(0, nextAt(wanted) + 1).at(-1) : undefined
  }
  const passes = async (time: Millis) => {
    await waitFor(() => false, time)
  }
  const answerTo = async (action: string, payload: unknown): Promise<Answer | undefined> => {
    const question = parts.central.ask(action, payload)
    await waitFor(() => question.answer !== undefined, patience)
    const first = question.before.filter((each) => !background.has(each.action))
    if (first.length > 0) throw new Error(`${first.map((each) => each.action).join(', ')} came before the answer to ${action}`)
    return question.answer
  }
  return {
    passes,
    async expects(action, like = {}, within = patience) {
      const call = await next(within, action)
      if (call === undefined) throw new Error(`nothing came within ${within} ms; expected ${action} ${JSON.stringify(like)}`)
      expect(call).toMatchObject({ action, payload: like })
      return call.payload
    },
    async expectsEach(...wanted) {
      const found = new Map<number, Payload>()
      while (found.size < wanted.length) {
        const missing = JSON.stringify(wanted.filter((_, at) => !found.has(at)))
        const call = await next(patience)
        if (call === undefined) throw new Error(`nothing came; expected ${missing}`)
        const at = wanted.findIndex(([action, like], at) => !found.has(at) && action === call.action && isLike(call.payload, like))
        if (at < 0) throw new Error(`${JSON.stringify(call)} came; expected one of ${missing}`)
        found.set(at, call.payload)
      }
      return wanted.map((_, at) => found.get(at) ?? {})
    },
    async nothingMore(during = seconds(10)) {
      await passes(during)
      expect(calls.filter(({ action }) => !background.has(action))).toEqual([])
    },
    async until(what, isSo, within = patience) {
      if (!(await waitFor(isSo, within))) throw new Error(`it did not come about within ${within} ms: ${what}`)
    },
    asks: async (action, payload) => confirmed(action, await answerTo(action, payload)),
    asking(action, payload) {
      const question = parts.central.ask(action, payload)
      return {
        async answer(within = patience) {
          await waitFor(() => question.answer !== undefined, within)
          return confirmed(action, question.answer)
        },
      }
    },
    async isRefused(action, payload) {
      const answer = await answerTo(action, payload)
      if (answer?.kind !== 'error') throw new Error(`${action} was not refused: ${JSON.stringify(answer)}`)
      return answer.code
    },
    ignores(...actions) {
      for (const action of actions) background.add(action)
    },
  }
}

/** Lets time pass until something is so, at most `within`. Resolves to whether it is. @throws Error when a frame broke a rule */
function waiting({ life, road, rules }: ScriptParts): (isSo: () => boolean, within: Millis) => Promise<boolean> {
  return async (isSo, within) => {
    await road.rest(life.clock)
    for (let left = within; !isSo() && left > 0; ) left -= await life.step(left)
    if (rules.broken.length > 0) throw new Error(rules.broken.join('\n'))
    return isSo()
  }
}

const isLike = (payload: Payload, like: Payload) => Object.entries(like).every(([key, value]) => isDeepStrictEqual(payload[key], value))

function confirmed(action: string, answer: Answer | undefined): Payload {
  if (answer?.kind === 'conf') return answer.payload
  throw new Error(answer === undefined ? `${action} was not answered in time` : `${action} was answered with the CALLERROR ${answer.code}`)
}
