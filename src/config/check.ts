import type { Static, TSchema } from 'typebox'
import { ConfigError } from '../base/errors.ts'
import { type FieldPath, mistakeIn } from '../base/mistake.ts'

export type Path = FieldPath
/** The line (from 1) of a field in its file, undefined when the file's syntax has no lines to tell. */
export type LineOf = (path: Path) => number | undefined

/** The error about a field of a file. */
export type Wrong = (at: Path, problem: string, remedy: string) => ConfigError

/** @param source name of the file */
export function wrongIn(source: string, lineOf: LineOf): Wrong {
  return (at, problem, remedy) => {
    const line = lineOf(at)
    return new ConfigError(source, at.join('.'), line === undefined ? problem : `${problem} (line ${line})`, remedy)
  }
}

/** What a file says, held against its schema. @throws ConfigError naming the file, the field and the remedy */
export function checked<const S extends TSchema>(source: string, schema: S, value: unknown, lineOf: LineOf): Static<S> {
  const mistake = mistakeIn(schema, value)
  if (mistake === undefined) return value as Static<S>
  throw wrongIn(source, lineOf)(mistake.at, mistake.problem, mistake.remedy)
}
