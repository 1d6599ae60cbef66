import { ConfigError } from '../../src/base/errors.ts'
import { requestOf, rtuFrame } from '../bus/modbus-frame.ts'
import { pwmPlaces } from '../bus/pwm-sysfs.ts'
import { rapiBytes } from '../evse/rapi.ts'
import { sequentPlaces } from '../parts/sequent.ts'
import type { WiredBoardSpec } from '../spec/board.ts'
import { type Dangerous, dangerousOf, type NamedOutput, ofPart } from '../spec/used.ts'
import type { BusSpec, PartSpec } from '../spec/wires.ts'
import { functions } from './functions.ts'

/** A shell script that puts every output of a board OFF without Node and without the daemon: for ExecStartPre= and ExecStopPost=.
 *  It tries everything, says what it did, and ends with 1 when something could not be made safe. */
export function safeStateScript(spec: WiredBoardSpec): string {
  const { outputs, pilots, devices } = dangerousOf(spec)
  const lines = [
    ...outputs.filter(({ output }) => output.part === undefined).map(gpioLine),
    ...Object.entries(spec.parts ?? {}).flatMap(([name, part]) => partLines(name, part, ofPart(outputs, name), spec.buses ?? {})),
    ...pilots.map(
      ({ what, pwm }) =>
        `pwm ${quoted(what)} ${pwm.isInverted === true ? 1 : 0} ${pwmPlaces(pwm)
          .map(({ device, channel }) => quoted(`${device}:${channel}`))
          .join(' ')}`,
    ),
    ...devices.map(deviceLine),
  ]
  return `#!/bin/sh
# Every output of the board ${spec.name.replaceAll(/[^\w .-]/g, '?')} OFF, without Node. Made by \`pilotwire safe-state --script\`: make it anew when the board file changes.
set -u
# Other places for a trial: GPIO_ROOT, PWM_ROOT.
gpio_root=\${GPIO_ROOT:-/sys/class/gpio}
pwm_root=\${PWM_ROOT:-/sys/class/pwm}
${functions}
${lines.join('\n')}
if [ "$failed" -gt 0 ]; then
  echo "$failed of ${lines.length} NOT MADE SAFE." >&2
  exit 1
fi
echo 'Everything is OFF.'
`
}

/** The header of a Raspberry Pi, as `gpio-place.ts` knows it. */
const headerLabels = ['pinctrl-rp1', 'pinctrl-bcm2711', 'pinctrl-bcm2835']

/** What a board file says is data, never shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function gpioLine({ what, output }: NamedOutput): string {
  const off = output.activeLow === true ? 1 : 0
  if (output.name !== undefined) return `named ${quoted(what)} ${quoted(output.name)} ${off}`
  const labels = output.header === undefined ? [output.chip ?? ''] : headerLabels
  return `gpio ${quoted(what)} ${output.header ?? output.offset} ${off} ${labels.map(quoted).join(' ')}`
}

function partLines(name: string, part: PartSpec, outputs: readonly NamedOutput[], buses: Readonly<Record<string, BusSpec>>): readonly string[] {
  if (part.kind === 'ads1115' || outputs.length === 0) return []
  const bus = buses[part.bus]
  if (bus?.kind !== 'i2c') throw new ConfigError('board file', `parts.${name}.bus`, 'is not an I2C bus', 'Name one of `buses`')
  const what = quoted(`${name} (${outputs.map(({ what: each }) => each).join(', ')})`)
  const failed = `fail ${what} 'no chip took it on i2c-${bus.number}: is it there, and is i2cset (package i2c-tools)?'`
  const pinsOf = (isActiveLow: boolean) =>
    outputs.reduce((bits, { output: { pin = 0, activeLow = false } }) => bits | (activeLow === isActiveLow ? 1 << pin : 0), 0)
  const tries = writesOf(part, pinsOf(true), pinsOf(false)).map(({ address, bytes }) => `i2c ${what} ${bus.number} ${address} ${bytes.join(' ')}`)
  return [[...tries, failed].join(' ||\n  ')]
}

/** Register and value pairs for i2cset, one entry for each address at which the chip may sit. `high` and `low`: pins by their OFF level. */
function writesOf(
  part: Exclude<PartSpec, { kind: 'ads1115' }>,
  high: number,
  low: number,
): readonly { readonly address: number; readonly bytes: readonly (string | number)[] }[] {
  switch (part.kind) {
    case 'mcp23017':
      return [{ address: part.address, bytes: [0x14, high & 0xff, 0x15, high >> 8] }]
    // Quasi-bidirectional: a pin that is not an output stays 1.
    case 'pcf8574':
      return [{ address: part.address, bytes: ['-', 0xff & ~low] }]
    case 'pca9554':
      return [{ address: part.address, bytes: [1, high & 0xff] }]
    default:
      return sequentPlaces(part.kind, part.stack ?? 0).map(({ address, register, bitOf }) => ({
        address,
        bytes: [register, pinsFrom(high).reduce((bits, pin) => bits | (1 << (bitOf(pin) ?? 0)), 0)],
      }))
  }
}

const pinsFrom = (bits: number) => Array.from({ length: 16 }, (_, pin) => pin).filter((pin) => (bits >> pin) & 1)

function deviceLine({ what, controller, bus }: Dangerous['devices'][number]): string {
  if (bus.kind !== 'modbus-rtu' && bus.kind !== 'serial')
    throw new ConfigError('board file', `buses.${controller.bus}`, 'is not a serial line', 'A controller hangs on one')
  // EVSE-WB: register 1000 is the current, 0 stops. OpenEVSE: $FD disables, its relay opens.
  const bytes =
    controller.kind === 'evse-wb-din'
      ? rtuFrame(controller.unit ?? 1, requestOf({ unit: controller.unit ?? 1, fn: 6, at: 1000, values: [0] }))
      : rapiBytes('FD')
  const octal = [...bytes].map((each) => `\\0${each.toString(8).padStart(3, '0')}`).join('')
  return `serial ${quoted(what)} ${quoted(bus.path)} ${bus.baud ?? 9600} ${bus.parity ?? 'none'} ${bus.stopBits ?? 1} ${quoted(octal)}`
}
