import { ClearCache } from '../../../src/ocpp16/messages/core.ts'
import { TriggerMessage, triggerableMessages } from '../../../src/ocpp16/messages/remote-trigger.ts'
import { ExtendedTriggerMessage, extendedTriggerableMessages } from '../../../src/ocpp16/messages/security.ts'
import * as authorization201 from '../../../src/ocpp201/messages/authorization.ts'
import * as remote201 from '../../../src/ocpp201/messages/remote-control.ts'
import { dialects } from '../ocpp/dialects.ts'
import type { OcppVersion } from '../ocpp/ocpp-version.ts'
import { profileCommands } from './profile-commands.ts'
import {
  type Asked,
  atStation,
  byVersion,
  type Command,
  type Effect,
  inEither,
  inVersion,
  type Problem,
  pickStation,
  problem,
  type Situation,
  withNumber,
  withWord,
  wordsIn,
} from './reading.ts'

/** The console's vocabulary, in the order of `help`. What is called a connector is the EVSE of a station that speaks OCPP 2.0.1. */
export const commands: Readonly<Record<string, Command>> = {
  start: {
    shape: '[station] [connector] <card>',
    help: 'start a transaction; without connector the station chooses',
    read: atStation(
      1,
      2,
      inEither(([first = '', second]) => {
        if (second === undefined) return { kind: 'start', tag: first }
        return withNumber('connector', first, (evse) => ({ kind: 'start', evse, tag: second }))
      }),
    ),
  },
  stop: { shape: '[station] [transaction]', help: 'stop a transaction; the only one that runs needs no number', read: readStop },
  reset: {
    shape: '[station] [soft|hard]',
    help: 'restart the program, or with hard the whole station; in OCPP 2.0.1 when idle, or with hard at once',
    read: atStation(
      0,
      1,
      inEither(([type = 'soft']) =>
        withWord('reset', type, ['Soft', 'Hard'], (word) => ({ kind: 'reset', type: word === 'Hard' ? ('hard' as const) : ('soft' as const) })),
      ),
    ),
  },
  set: {
    shape: '[station] <key>=<value>',
    help: 'change a configuration key, or a Component.Variable; a value with spaces wants "key=value" in quotes',
    read: atStation(
      1,
      1,
      inEither(([pair = '']) => {
        const at = pair.indexOf('=')
        if (at < 1) return problem(`set wants key=value, not ${pair}`)
        return { kind: 'changeConfiguration', key: pair.slice(0, at), value: pair.slice(at + 1) }
      }),
    ),
  },
  get: {
    shape: '[station] [key ...]',
    help: 'show configuration keys, or variables like EVSE[1].Available; all when none is named',
    read: atStation(
      0,
      100,
      inEither((keys) => ({ kind: 'readConfiguration', keys })),
    ),
  },
  trigger: {
    shape: '[station] <message> [connector]',
    help: 'ask for a message now, for instance StatusNotification 1',
    read: atStation(1, 2, byVersion({ '1.6': trigger16, '2.0.1': trigger201 })),
  },
  unlock: {
    shape: '[station] [connector]',
    help: 'release the cable; connector 1 when none is named',
    read: atStation(
      0,
      1,
      inEither(([connector = '1']) => withNumber('connector', connector, (evse) => ({ kind: 'unlock', evse }))),
    ),
  },
  availability: {
    shape: '[station] [connector] <on|off>',
    help: 'put a connector in or out of service, the whole station when none is named',
    read: atStation(
      1,
      2,
      inEither((words) => {
        const [connector, state] = words.length === 1 ? ['0', words[0] ?? ''] : [words[0] ?? '', words[1] ?? '']
        return withNumber('connector', connector, (evse) =>
          withWord('availability', availabilityWords[state.toLowerCase()] ?? state, ['Operative', 'Inoperative'], (word) => ({
            kind: 'availability',
            evse,
            operative: word === 'Operative',
          })),
        )
      }),
    ),
  },
  clearcache: {
    shape: '[station]',
    help: 'empty the authorization cache',
    read: atStation(0, 0, (_words, _situation, version) => ({ message: version === '1.6' ? ClearCache : authorization201.ClearCache, payload: {} })),
  },
  ...profileCommands,
  call: {
    shape: '[station] <action> [json]',
    help: 'send any request of its version of OCPP, for instance call GetLocalListVersion {}',
    read: atStation(1, 2, ([action = '', json = '{}'], _situation, version) => readCall(action, json, version)),
  },
  stations: { shape: '', help: 'who is here, and the state of each connector', read: () => ({ kind: 'show', what: 'stations' }) },
  transactions: { shape: '', help: 'every transaction of this run', read: () => ({ kind: 'show', what: 'transactions' }) },
  help: { shape: '', help: 'this list', read: () => ({ kind: 'show', what: 'help' }) },
  quit: { shape: '', help: 'close the connections and end', read: () => ({ kind: 'quit' }) },
}

