import type { Static } from 'typebox'
import * as schema from '../../base/schema.ts'
import { closed, count, oneOf, text, textOrNull, truth } from './shapes.ts'

/** What single routes answer, beside the shapes that the page draws from. */

const fact = {
  number: count('1, 2, ... in the order of noting.'),
  at: text('ISO 8601, as it was believed then.'),
  kind: text('transactionStarted, meterSampled, transactionEnded, securityEvent, firmwareProgress or logProgress.'),
  fact: schema.unsafe<Readonly<Record<string, unknown>>>({ type: 'object', description: 'What happened.' }),
}
export const Ledger = schema.object(
  {
    last: count('Number of the newest fact; 0: none was ever noted.'),
    position: count('The central system was told of everything up to this one.'),
    waiting: count('Facts that it has not been told yet.'),
    facts: schema.array(schema.object(fact, closed), { description: 'The oldest first.' }),
    undeliverable: schema.array(schema.object({ ...fact, reason: text('What the central system said.') }, closed), {
      description: 'The newest of those that it would not take, the oldest first.',
    }),
  },
  { ...closed, title: 'Ledger', description: 'What the station has noted for its central system.' },
)

export const FrameCount = schema.object(
  { direction: oneOf(['in', 'out'], 'out: from the station.'), action: text('Of the CALL.'), count: count('CALLs since the start.') },
  { ...closed, title: 'FrameCount' },
)

export const Board = schema.object(
  {
    name: text('As the board file says.'),
    isSimulated: truth('Everything is software.'),
    wiring: schema.array(schema.string(), { description: 'What hangs where, one line each.' }),
  },
  { ...closed, title: 'Board' },
)

export const LogLines = schema.object({ lines: schema.array(schema.string(), { description: 'The oldest first.' }) }, { ...closed, title: 'LogLines' })

export const CommandHelp = schema.object(
  { name: text('The first word.'), usage: text('<needed> [optional]'), help: text('What it does.') },
  { ...closed, title: 'CommandHelp' },
)

export const Breakable = schema.object({ name: text('As POST /evses/{evse}/faults takes it.'), words: text('What it is.') }, { ...closed, title: 'Breakable' })

export const MessageExample = schema.object(
  { action: text('The OCPP action.'), example: schema.unsafe<unknown>({ description: 'A payload that fits.' }) },
  { ...closed, title: 'MessageExample' },
)

export const MessageOutcome = schema.object(
  {
    kind: oneOf(['answered', 'refused', 'unanswered'], 'unanswered: offline, not accepted yet, or no answer in time.'),
    payload: schema.unsafe<unknown>({ description: 'Of the answer; null without one.' }),
    code: textOrNull('Of the CALLERROR.'),
    description: textOrNull('Of the CALLERROR.'),
  },
  { ...closed, title: 'MessageOutcome' },
)

export type Ledger = Static<typeof Ledger>
export type FrameCount = Static<typeof FrameCount>
export type Board = Static<typeof Board>
export type LogLines = Static<typeof LogLines>
export type CommandHelp = Static<typeof CommandHelp>
export type Breakable = Static<typeof Breakable>
export type MessageExample = Static<typeof MessageExample>
export type MessageOutcome = Static<typeof MessageOutcome>
