/** The charger answered `error`: `message` has its words, `line` what was asked. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** The line as it was sent. */
  readonly line: string
  constructor(line: string, words: string) {
    super(words)
    this.line = line
  }
}

/** The control door cannot be reached, refuses, or was closed. */
export class ControlConnectionError extends Error {
  override readonly name = 'ControlConnectionError'
}

/** No answer, or no such state, in time. */
export class ControlTimeoutError extends Error {
  override readonly name = 'ControlTimeoutError'
}
