import { ConfigError } from '../../src/base/errors.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { MeterSpec } from '../spec/wires.ts'
import type { Meter, Register } from '../types.ts'

/** Opens the meter of an outlet. `register` keeps the count of a meter that only gives pulses. */
export async function openMeter(spec: MeterSpec, wiring: Wiring, directory: string, register: Register | undefined): Promise<Opened<Meter>> {
  if (spec.kind === 'modbus') return await (await import('./poll.ts')).openModbusMeter(spec, wiring, directory)
  if (spec.kind === 'mqtt') return await (await import('./mqtt.ts')).openMqttMeter(spec, wiring)
  if (register === undefined) throw new ConfigError('meter', 's0', 'has no place for its count', 'Give a state directory')
  return await (await import('./s0.ts')).openS0(spec, wiring, register)
}
