import { withoutCredentials } from '../base/shown-address.ts'
import type { BoardSpec } from '../config/board.ts'

/** A field that a board file may keep to itself. */
const secretName = /password|passwd|secret|token|credential/i

/** What hangs on the board, one line for each outlet and each part that the board file names. */
export function wiringWords(board: BoardSpec): readonly string[] {
  const outlets = board.evses.map((evse, at) => {
    const { maxAmps, phases, cable, nominalVoltageV, hasVentilation: _ventilation, ...wires } = evse
    const outlet = `outlet ${at + 1}: ${maxAmps} A, ${phases === 1 ? '1 phase' : `${phases} phases`}, ${nominalVoltageV} V, ${cable === 'fixed' ? 'fixed cable' : 'socket'}`
    return [outlet, ...Object.entries(wires).map(([name, value]) => `outlet ${at + 1} ${name}: ${wordsOfValue(name, value)}`)]
  })
  if (board.kind === 'simulated') return ['everything is simulated', ...outlets.flat()]
  const { name: _name, kind: _kind, directory: _directory, evses: _evses, safety: _safety, ...parts } = board
  return [...outlets.flat(), ...Object.entries(parts).map(([name, value]) => `${name}: ${wordsOfValue(name, value)}`)]
}

function wordsOfValue(name: string, value: unknown): string {
  if (secretName.test(name)) return '(secret)'
  if (Array.isArray(value)) return value.map((each) => wordsOfValue(name, each)).join('; ')
  if (typeof value !== 'object' || value === null) return withoutCredentials(String(value))
  return Object.entries(value)
    .map(([field, each]) => `${field} ${typeof each === 'object' && each !== null ? `(${wordsOfValue(field, each)})` : wordsOfValue(field, each)}`)
    .join(', ')
}
