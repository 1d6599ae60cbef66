import type { WiredBoardSpec } from '../../../hal/spec/board.ts'
import type { BusSpec } from '../../../hal/spec/wires.ts'
import { ConfigError } from '../../base/errors.ts'

/** A line as flags name it. */
export interface PortOptions {
  readonly port?: string
  readonly baud?: number
  readonly parity?: string
  readonly stopBits?: number
  readonly tcp?: string
}

/** A board of one bus, for a device that no board file names yet. */
export interface AdhocBoard {
  readonly spec: WiredBoardSpec
  /** Its name in `spec`, which errors say. */
  readonly bus: string
  /** As a person says it: `/dev/ttyUSB0 at 9600 8N1`. */
  readonly words: string
}

/** @throws ConfigError for a flag that is missing or wrong */
export function adhocBoard(options: PortOptions, quick: { readonly timeoutMs?: number; readonly retries?: number; readonly gapMs?: number } = {}): AdhocBoard {
  const bus = options.port ?? options.tcp ?? ''
  const of = busOf(options)
  const spec: WiredBoardSpec = { name: 'probe', kind: 'wired', directory: '.', evses: [], safety: {}, buses: { [bus]: { ...of, ...quick } as BusSpec } }
  const words = of.kind === 'modbus-rtu' ? `${of.path} at ${frameWords(of)}` : bus
  return { spec, bus, words }
}

/** `9600 8N1` */
export function frameWords({
  baud = 9_600,
  parity = 'none',
  stopBits = 1,
}: {
  readonly baud?: number
  readonly parity?: string
  readonly stopBits?: number
}): string {
  return `${baud} 8${parity.slice(0, 1).toUpperCase()}${stopBits}`
}

function busOf({ port, baud = 9_600, parity = 'none', stopBits = 1, tcp }: PortOptions): Extract<BusSpec, { kind: 'modbus-rtu' | 'modbus-tcp' }> {
  if (tcp !== undefined) {
    if (port !== undefined) throw new ConfigError('--tcp', '', 'and --port are both there', 'Keep one of the two')
    const [, bracketed, bare, digits] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(tcp) ?? []
    const name = bracketed ?? bare
    if (name === undefined || Number(digits ?? 502) > 65_535)
      throw new ConfigError('--tcp', '', `"${tcp}" is not HOST or HOST:PORT`, 'Write --tcp 192.0.2.7:502')
    return { kind: 'modbus-tcp', host: name, ...(digits === undefined ? {} : { port: Number(digits) }) }
  }
  if (port === undefined)
    throw new ConfigError('--port', '', 'is missing', 'Name the serial line (--port /dev/serial/by-id/...; `ls /dev/serial/by-id` shows the adapters)')
  if (parity !== 'none' && parity !== 'even' && parity !== 'odd') throw new ConfigError('--parity', '', `is ${parity}`, 'Write none, even or odd')
  return { kind: 'modbus-rtu', path: port, baud, parity, stopBits: stopBits === 2 ? 2 : 1 }
}
