import { resolve } from 'node:path'
import type { FrameLogConfig } from './station.ts'
import type { StationFile } from './station-file.ts'

const bytesInMb = 1_048_576
const usualMb = 10
const usualKept = 4

/** Where the tagged lines of the frames go: the flag, else the station file, else with the log where OCPP_PROTOCOL_DEBUG asks for them.
 *  Undefined: nobody asked. */
export function frameLogFrom(flag: string | undefined, isDebugged: boolean, file: StationFile['log'], beside: string): FrameLogConfig | undefined {
  const named = flag ?? file?.frames
  if (named === undefined && !isDebugged) return undefined
  return {
    file: named === undefined || named === '-' ? named : resolve(flag === undefined ? beside : '.', named),
    largestBytes: (file?.framesMb ?? usualMb) * bytesInMb,
    keep: file?.framesKept ?? usualKept,
  }
}
