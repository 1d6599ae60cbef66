import type { Clock } from '../base/clock.ts'
import type { Listenable } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import type { ChargePoint, EvseView } from '../core/charge-point.ts'

/** The connection to the central system, as far as a person at the charger may meddle with it. */
export interface LinkPort {
  readonly state: string
  readonly changed: Listenable<unknown>
  connect(): void
  /** Closes and stays away until `connect`. */
  disconnect(): void
  /** Drops the network for `durationMs`. */
  interrupt(durationMs: number): void
}

/** Hands at the charger, where the board is simulated. */
export interface Person {
  plug(evse: number): void
  unplug(evse: number): void
  /** The car asks for energy, or stops asking. */
  wantEnergy(evse: number, wants: boolean): void
  /** Takes back every fault that somebody injected, and clears what the guard has latched of them. */
  clearFaults(evse: number): Promise<void>
}

export interface Switch {
  readonly isOn: boolean
  set(on: boolean): void
}

/** What the commands work on. */
export interface LocalContext {
  readonly stationId: string
  readonly chargePoint: ChargePoint
  readonly link: LinkPort
  readonly clock: Clock
  /** The card that `tag` shows when no other is named. */
  readonly defaultTag: string
  /** Undefined on a real board. */
  readonly person: Person | undefined
  /** Undefined on a real board. */
  readonly automaticEv: Switch | undefined
  /** The central system's number for a transaction, once it gave one. */
  readonly transactionNumber: (transaction: string) => number | undefined
  /** Facts that the central system has not been told yet, and those it would not take (`pilotwire ledger --undeliverable` lists them). */
  readonly reports: () => { readonly waiting: number; readonly undeliverable: number }
  /** Asks the program to end with exit code 0. */
  readonly stop: () => void
}

/** Who typed a line. */
export interface Session {
  /** Ends this session once the reply was sent. */
  end(): void
  /** Runs once the reply was sent. */
  after(run: () => void): void
}

export type Reply = 'ok' | `ok ${string}` | `error ${string}`

/** An argument of a command: how it is called, what is expected, how it is read. */
export interface Parameter<T> {
  readonly name: string
  readonly isOptional: boolean
  /** What a program passes for it; words: one of these. `src/client/commands.ts` is made of it. */
  readonly takes: 'number' | 'text' | readonly string[]
  /** In words, for the reply to a wrong one: `a connector: 1 to 2`. */
  expects(context: LocalContext): string
  /** Undefined: not what is expected. */
  read(word: string, context: LocalContext): T | undefined
}
type ValuesOf<P extends readonly Parameter<unknown>[]> = { readonly [At in keyof P]: P[At] extends Parameter<infer T> ? T : never }

/** A row of the table. */
export interface Command {
  readonly name: string
  /** `start <idTag> [c]` */
  readonly usage: string
  readonly parameters: readonly Pick<Parameter<unknown>, 'name' | 'isOptional' | 'takes'>[]
  readonly help: string
  /** @param words undefined: left out, though a later one is there */
  run(words: readonly (string | undefined)[], context: LocalContext, session: Session): Reply | Promise<Reply>
}

/** Declares a row: its arguments are read before `run` sees them, and what is wrong with them is answered. */
export function command<const P extends readonly Parameter<unknown>[]>(row: {
  readonly name: string
  readonly parameters: P
  readonly help: string
  run(context: LocalContext, values: ValuesOf<P>, session: Session): Reply | Promise<Reply>
}): Command {
  const usage = [row.name, ...row.parameters.map((each) => (each.isOptional ? `[${each.name}]` : `<${each.name}>`))].join(' ')
  return {
    name: row.name,
    usage,
    parameters: row.parameters,
    help: row.help,
    run(words, context, session) {
      if (words.length > row.parameters.length) return `error too many words after "${row.name}": expected ${usage}`
      const values: unknown[] = []
      for (const [at, parameter] of row.parameters.entries()) {
        const word = words[at]
        const value = word === undefined ? undefined : parameter.read(word, context)
        if (value === undefined && word !== undefined) return `error ${parameter.name} "${quoted(word)}" is not ${parameter.expects(context)}`
        if (value === undefined && !parameter.isOptional) return `error ${parameter.name} is missing, ${parameter.expects(context)}: expected ${usage}`
        values.push(value)
      }
      return row.run(context, values as unknown as ValuesOf<P>, session)
    },
  }
}

/** A word from outside, fit for a reply of one line. */
export function quoted(word: string): string {
  const short = word.length > 60 ? `${word.slice(0, 60)}...` : word
  return short.replace(/[^\P{C}]/gu, '?')
}

export function optional<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  return { ...parameter, isOptional: true }
}

/** A connector, named `c` in usage texts. */
export const connector: Parameter<number> = {
  name: 'c',
  isOptional: false,
  takes: 'number',
  expects: ({ chargePoint }) => {
    const last = chargePoint.evses.length
    return last === 1 ? 'a connector: there is only 1' : `a connector: 1 to ${last}`
  },
  read: (word, { chargePoint }) => chargePoint.evses.find((each) => String(each) === word),
}

/** OCPP 1.6 CiString20: 1 to 20 characters. */
export const idTag: Parameter<string> = {
  name: 'idTag',
  isOptional: false,
  takes: 'text',
  expects: () => 'a card: 1 to 20 characters',
  read: (word) => (word.length >= 1 && word.length <= 20 ? word : undefined),
}

/** A decimal number within bounds, with its unit for the reply. */
export function quantity(name: string, unit: string, least: number, most: number): Parameter<number> {
  return {
    name,
    isOptional: false,
    takes: 'number',
    expects: () => `a number from ${least} to ${most} (${unit})`,
    read: (word) => (/^-?\d{1,12}(\.\d{1,6})?$/.test(word) && Number(word) >= least && Number(word) <= most ? Number(word) : undefined),
  }
}

/** One of some words, in any case. */
export function oneOf<const T extends readonly string[]>(name: string, words: T): Parameter<T[number]> {
  return {
    name,
    isOptional: false,
    takes: words,
    expects: () => `one of ${words.join(', ')}`,
    read: (word) => words.find((each) => each.toLowerCase() === word.toLowerCase()),
  }
}

/** True as soon as the view of the EVSE is as wished, false when patience (ms) ends. */
export function seen(
  { chargePoint, clock }: Pick<LocalContext, 'chargePoint' | 'clock'>,
  evse: number,
  wished: (view: EvseView) => boolean,
  patience: Millis,
): Promise<boolean> {
  if (wished(chargePoint.view(evse))) return Promise.resolve(true)
  return new Promise((resolve) => {
    const done = (result: boolean) => {
      timer.stop()
      stopListening()
      resolve(result)
    }
    const timer = clock.after('command waits', patience, () => done(false))
    const stopListening = chargePoint.changed.on((view) => {
      if (view.evse === evse && wished(view)) done(true)
    })
  })
}
