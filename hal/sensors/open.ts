import type { Opened, Wiring } from '../bus/wiring.ts'
import type { SensorSpec } from '../spec/wires.ts'
import type { Sensor } from '../types.ts'

/** A temperature sensor of a board file. One that does not answer is a fault that comes and goes.
 *  @throws ConfigError for a bus or part that the file does not have */
export async function openSensor(spec: SensorSpec, wiring: Wiring): Promise<Opened<Sensor>> {
  switch (spec.kind) {
    case 'lm75':
      return await (await import('./lm75.ts')).openLm75(spec, wiring)
    case 'ds18b20':
      return await (await import('./ds18b20.ts')).openDs18b20(spec, wiring)
    case 'ntc':
      return await (await import('./ntc.ts')).openNtc(spec, wiring)
  }
}
