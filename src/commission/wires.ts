import { basename } from 'node:path'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { dangerousOf, inputsOf } from '../../hal/spec/used.ts'
import type { BusSpec } from '../../hal/spec/wires.ts'
import type { InputSpec, LineSpec } from '../../hal/spec/words.ts'
import { error, type Finding, note, ok, warning } from './finding.ts'
import type { Host } from './host.ts'

/** What `doctor` asks of the devices that a board file names, without touching one of them. */
export function examineWires(host: Host, spec: WiredBoardSpec): readonly Finding[] {
  const lines = usedLines(spec)
  return [...modules(host, spec, lines), ...gpio(host, lines), ...buses(host, spec), ...configuration(host, spec, lines), ...failSafe(spec)]
}

/** A line that the board uses, and what for. */
export interface UsedLine {
  readonly what: string
  readonly direction: 'output' | 'input'
  readonly line: LineSpec
}

const group = (name: string, host: Host) => `Add the user to the group: sudo usermod -aG ${name} ${host.user}, then log in anew`

function modules(host: Host, spec: WiredBoardSpec, lines: readonly UsedLine[]): readonly Finding[] {
  const kinds = new Set(Object.values(spec.buses ?? {}).map((each) => each.kind))
  const hasGpio = lines.some(({ line }) => line.part === undefined)
  const needed = [
    ...(kinds.has('i2c') ? ['i2c-bus'] : []),
    ...(kinds.has('serial') || kinds.has('modbus-rtu') ? ['serialport'] : []),
    ...(hasGpio && spec.gpio !== 'sysfs' ? ['koffi'] : []),
    ...(hasGpio && spec.gpio === 'sysfs' ? ['onoff'] : []),
    ...((spec.readers ?? []).some(({ kind }) => kind === 'usb-hid') ? ['koffi'] : []),
  ]
  const missing = [...new Set(needed)].filter((each) => !host.loads(each))
  if (missing.length === 0) return needed.length === 0 ? [] : [ok('modules', `${[...new Set(needed)].join(', ')} load`)]
  return missing.map((each) =>
    error('modules', `${each} does not load`, 'Install python3, make and g++, then install Pilotwire again: it is compiled on this machine'),
  )
}

const headerLabels = /^pinctrl-(rp1|bcm2711|bcm2835)/

function gpio(host: Host, lines: readonly UsedLine[]): readonly Finding[] {
  const wanted = lines.filter(({ line }) => line.part === undefined)
  if (wanted.length === 0) return []
  const devices = host.list('/dev').filter((each) => /^gpiochip\d+$/.test(each))
  if (devices.length === 0) return [error('gpio', 'there is no GPIO chip on this computer', 'Run on a Raspberry Pi, or use a simulated board')]
  const refused = devices.filter((each) => !host.isUsable(`/dev/${each}`))
  const findings: Finding[] = []
  if (refused.length === devices.length) findings.push(error('gpio', `${host.user} may not use /dev/${refused[0]}`, group('gpio', host)))
  const labels = devices.map((each) => host.read(`/sys/bus/gpio/devices/${each}/label`)?.trim() ?? labelOf(host, each)).filter((each) => each !== undefined)
  if (wanted.some(({ line }) => line.header !== undefined) && labels.length > 0 && !labels.some((each) => headerLabels.test(each)))
    findings.push(error('gpio', `no chip is the header of a Raspberry Pi: there are ${labels.join(', ')}`, 'Name lines by chip and offset, or by name'))
  for (const { line } of wanted) {
    if (line.chip !== undefined && labels.length > 0 && !labels.includes(line.chip))
      findings.push(error('gpio', `there is no chip ${line.chip}: there are ${labels.join(', ')}`, 'Correct the label in the board file'))
  }
  return findings.length === 0
    ? [ok('gpio', `${devices.length} chips${labels.length === 0 ? '' : ` (${labels.join(', ')})`}, ${wanted.length} lines in use by the board`)]
    : findings
}

/** Where the kernel does not tell the label beside the device: the sysfs class has it. */
function labelOf(host: Host, device: string): string | undefined {
  const parent = host.follow(`/sys/bus/gpio/devices/${device}`)
  return host
    .list('/sys/class/gpio')
    .filter((each) => each.startsWith('gpiochip'))
    .filter((each) => parent !== undefined && host.follow(`/sys/class/gpio/${each}/device`) === host.follow(`${parent}/..`))
    .map((each) => host.read(`/sys/class/gpio/${each}/label`)?.trim())
    .find((each) => each !== undefined)
}

