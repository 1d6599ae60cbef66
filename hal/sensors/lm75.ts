import type { Celsius } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { SensorSpec } from '../spec/wires.ts'
import type { Sensor } from '../types.ts'
import { polledSensor } from './polled.ts'

const temperatureRegister = 0x00

/** LM75 (9 or 11 bit) and TMP102 (12 bit): one word, high byte first, 1/256 degree C, the low four bits 0. The TMP102's extended mode sets
 *  the lowest bit and is not understood; it is off after power-on. */
export async function openLm75(spec: Extract<SensorSpec, { kind: 'lm75' }>, wiring: Wiring): Promise<Opened<Sensor>> {
  const bus = await wiring.i2c(spec.bus)
  const read = async () => lm75Celsius(await bus.transfer(spec.address, Uint8Array.of(temperatureRegister), 2))
  return polledSensor(`LM75 on ${spec.bus} at 0x${spec.address.toString(16)}`, 1_000, read, wiring)
}

/** @throws Error for a word that such a chip cannot say, as a bus that is stuck does */
export function lm75Celsius(bytes: Uint8Array): Celsius {
  const [high = 0, low = 0] = bytes
  const word = ((high << 24) >> 16) | low
  const celsius = word / 256
  if ((word & 0x0f) !== 0 || celsius < -55 || celsius > 128) throw new Error(`0x${(word & 0xffff).toString(16)} is no temperature of an LM75`)
  return celsius
}
