import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the kernel calls the sensor in the processor: Raspberry Pi, other ARM boards, PC. */
const processorZones = /cpu|soc|x86_pkg|pkg/i

/** Heat of the processor, degrees C: its own thermal zone, or the first one there is. Undefined: it cannot be told.
 *  @param directory of the kernel's thermal zones (Documentation/driver-api/thermal/sysfs-api.rst: millidegrees C) */
export function cpuCelsius(directory = '/sys/class/thermal'): number | undefined {
  try {
    const zones = readdirSync(directory).filter((name) => name.startsWith('thermal_zone'))
    const zone = zones.find((name) => processorZones.test(readFileSync(join(directory, name, 'type'), 'utf8'))) ?? zones[0]
    if (zone === undefined) return undefined
    const millidegrees = Number(readFileSync(join(directory, zone, 'temp'), 'utf8').trim())
    return Number.isFinite(millidegrees) ? millidegrees / 1_000 : undefined
  } catch {
    return undefined
  }
}
