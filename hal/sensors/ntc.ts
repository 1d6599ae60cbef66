import type { Celsius, Volts } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { SensorSpec } from '../spec/wires.ts'
import type { Sensor } from '../types.ts'
import { polledSensor } from './polled.ts'

export type NtcSpec = Extract<SensorSpec, { kind: 'ntc' }>

const zeroCelsius = 273.15
/** Beyond these an NTC of a charger is open or shorted. */
const coldest: Celsius = -40
const hottest: Celsius = 150

/** A thermistor to ground, behind a resistor from the supply. */
export async function openNtc(spec: NtcSpec, wiring: Wiring): Promise<Opened<Sensor>> {
  const { adc, channel, terminalV } = await wiring.analog(spec)
  return polledSensor(`NTC at ${spec.part}:${spec.channel}`, 1_000, async () => ntcCelsius(terminalV(await adc.convert(channel)), spec), wiring)
}

/** The beta formula, 1/T = 1/298.15 + ln(R/R25)/beta. @throws Error when it is open, shorted or beyond -40 to 150 degrees C */
export function ntcCelsius(volts: Volts, { seriesOhms, supplyV, ohmsAt25, beta }: Omit<NtcSpec, 'kind' | 'part' | 'channel'>): Celsius {
  if (!(volts > 0)) throw new Error('the NTC is shorted')
  if (volts >= supplyV) throw new Error('the NTC is open')
  const ohms = (seriesOhms * volts) / (supplyV - volts)
  const celsius = 1 / (1 / (25 + zeroCelsius) + Math.log(ohms / ohmsAt25) / beta) - zeroCelsius
  if (celsius < coldest) throw new Error(`the NTC is open (${Math.round(ohms)} ohms)`)
  if (celsius > hottest) throw new Error(`the NTC is shorted (${Math.round(ohms)} ohms)`)
  return celsius
}
