import { ConfigError, wordsOf } from '../base/errors.ts'
import { lineWriter } from '../base/line-writer.ts'
import type { Listenable } from '../base/signal.ts'
import type { FrameLogConfig } from '../config/station.ts'
import { frameLines } from '../ocpp/frame-lines.ts'
import type { FrameSeen } from '../ocpp/wire.ts'

/** Where the lines may go beside a file. */
export interface FrameLogPlaces {
  /** Standard output, above a prompt where there is one. */
  readonly print: (line: string) => void
  /** Where the log goes. */
  readonly log: (line: string) => void
}

/** Writes tagged lines of all frames until the returned function is called. @throws ConfigError for a file that cannot be written */
export function keepFrames(station: string, frames: Listenable<FrameSeen>, { file, largestBytes, keep }: FrameLogConfig, places: FrameLogPlaces): () => void {
  const own = file === undefined || file === '-' ? undefined : writerTo(file, largestBytes, keep)
  const write = own === undefined ? (file === '-' ? places.print : places.log) : (line: string) => own.write(`${line}\n`)
  const linesOf = frameLines('charger')
  const stop = frames.on((frame) => {
    for (const line of linesOf(station, frame)) write(line)
  })
  return () => {
    stop()
    own?.close()
  }
}

function writerTo(file: string, largestBytes: number, keep: number) {
  try {
    return lineWriter(file, largestBytes, keep)
  } catch (error) {
    throw new ConfigError(`frame log ${file}`, '', `cannot be written (${wordsOf(error)})`, 'Name another file with --frames or log.frames, or leave it out')
  }
}
