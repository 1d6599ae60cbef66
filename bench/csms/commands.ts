import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { TriggerMessage, triggerableMessages } from '../../src/ocpp16/messages/remote-trigger.ts'
import { ExtendedTriggerMessage, extendedTriggerableMessages } from '../../src/ocpp16/messages/security.ts'
import { profileCommands } from './profile-commands.ts'
import {
  type Asked,
  atStation,
  type Command,
  type Effect,
  type Problem,
  pickStation,
  problem,
  type Situation,
  withNumber,
  withWord,
  wordsIn,
} from './reading.ts'

/** The console's vocabulary, in the order of `help`. */
export const commands: Readonly<Record<string, Command>> = {
  start: {
    shape: '[station] [connector] <card>',
    help: 'start a transaction; without connector the station chooses',
    read: atStation(1, 2, ([first = '', second]) => {
      if (second === undefined) return { message: core.RemoteStartTransaction, payload: { idTag: first } }
      return withNumber('connector', first, (connectorId) => ({ message: core.RemoteStartTransaction, payload: { connectorId, idTag: second } }))
    }),
  },
  stop: { shape: '[station] [transaction]', help: 'stop a transaction; the only one that runs needs no number', read: readStop },
  reset: {
    shape: '[station] [soft|hard]',
    help: 'restart the program, or with hard the whole station',
    read: atStation(0, 1, ([type = 'soft']) => withWord('reset', type, ['Soft', 'Hard'], (word) => ({ message: core.Reset, payload: { type: word } }))),
  },
  set: {
    shape: '[station] <key>=<value>',
    help: 'change a configuration key; a value with spaces wants "key=value" in quotes',
    read: atStation(1, 1, ([pair = '']) => {
      const at = pair.indexOf('=')
      if (at < 1) return problem(`set wants key=value, not ${pair}`)
      return { message: core.ChangeConfiguration, payload: { key: pair.slice(0, at), value: pair.slice(at + 1) } }
    }),
  },
  get: {
    shape: '[station] [key ...]',
    help: 'show configuration keys, all when none is named',
    read: atStation(0, 100, (key) => ({ message: core.GetConfiguration, payload: key.length === 0 ? {} : { key } })),
  },
  trigger: {
    shape: '[station] <message> [connector]',
    help: 'ask for a message now, for instance StatusNotification 1',
    read: atStation(1, 2, ([name = '', connector]) =>
      withWord('trigger', name, [...new Set([...triggerableMessages, ...extendedTriggerableMessages])], (requestedMessage) => {
        const message = (triggerableMessages as readonly string[]).includes(requestedMessage) ? TriggerMessage : ExtendedTriggerMessage
        if (connector === undefined) return { message, payload: { requestedMessage } }
        return withNumber('connector', connector, (connectorId) => ({ message, payload: { requestedMessage, connectorId } }))
      }),
    ),
  },
  unlock: {
    shape: '[station] [connector]',
    help: 'release the cable; connector 1 when none is named',
    read: atStation(0, 1, ([connector = '1']) =>
      withNumber('connector', connector, (connectorId) => ({ message: core.UnlockConnector, payload: { connectorId } })),
    ),
  },
  availability: {
    shape: '[station] [connector] <on|off>',
    help: 'put a connector in or out of service, the whole station when none is named',
    read: atStation(1, 2, (words) => {
      const [connector, state] = words.length === 1 ? ['0', words[0] ?? ''] : [words[0] ?? '', words[1] ?? '']
      return withNumber('connector', connector, (connectorId) =>
        withWord('availability', availabilityWords[state.toLowerCase()] ?? state, ['Operative', 'Inoperative'], (type) => ({
          message: core.ChangeAvailability,
          payload: { connectorId, type },
        })),
      )
    }),
  },
  clearcache: { shape: '[station]', help: 'empty the authorization cache', read: atStation(0, 0, () => ({ message: core.ClearCache, payload: {} })) },
  ...profileCommands,
  call: {
    shape: '[station] <action> [json]',
    help: 'send any request of OCPP 1.6, for instance call GetLocalListVersion {}',
    read: atStation(1, 2, ([action = '', json = '{}']) => readCall(action, json)),
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
  return (commands[asked] as Command).read(words, situation)
}

function readStop(words: readonly string[], situation: Situation): Effect {
  const picked = pickStation(words, situation)
  if ('kind' in picked) return picked
  const [given, ...more] = picked.words
  if (more.length > 0) return problem('stop wants one transaction')
  const stopping = (transactionId: number): Effect => ({
    kind: 'call',
    station: picked.station,
    message: core.RemoteStopTransaction,
    payload: { transactionId },
  })
  if (given !== undefined) {
    const asked = withNumber('transaction', given, (id) => id)
    return typeof asked === 'number' ? stopping(asked) : asked
  }
  const running = situation.running.filter(({ station }) => station === picked.station)
  const [only] = running
  if (only === undefined) return problem(`no transaction runs at ${picked.station}`)
  return running.length > 1 ? problem(`which transaction? ${running.map(({ id }) => id).join(', ')}`) : stopping(only.id)
}

function readCall(action: string, json: string): Asked | Problem {
  const entry = [...messages16.values()].find(({ message }) => message.action.toLowerCase() === action.toLowerCase())
  if (entry === undefined || entry.sender === 'chargePoint') return problem(`${action} is no request of a central system in OCPP 1.6`)
  try {
    return { message: entry.message, payload: JSON.parse(json) as Readonly<Record<string, unknown>> }
  } catch {
    return problem(`${json} is not JSON`)
  }
}
