import { wordsOf } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { seconds } from '../base/units.ts'
import type { EvseView, UnlockOutcome } from '../core/charge-point.ts'
import { longestLimitS } from '../core/local-control.ts'
import { isSameToken } from '../core/token.ts'
import { bringAbout, reachable } from './bring-about.ts'
import { type Command, command, connector, idTag, type LocalContext, oneOf, optional, quantity, quoted, type Reply, type Session } from './command.ts'
import { errorCodes, faultByErrorCode } from './error-codes.ts'
import { replyTo } from './outcomes.ts'
import { infoOf, pictureOf } from './picture.ts'

/** The table that the control door and the console share. `c` is a connector; without it connector 1 is meant, or what the help says. */
export const table: readonly Command[] = [
  command({
    name: 'status',
    parameters: [optional(oneOf(reachable.join('|'), reachable)), optional(connector)],
    help: 'the internal state as JSON; with a state: brings it about as a person at the charger could',
    run: (context, [state, evse]) => (state === undefined ? `ok ${JSON.stringify(pictureOf(context))}` : bringAbout(context, evse ?? 1, state)),
  }),
  command({
    name: 'error',
    parameters: [oneOf('errorCode|noerror', ['noerror', ...errorCodes]), optional(connector)],
    help: 'reports an OCPP errorCode (in any case); noerror clears, at every connector when none is named',
    run({ chargePoint }, [code, evse]) {
      if (code !== 'noerror') chargePoint.raise(evse ?? 1, faultByErrorCode[code])
      else for (const each of evse === undefined ? chargePoint.evses : [evse]) chargePoint.raise(each, undefined)
      return 'ok'
    },
  }),
  command({
    name: 'start',
    parameters: [idTag, optional(connector)],
    help: 'shows a card to start charging; without a connector at the one reader for all',
    run({ chargePoint }, [tag, evse]) {
      for (const each of evse === undefined ? chargePoint.evses : [evse]) {
        const { transaction, waitingToken, report } = chargePoint.view(each)
        // Shown again, the card would stop or cancel: `tag` does that, `start` only starts.
        if (transaction !== undefined && (evse !== undefined || isSameToken(transaction.token, tag)))
          return `error connector ${each} has a transaction already, of tag ${quoted(transaction.token)}`
        if (isSameToken(waitingToken, tag)) return replyTo(report.isPlugged ? 'locking' : 'waiting')
      }
      return chargePoint.present(tag, evse).then(replyTo)
    },
  }),
  command({
    name: 'stop',
    parameters: [optional(connector)],
    help: 'ends the transaction, or the wait for the cable, as its own card would; without a connector the only one there is',
    run({ chargePoint }, [evse]) {
      const held = (evse === undefined ? chargePoint.evses : [evse]).map(chargePoint.view).filter((view) => cardOf(view) !== undefined)
      const [first, ...others] = held
      const card = first === undefined ? undefined : cardOf(first)
      if (first === undefined || card === undefined) return `error no transaction runs${evse === undefined ? '' : ` at connector ${evse}`}`
      if (others.length > 0) return `error transactions run at connectors ${held.map((each) => each.evse).join(', ')}: expected stop <c>`
      if (first.transaction === undefined) return chargePoint.present(card, first.evse).then(replyTo)
      return chargePoint.stop(first.evse, 'local', card) ? 'ok stopped' : 'error the transaction has ended already'
    },
  }),
  command({
    name: 'tag',
    parameters: [optional(idTag), optional(connector)],
    help: 'shows a card to the reader, the default one when none is named; without a connector at the one reader for all',
    run: ({ chargePoint, defaultTag }, [tag, evse]) => chargePoint.present(tag ?? defaultTag, evse).then(replyTo),
  }),
  command({
    name: 'current',
    parameters: [quantity('amps', 'A per phase', 0, 80), optional(connector), optional(quantity('s', 'seconds', 1, longestLimitS))],
    help: 'local limit of the current, at every connector when none is named; below 6 A charging pauses; with seconds it ends by itself; at a DC connector of its supply: A x phases x V are the watts at its output',
    run({ chargePoint }, [limit, evse, lasts]) {
      chargePoint.local.limit(evse ?? 'all', limit, lasts === undefined ? undefined : seconds(lasts))
      return 'ok'
    },
  }),
  command({
    name: 'nolimit',
    parameters: [optional(connector)],
    help: 'lifts the local limit, everywhere when no connector is named',
    run({ chargePoint }, [evse]) {
      chargePoint.local.limit(evse ?? 'all', undefined)
      return 'ok'
    },
  }),
  ...(['enable', 'disable'] as const).map((name) =>
    command({
      name,
      parameters: [optional(connector)],
      help: name === 'disable' ? 'charging pauses until enable, over a restart too; everywhere when no connector is named' : 'ends disable',
      run({ chargePoint }, [evse]) {
        chargePoint.local.enable(evse ?? 'all', name === 'enable')
        return 'ok'
      },
    }),
  ),
  command({
    name: 'unlock',
    parameters: [optional(connector)],
    help: 'ends the transaction and lets the plug go, once that is safe',
    run: async ({ chargePoint }, [evse = 1]) => unlockReplies[await chargePoint.unlock(evse)],
  }),
  command({
    name: 'forget',
    parameters: [],
    help: 'forgets the cards that were learnt by asking the central system',
    run: ({ chargePoint }) =>
      chargePoint.clearAuthorizationCache() ? 'ok the cache is empty' : 'error the authorization cache is switched off (AuthorizationCacheEnabled)',
  }),
  command({
    name: 'info',
    parameters: [],
    help: 'status, transaction, tag, meter Wh, A, V, W and charging of every connector, who limits it, and whom it is kept for',
    run: (context) => `ok ${infoOf(context)}`,
  }),
  command({
    name: 'disconnect',
    parameters: [],
    help: 'closes the connection to the central system and stays away until connect',
    run({ link }) {
      link.disconnect()
      return 'ok'
    },
  }),
  command({
    name: 'connect',
    parameters: [],
    help: 'connects to the central system again',
    run({ link }) {
      link.connect()
      return 'ok'
    },
  }),
  command({
    name: 'offline',
    parameters: [optional(quantity('s', 'seconds', 0, 86_400))],
    help: 'cuts the network to the central system for some seconds (30)',
    run({ link }, [duration]) {
      link.interrupt(seconds(duration ?? 30))
      return 'ok'
    },
  }),
  command({
    name: 'auto',
    parameters: [oneOf('on|off', ['on', 'off'])],
    help: 'the automatic EV: plugs in 2 s after a start, unplugs after a stop',
    run({ automaticEv }, [position]) {
      if (automaticEv === undefined) return 'error this board has real hardware: no automatic EV'
      automaticEv.set(position === 'on')
      return 'ok'
    },
  }),
  command({
    name: 'exit',
    parameters: [],
    help: 'ends this control session, and the charge point goes on; at the console it stops the charge point too',
    run(_context, _values, session) {
      session.after(() => session.end())
      return 'ok'
    },
  }),
  ...(['quit', 'shutdown'] as const).map((name) =>
    command({
      name,
      parameters: [],
      help: 'stops the charge point',
      run({ stop }, _values, session) {
        session.after(stop)
        return 'ok'
      },
    }),
  ),
]

