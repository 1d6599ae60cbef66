import type { Celsius } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { SensorSpec } from '../spec/wires.ts'
import type { Sensor } from '../types.ts'
import { polledSensor } from './polled.ts'

/** What the chip holds after power-on, until its first conversion. */
const powerOnCelsius = 85
/** From a neighbouring value it is heat. */
const believedFrom = 80

/** DS18B20 on 1-Wire. The kernel's driver converts while the file is read, which takes 750 ms; the read is asynchronous. */
export async function openDs18b20({ id }: Extract<SensorSpec, { kind: 'ds18b20' }>, wiring: Wiring): Promise<Opened<Sensor>> {
  const path = `/sys/bus/w1/devices/${id}/w1_slave`
  let before: Celsius | undefined
  const read = async () => {
    before = ds18b20Celsius(await fileOf(path, wiring), before)
    return before
  }
  return polledSensor(`DS18B20 ${id}`, 5_000, read, wiring)
}

async function fileOf(path: string, wiring: Wiring): Promise<string> {
  try {
    return await wiring.machine.read(path)
  } catch (error) {
    throw new Error(`${path} cannot be read. Check the wires, and dtoverlay=w1-gpio in config.txt`, { cause: error })
  }
}

/** Reads the two lines of `w1_slave`: nine bytes with the verdict on their checksum, and the temperature in thousandths of a degree.
 *  `before` is the last good value. @throws Error for everything that is not a temperature */
export function ds18b20Celsius(text: string, before: Celsius | undefined): Celsius {
  const [bytes = '', verdict] = (text.split('\n')[0] ?? '').split(' : ')
  if (verdict === undefined || !/\bYES$/.test(verdict.trim())) throw new Error('the checksum is wrong')
  // A data line that is held low reads as zeros, whose checksum is right.
  if (/^(?:00 ?)+$/.test(bytes.trim())) throw new Error('it reads as zeros: the data line is held low')
  const match = /\bt=(-?\d+)/.exec(text)
  if (match === null) throw new Error('the file has no temperature')
  const celsius = Number(match[1]) / 1_000
  if (celsius < -55 || celsius > 125) throw new Error(`${celsius} degrees C is beyond what it can measure`)
  if (celsius === powerOnCelsius && !(before !== undefined && before >= believedFrom))
    throw new Error('85 degrees C is its value after power-on: it has not converted')
  return celsius
}