function buses(host: Host, spec: WiredBoardSpec): readonly Finding[] {
  const findings = Object.entries(spec.buses ?? {}).flatMap(([name, bus]) =>
    bus.kind === 'i2c' ? i2c(host, name, bus.number) : 'path' in bus ? serial(host, name, bus) : [],
  )
  for (const reader of spec.readers ?? []) {
    if (reader.kind !== 'usb-hid') continue
    if (!host.exists(reader.path))
      findings.push(
        error(
          'reader',
          `${reader.path} is not there`,
          `Plug the reader in; there are ${host.list('/dev/input/by-id').join(', ') || 'none'} in /dev/input/by-id`,
        ),
      )
    else if (!host.isUsable(reader.path)) findings.push(error('reader', `${host.user} may not use ${reader.path}`, group('input', host)))
    else if (!reader.path.includes('by-id'))
      findings.push(warning('reader', `${reader.path} may be another device after the next start`, 'Name it by /dev/input/by-id/...-event-kbd'))
  }
  return findings
}

function i2c(host: Host, name: string, number: number): Finding[] {
  const path = `/dev/i2c-${number}`
  const check = `bus ${name}`
  if (!host.exists(path)) return [error(check, `${path} is not there`, 'Add dtparam=i2c_arm=on to config.txt and start anew')]
  return host.isUsable(path) ? [ok(check, path)] : [error(check, `${host.user} may not use ${path}`, group('i2c', host))]
}

function serial(host: Host, name: string, { path, parity = 'none' }: Extract<BusSpec, { path: string }>): Finding[] {
  const check = `bus ${name}`
  const known = host.list('/dev/serial/by-id')
  if (!host.exists(path))
    return [
      error(
        check,
        `${path} is not there`,
        known.length === 0 ? 'Plug the adapter in, or add enable_uart=1 to config.txt' : `There is /dev/serial/by-id/${known.join(', ')}`,
      ),
    ]
  if (!host.isUsable(path)) return [error(check, `${host.user} may not use ${path}`, group('dialout', host))]
  const findings: Finding[] = []
  const real = host.follow(path) ?? path
  const isMini = basename(real) === 'ttyS0' && /Raspberry Pi/.test(host.read('/proc/device-tree/model') ?? '')
  if (isMini && parity !== 'none')
    findings.push(error(check, `${path} is the mini-UART, which has no parity`, 'Add dtoverlay=disable-bt to config.txt: /dev/serial0 is then a full UART'))
  else if (isMini) findings.push(warning(check, `${path} is the mini-UART, whose speed goes with the processor's`, 'Add dtoverlay=disable-bt to config.txt'))
  const console = / console=(serial0|ttyAMA0|ttyS0)\b/.exec(` ${host.read('/proc/cmdline') ?? ''}`)?.[1]
  if (console !== undefined && (console === basename(real) || (console === 'serial0' && host.follow('/dev/serial0') === real)))
    findings.push(error(check, `the kernel prints on ${path}`, `Remove console=${console},115200 from cmdline.txt and start anew`))
  if (/^ttyUSB|^ttyACM/.test(basename(path))) {
    const lasting = known.find((each) => host.follow(`/dev/serial/by-id/${each}`) === real)
    findings.push(
      warning(
        check,
        `${path} may be another adapter after the next start`,
        lasting === undefined ? 'Name it by /dev/serial/by-id/...' : `Write /dev/serial/by-id/${lasting}`,
      ),
    )
  }
  return findings.length === 0 ? [ok(check, path)] : findings
}

