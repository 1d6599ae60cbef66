/** Something that a person wrote is wrong: a flag, a file, a field. The program ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** The file, flag or variable at fault. */
  readonly source: string
  /** Path of the field within it (`network.pingInterval`), empty when the whole is at fault. */
  readonly field: string
  /** What to do about it, in one sentence. */
  readonly remedy: string
  constructor(source: string, field: string, problem: string, remedy: string) {
    super(`${source}${field === '' ? '' : `: ${field}`}: ${problem}. ${remedy}`)
    this.source = source
    this.field = field
    this.remedy = remedy
  }
}

/** A device did not do its part. hal turns it into health; core sees no reading; safety sees a fault. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError'
  readonly device: string
  readonly problem: 'timeout' | 'crc' | 'absent' | 'refused'
  constructor(device: string, problem: DeviceError['problem'], cause?: unknown) {
    super(`${device}: ${problem}`, { cause })
    this.device = device
    this.problem = problem
  }
}

/** The words of an unknown thrown value. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
