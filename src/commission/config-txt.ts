import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import type { InputSpec, LineSpec } from '../../hal/spec/words.ts'
import { type Finding, ok, warning } from './finding.ts'
import { type Host, isPi5 } from './host.ts'
import type { UsedLine } from './lines.ts'

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
    ...(header('output').length > 0 ? [strict] : []),
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

const strict = 'dtparam=strict_gpiod'
/** Bluetooth of a Pi 5 has a UART of its own. */
const ofOlderUarts = ['enable_uart=1', 'dtoverlay=disable-bt']
const places = ['/boot/firmware/config.txt', '/boot/config.txt']

/** What is written in config.txt, comments left out; undefined on a computer that has none. */
export function writtenConfiguration(host: Host): { readonly path: string; readonly lines: readonly string[] } | undefined {
  const path = places.find((each) => host.read(each) !== undefined)
  if (path === undefined) return undefined
  return { path, lines: (host.read(path) ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim()) }
}

/** What config.txt lacks for this board, and what of it is not in force yet. */
export function examineConfiguration(host: Host, spec: WiredBoardSpec, lines: readonly UsedLine[]): readonly Finding[] {
  const written = writtenConfiguration(host)
  const keeps = keepsOutputs(host)
  const needed = neededConfiguration(spec, lines).filter((each) => !isPi5(host) || !ofOlderUarts.includes(each))
  const findings: Finding[] = []
  if (written !== undefined) {
    // Said on the kernel's command line instead: what is in force is what counts.
    const missing = needed.filter((each) => !(each === strict && keeps?.does === false) && !written.lines.some((line) => isSaid(line, each)))
    findings.push(...missing.map((each) => warning('config.txt', `${written.path} lacks ${each}`, 'Add that line under [all] and start anew')))
    if (missing.length === 0) findings.push(ok('config.txt', `${written.path} has what this board needs`))
  }
  const isWritten = written?.lines.some((line) => isSaid(line, strict)) === true
  if (keeps === undefined || !needed.includes(strict) || (written !== undefined && keeps.does && !isWritten)) return findings
  if (!keeps.does) return [...findings, ok('kernel', 'GPIO lines are let go when a program dies')]
  const says = 'the kernel keeps driving GPIO outputs after a program died'
  return [
    ...findings,
    isWritten
      ? warning('kernel', `${says}: ${strict} is written, but not in force`, 'Start anew; a kernel of before 2024 does not know it: sudo apt full-upgrade')
      : warning('kernel', says, `Add ${keeps.module}.persist_gpio_outputs=n to the kernel's command line and start anew`),
  ]
}

/** Kernels of Raspberry Pi OS keep outputs as they are when their program dies, unless `strict_gpiod` is in force. Undefined: another kernel. */
function keepsOutputs(host: Host): { readonly module: string; readonly does: boolean } | undefined {
  for (const module of ['pinctrl_rp1', 'pinctrl_bcm2835']) {
    const value = host.read(`/sys/module/${module}/parameters/persist_gpio_outputs`)?.trim()
    if (value !== undefined) return { module, does: value === 'Y' || value === '1' }
  }
  return undefined
}

/** `gpio=23,24=op,dl` says `gpio=23=op,dl` too, and further parameters of an overlay do not matter. */
function isSaid(line: string, needed: string): boolean {
  const [, pins, state] = /^gpio=([\d,]+)=(.*)$/.exec(needed) ?? []
  if (pins === undefined || state === undefined) return line === needed || line.startsWith(`${needed},`) || line === aliases[needed] || isOfTwo(line, needed)
  const [, writtenPins, writtenState] = /^gpio=([\d,-]+)=(.*)$/.exec(line) ?? []
  return writtenPins !== undefined && writtenState === state && pins.split(',').every((pin) => isAmong(Number(pin), writtenPins))
}

const aliases: Readonly<Record<string, string>> = { 'dtparam=i2c_arm=on': 'dtparam=i2c=on' }

/** The overlay of both PWM channels has the pin as `pin` or `pin2`. */
function isOfTwo(line: string, needed: string): boolean {
  const [, pin] = /^dtoverlay=pwm,pin=(\d+)$/.exec(needed) ?? []
  return pin !== undefined && line.startsWith('dtoverlay=pwm-2chan') && new RegExp(`,pin2?=${pin}(,|$)`).test(line)
}

/** `5-8,12` */
function isAmong(pin: number, list: string): boolean {
  return list.split(',').some((each) => {
    const [from = Number.NaN, to = from] = each.split('-').map(Number)
    return pin >= from && pin <= to
  })
}