const unlockReplies: Readonly<Record<UnlockOutcome, Reply>> = {
  unlocked: 'ok unlocked',
  failed: 'error the plug stays locked: current may flow, the contactor may be welded, or the lock does not move',
  none: 'error this connector has no lock',
  unknownEvse: 'error there is no such connector',
}

/** The card that holds an EVSE: of its transaction, or waiting for the cable. */
function cardOf(view: EvseView): string | undefined {
  return view.transaction?.token ?? view.waitingToken
}

/** The table at work. */
export interface Commands {
  readonly rows: readonly Command[]
  /** One line in, one line out. Never rejects. */
  run(line: string, session: Session): Promise<Reply>
}

/** The table over a context, with further rows, for instance those of a simulated board. */
export function commands(context: LocalContext, further: readonly Command[] = []): Commands {
  const rows: readonly Command[] = [...table, ...further, helpOver(() => rows)]
  return {
    rows,
    async run(line, session) {
      const [name, ...words] = wordsIn(line)
      if (name === undefined) return 'error empty line: "help" lists the commands'
      const row = rows.find((each) => each.name === name.toLowerCase())
      if (row === undefined) {
        const meant = nearest(
          name,
          rows.map((each) => each.name),
        )
        return `error unknown command "${quoted(name)}": ${meant === undefined ? '"help" lists the commands' : `did you mean "${meant}"?`}`
      }
      try {
        return await row.run(words, context, session)
      } catch (error) {
        return `error ${name} failed: ${wordsOf(error).replaceAll(/\s+/g, ' ')}`
      }
    },
  }
}

function helpOver(rows: () => readonly Command[]): Command {
  return command({
    name: 'help',
    parameters: [
      optional({
        name: 'command',
        isOptional: false,
        takes: 'text',
        expects: () => 'a command',
        read: (word) => rows().find((each) => each.name === word.toLowerCase()),
      }),
    ],
    help: 'the commands, or what one of them means',
    run: (_context, [row]) =>
      `ok ${
        row === undefined
          ? rows()
              .map((each) => each.usage)
              .join('; ')
          : `${row.usage}: ${row.help}`
      }`,
  })
}

/** Words apart by white space; a word with white space in it stands in double quotes. Undefined for a bare `-`: left out. */
function wordsIn(line: string): readonly (string | undefined)[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([word, inQuotes]) => (word === '-' ? undefined : (inQuotes ?? word)))
}
