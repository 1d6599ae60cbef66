import type { Static, TSchema } from 'typebox'
import { ConfigError } from '../base/errors.ts'
import { type FieldPath, mistakeIn } from '../base/mistake.ts'

export type Path = FieldPath
/** The line (from 1) of a field in its file, undefined when the file's syntax has no lines to tell. */
export type LineOf = (path: Path) => number | undefined

/** What a file says, held against its schema. @throws ConfigError naming the file, the field and the remedy */
export function checked<const S extends TSchema>(source: string, schema: S, value: unknown, lineOf: LineOf): Static<S> {
  const mistake = mistakeIn(schema, value)
  if (mistake === undefined) return value as Static<S>
  const line = lineOf(mistake.at)
  throw new ConfigError(source, mistake.at.join('.'), line === undefined ? mistake.problem : `${mistake.problem} (line ${line})`, mistake.remedy)
}