/** Lines that config.txt must have for this board. */
export function neededConfiguration(spec: WiredBoardSpec, lines: readonly UsedLine[]): readonly string[] {
  const header = (direction: UsedLine['direction']) =>
    lines.filter((each) => each.direction === direction && each.line.header !== undefined).map(({ line }) => line)
  const offLow = header('output').filter((each) => each.activeLow !== true)
  const offHigh = header('output').filter((each) => each.activeLow === true)
  const pulled = (pull: 'up' | 'down') => header('input').filter((each) => (each as InputSpec).pull === pull)
  const list = (some: readonly LineSpec[]) =>
    some
      .map((each) => each.header)
      .sort((a, b) => (a ?? 0) - (b ?? 0))
      .join(',')
  const buses = Object.values(spec.buses ?? {})
  const uses = (path: RegExp) => buses.some((each) => 'path' in each && path.test(each.path))
  const pwm = spec.evses.flatMap(({ controller }) =>
    controller.kind === 'native' && controller.pilot.kind === 'adc' && controller.pilot.pwm.header !== undefined ? [controller.pilot.pwm.header] : [],
  )
  return [
    ...(header('output').length > 0 ? ['dtparam=strict_gpiod'] : []),
    ...(offLow.length > 0 ? [`gpio=${list(offLow)}=op,dl`] : []),
    ...(offHigh.length > 0 ? [`gpio=${list(offHigh)}=op,dh`] : []),
    ...(pulled('up').length > 0 ? [`gpio=${list(pulled('up'))}=ip,pu`] : []),
    ...(pulled('down').length > 0 ? [`gpio=${list(pulled('down'))}=ip,pd`] : []),
    ...(buses.some((each) => each.kind === 'i2c' && each.number === 1) ? ['dtparam=i2c_arm=on'] : []),
    ...(uses(/^\/dev\/(serial0|ttyAMA0)$/) ? ['enable_uart=1', 'dtoverlay=disable-bt'] : []),
    ...pwm.map((pin) => `dtoverlay=pwm,pin=${pin}`),
    ...(spec.evses.some(({ temperature }) => temperature?.kind === 'ds18b20') ? ['dtoverlay=w1-gpio'] : []),
  ]
}

function configuration(host: Host, spec: WiredBoardSpec, lines: readonly UsedLine[]): readonly Finding[] {
  const path = ['/boot/firmware/config.txt', '/boot/config.txt'].find((each) => host.read(each) !== undefined)
  if (path === undefined) return []
  const written = (host.read(path) ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim())
  const missing = neededConfiguration(spec, lines).filter((needed) => !written.some((line) => isSaid(line, needed)))
  if (missing.length === 0) return [ok('config.txt', `${path} has what this board needs`)]
  return missing.map((each) => warning('config.txt', `${path} lacks ${each}`, 'Add that line under [all] and start anew'))
}

/** `gpio=23,24=op,dl` says `gpio=23=op,dl` too, and further parameters of an overlay do not matter. */
function isSaid(line: string, needed: string): boolean {
  const [, pins, state] = /^gpio=([\d,]+)=(.*)$/.exec(needed) ?? []
  if (pins === undefined || state === undefined) return line === needed || line.startsWith(`${needed},`)
  const [, writtenPins, writtenState] = /^gpio=([\d,-]+)=(.*)$/.exec(line) ?? []
  return writtenPins !== undefined && writtenState === state && pins.split(',').every((pin) => writtenPins.split(',').includes(pin))
}

/** Safety rules 19 to 21: what holds the contactor when the program is gone. */
function failSafe(spec: WiredBoardSpec): readonly Finding[] {
  const findings: Finding[] = []
  const hasOutputs = spec.evses.some(({ controller }) => controller.contactor !== undefined)
  if (spec.deadMan === undefined && hasOutputs)
    findings.push(
      warning(
        'fail-safe',
        'no fail-safe: nothing opens the contactor when this program hangs',
        'Put a dead-man relay in series with the coil and name its output: deadMan',
      ),
    )
  for (const [at, { controller, meter }] of spec.evses.entries()) {
    const check = `outlet ${at + 1}`
    if (controller.kind === 'evse-wb-din' && controller.hasSupplyBehindDeadMan !== true)
      findings.push(
        warning(
          check,
          'no fail-safe: the EVSE-WB keeps its last current when this computer dies',
          'Put its supply behind the dead-man relay and say hasSupplyBehindDeadMan: true',
        ),
      )
    if (controller.kind === 'native' && controller.pilot.kind === 'contacts')
      findings.push(note(check, 'two switches play the car: this is a bench, and never for a car'))
    if (controller.kind === 'native' && controller.residualCurrent === undefined)
      findings.push(
        warning(check, 'no residual current monitor is named', 'Fit an RDC-DD that opens the contactor by itself, and name its trip contact: residualCurrent'),
      )
    if (controller.contactor !== undefined && controller.contactor.mirror === undefined)
      findings.push(
        warning(
          check,
          'no mirror contact: a welded contactor is seen by the meter only, and only while current flows',
          'Wire the auxiliary contact and name it: mirror',
        ),
      )
    if (meter === undefined) findings.push(note(check, 'no meter: a welded contactor and an over-current are not seen, and energy is not counted'))
  }
  return findings
}

/** Every line that the board file names. */
export function usedLines(spec: WiredBoardSpec): readonly UsedLine[] {
  const outputs = dangerousOf(spec).outputs.map(({ what, output }): UsedLine => ({ what, direction: 'output', line: output }))
  return [...outputs, ...inputsOf(spec).map(({ what, input }): UsedLine => ({ what, direction: 'input', line: input }))]
}
