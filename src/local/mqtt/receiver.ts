import type { Clock } from '../../base/clock.ts'
import { wordsOf } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import type { MqttMessage } from '../../base/mqtt/session.ts'
import { type Millis, seconds } from '../../base/units.ts'
import { quoted, type Reply } from '../command.ts'
import type { LocalPorts } from '../ports.ts'
import { meantBy, setCommands, stationCommands } from './set-commands.ts'
import { commandIn } from './topics.ts'

/** Longer payloads are no command, bytes. */
const longestPayload = 1_024
/** Commands that wait for their outcome (a card is asked about, a plug is unlocked). */
const mostUnderWay = 8
/** Commands in such a time: what floods is not obeyed. Each is a line of the log, and may be a write to the flash or a question to the
 *  central system. */
const mostIn = 50
const within: Millis = seconds(10)

/** What became of a command. */
export interface CommandResult {
  readonly connector: number | null
  readonly cmd: string
  readonly ok: boolean
  /** What the charger says. */
  readonly reply: string | null
  readonly error: string | null
}

export interface ReceiverParts {
  readonly ports: Pick<LocalPorts, 'context' | 'commands'>
  readonly limitTtlS: number | undefined
  readonly clock: Clock
  readonly log: Log
  readonly tell: (result: CommandResult) => void
}

/** Does what messages ask for, and tells what became of it. A retained message is a wish of unknown age: it is never obeyed. Never throws. */
export function receiver({ ports, limitTtlS, clock, log, tell }: ReceiverParts): (message: MqttMessage) => void {
  let underWay = 0
  let spell = { since: Number.NEGATIVE_INFINITY, count: 0 }
  const isFlood = () => {
    const now = clock.monotonic()
    if (now - spell.since >= within) spell = { since: now, count: 0 }
    spell.count++
    if (spell.count === mostIn + 1) log.warn({ mostIn, withinS: within / 1_000 }, 'too many MQTT commands at once: the rest is not obeyed')
    return spell.count > mostIn
  }
  return ({ topic, payload, isRetained }) => {
    const asked = commandIn(topic)
    if (asked === undefined || isFlood()) return
    const { evse, name, run } = taskOf(asked, ports, limitTtlS)
    const answer = (reply: Reply) => tell(resultOf(evse, name, reply))
    if (isRetained) {
      // Deleting one is what should be done about it.
      if (payload.length === 0) return
      log.warn({ topic: quoted(topic) }, 'a retained MQTT command is not obeyed: nobody knows how old it is. Publish it without the retain flag')
      return answer('error a retained message is not obeyed: publish it without the retain flag')
    }
    if (typeof run === 'string') return answer(run)
    const words = textOf(payload)
    if (words === undefined) return answer(`error the payload is no text of at most ${longestPayload} bytes`)
    if (underWay >= mostUnderWay) return answer('error other commands are under way: try again')
    underWay++
    log.info({ evse, command: name }, 'MQTT command')
    void outcomeOf(() => run(words)).then((reply) => {
      underWay--
      answer(reply)
    })
  }
}

interface Task {
  /** Undefined: the whole charger, or one that is not there. */
  readonly evse: number | undefined
  readonly name: string
  /** Or why it cannot be done. */
  readonly run: ((payload: string) => Reply | Promise<Reply>) | Reply
}

/** What a topic asks for. */
function taskOf({ connector, name: typed }: NonNullable<ReturnType<typeof commandIn>>, ports: ReceiverParts['ports'], limitTtlS: number | undefined): Task {
  const { evses } = ports.context.chargePoint
  const evse = evses.find((each) => String(each) === connector)
  const name = quoted(typed)
  const known = <Command>(commands: Readonly<Record<string, Command>>) => (Object.hasOwn(commands, typed) ? commands[typed] : undefined)
  const unknown = (commands: Readonly<Record<string, unknown>>): Task => ({ evse, name, run: `error unknown command "${name}": ${meantBy(typed, commands)}` })
  if (connector === undefined) {
    const command = known(stationCommands)
    return command === undefined ? unknown(stationCommands) : { evse, name, run: (payload) => command({ ports, payload }) }
  }
  if (evse === undefined) return { evse, name, run: `error there is no connector "${quoted(connector)}": known: ${evses.join(', ')}` }
  const command = known(setCommands)
  return command === undefined ? unknown(setCommands) : { evse, name, run: (payload) => command({ ports, evse, payload, limitTtlS }) }
}

async function outcomeOf(run: () => Reply | Promise<Reply>): Promise<Reply> {
  try {
    return await run()
  } catch (error) {
    return `error ${wordsOf(error)}`
  }
}

function resultOf(evse: number | undefined, cmd: string, reply: Reply): CommandResult {
  const [, kind, words = ''] = /^(ok|error) ?(.*)$/s.exec(reply) ?? []
  const isDone = kind === 'ok'
  return { connector: evse ?? null, cmd, ok: isDone, reply: isDone && words !== '' ? words : null, error: isDone ? null : words }
}

function textOf(payload: Uint8Array): string | undefined {
  if (payload.length > longestPayload) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch {
    return undefined
  }
}
