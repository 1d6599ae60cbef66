import type { Static } from 'typebox'
import { type WiredBoardSpec, wiredBoard, wiredEvse } from '../../hal/spec/board.ts'
import * as schema from '../base/schema.ts'
import { about, evsesOf, outlet, simulatedSchema, usualOutlet } from './board.ts'

/** The board file of real devices. Loaded only for one: its schema is large. */
export const wiredSchema = schema.object(
  {
    ...about,
    kind: schema.unsafe<'wired'>({ type: 'string', enum: ['wired'], description: 'Real devices, by the wires that the file names.' }),
    ...wiredBoard,
    evses: evsesOf(schema.object({ ...outlet, ...wiredEvse }, { additionalProperties: false })),
  },
  { additionalProperties: false, title: 'Pilotwire board file', description: 'Everything that is wired to one computer.' },
)

/** Both kinds, for editors. */
export const boardSchema = { title: 'Pilotwire board file', anyOf: [simulatedSchema, wiredSchema] }

export function wiredOf({ $schema, ...file }: Static<typeof wiredSchema>, directory: string): WiredBoardSpec {
  return { ...file, directory, evses: file.evses.map((each) => ({ ...usualOutlet, ...each })), safety: file.safety ?? {} }
}
