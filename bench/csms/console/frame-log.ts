import { ConfigError, wordsOf } from '../../../src/base/errors.ts'
import { lineWriter } from '../../../src/base/line-writer.ts'
import { frameLines } from '../../../src/ocpp/frame-lines.ts'
import type { CentralSystem } from '../central-system.ts'

/** 10 MiB, and four older files beside it. */
const largestBytes = 10_485_760
const keep = 4

/** Writes a tagged line of every frame to a file, or by `print` for `-`, until the returned function is called. @throws ConfigError for a file that cannot be written */
export function keepFrames(system: CentralSystem, to: string | undefined, print: (line: string) => void): () => void {
  if (to === undefined) return () => {}
  const own = to === '-' ? undefined : writerTo(to)
  const linesOf = frameLines('server')
  const stop = system.frames.on((frame) => {
    for (const line of linesOf(frame.station, frame)) own === undefined ? print(line) : own.write(`${line}\n`)
  })
  return () => {
    stop()
    own?.close()
  }
}

function writerTo(file: string) {
  try {
    return lineWriter(file, largestBytes, keep)
  } catch (error) {
    throw new ConfigError('--frames', '', `${file} cannot be written (${wordsOf(error)})`, 'Name a file that may be written')
  }
}