const availabilityWords: Readonly<Record<string, string>> = { on: 'Operative', off: 'Inoperative' }

/** Reads a line. No effect is had here. */
export function effectOf(line: string, situation: Situation): Effect {
  const [name, ...words] = wordsIn(line)
  if (name === undefined) return { kind: 'nothing' }
  const asked = name.toLowerCase() === 'exit' ? 'quit' : name.toLowerCase()
  if (!Object.hasOwn(commands, asked)) return problem(`there is no command ${name}; help lists them`)
  const { shape, read } = commands[asked] as Command
  const effect = read(words, situation)
  return effect.kind === 'problem' && effect.isOfShape === true ? problem(`${effect.text}: ${asked} ${shape}`) : effect
}

function readStop(words: readonly string[], situation: Situation): Effect {
  const picked = pickStation(words, situation)
  if ('kind' in picked) return picked
  if (picked.words.length > 1) return problem('stop wants one transaction')
  return atStation(0, 1, ([given], _situation, version) => {
    if (given !== undefined) return withNumber('transaction', given, (transaction) => inVersion({ kind: 'stop', transaction }, situation, version))
    const running = situation.running.filter(({ station }) => station === picked.station)
    const [only] = running
    if (only === undefined) return problem(`no transaction runs at ${picked.station}`)
    if (running.length > 1) return problem(`which transaction? ${running.map(({ id }) => id).join(', ')}`)
    return inVersion({ kind: 'stop', transaction: only.id }, situation, version)
  })(words, situation)
}

function trigger16([name = '', connector]: readonly string[]): Asked | Problem {
  return withWord('trigger', name, [...new Set([...triggerableMessages, ...extendedTriggerableMessages])], (requestedMessage) => {
    const message = (triggerableMessages as readonly string[]).includes(requestedMessage) ? TriggerMessage : ExtendedTriggerMessage
    if (connector === undefined) return { message, payload: { requestedMessage } }
    return withNumber('connector', connector, (connectorId) => ({ message, payload: { requestedMessage, connectorId } }))
  })
}

function trigger201([name = '', connector]: readonly string[]): Asked | Problem {
  const message = remote201.TriggerMessage
  return withWord('trigger', name, remote201.triggerableMessages, (requestedMessage) => {
    if (connector === undefined) return { message, payload: { requestedMessage } }
    // F06.FR.12: the status is that of a connector, everything else of its EVSE.
    const of = requestedMessage === 'StatusNotification' ? { connectorId: 1 } : {}
    return withNumber('connector', connector, (id) => ({ message, payload: { requestedMessage, evse: { id, ...of } } }))
  })
}

function readCall(action: string, json: string, version: OcppVersion): Asked | Problem {
  const entry = [...dialects[version].messages.values()].find(({ message }) => message.action.toLowerCase() === action.toLowerCase())
  if (entry === undefined || entry.sender === 'chargePoint') return problem(`${action} is no request of a central system in OCPP ${version}`)
  try {
    return { message: entry.message, payload: JSON.parse(json) as Readonly<Record<string, unknown>> }
  } catch {
    return problem(`${json} is not JSON`)
  }
}
