import { lineName } from '../../hal/bus/gpio.ts'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { dangerousOf, inputsOf } from '../../hal/spec/used.ts'
import type { LineSpec } from '../../hal/spec/words.ts'
import { DeviceError, wordsOf } from '../base/errors.ts'
import { error, type Finding, joinGroup, note, ok } from './finding.ts'
import type { Host } from './host.ts'

/** A line that the board uses, and what for. */
export interface UsedLine {
  readonly what: string
  readonly direction: 'output' | 'input'
  readonly line: LineSpec
}

/** Every line that the board file names. */
export function usedLines(spec: WiredBoardSpec): readonly UsedLine[] {
  const outputs = dangerousOf(spec).outputs.map(({ what, output }): UsedLine => ({ what, direction: 'output', line: output }))
  return [...outputs, ...inputsOf(spec).map(({ what, input }): UsedLine => ({ what, direction: 'input', line: input }))]
}

/** The lines of GPIO chips: there, for this user, and held by nobody else. */
export function examineLines(host: Host, spec: WiredBoardSpec, lines: readonly UsedLine[]): readonly Finding[] {
  const wanted = lines.filter(({ line }) => line.part === undefined)
  if (wanted.length === 0) return []
  const devices = host.list('/dev').filter((each) => /^gpiochip\d+$/.test(each))
  if (devices.length === 0) return [error('gpio', 'there is no GPIO chip on this computer', 'Run on a Raspberry Pi, or use a simulated board')]
  const refused = devices.filter((each) => !host.isUsable(`/dev/${each}`))
  if (refused.length === devices.length) return [error('gpio', `${host.user} may not use /dev/${refused[0]}`, joinGroup('gpio', host.user))]
  const labels = devices.map((each) => host.read(`/sys/bus/gpio/devices/${each}/label`)?.trim() ?? labelOf(host, each)).filter((each) => each !== undefined)
  const found = held(host, spec, wanted) ?? missingChips(wanted, labels)
  if (found.some(({ level }) => level === 'error')) return found
  const chips = `${devices.length} chip${devices.length === 1 ? '' : 's'}${labels.length === 0 ? '' : ` (${labels.join(', ')})`}`
  return [ok('gpio', `${chips}; the board uses ${wanted.length} lines`), ...found]
}

/** What the character device says of each line; undefined where it cannot be asked. */
function held(host: Host, spec: WiredBoardSpec, wanted: readonly UsedLine[]): readonly Finding[] | undefined {
  const errors = new Map<string, { readonly remedy: string; readonly names: string[] }>()
  const ours: string[] = []
  const say = (says: string, remedy: string, { line, what }: UsedLine) => {
    const one = errors.get(says) ?? { remedy, names: [] }
    errors.set(says, one)
    one.names.push(`${lineName(line)} (${what})`)
  }
  for (const used of wanted) {
    let holder: string | undefined
    try {
      holder = host.holderOf(used.line)
    } catch (failure) {
      if (!(failure instanceof DeviceError)) throw failure
      // The driver's words end with the remedy.
      const words = wordsOf(failure.cause ?? failure)
      const [says = '', ...remedy] = words.split(/\. (?=[A-Z`])/)
      if (remedy.length === 0 || words.includes('Chips here')) say(words, 'Correct the board file: gpioinfo shows labels, offsets and names', used)
      else say(says, remedy.join('. '), used)
      continue
    }
    if (holder === undefined) return undefined
    if (holder === 'pilotwire') ours.push(lineName(used.line))
    else if (holder === 'sysfs' && spec.gpio !== 'sysfs')
      say('exported by sysfs', 'Run pilotwire safe-state, then write its global number to /sys/class/gpio/unexport', used)
    else if (holder !== '' && holder !== 'sysfs')
      say(`held by ${holder}`, 'Stop that program (gpioinfo shows it), take its overlay out of config.txt, or use another line', used)
  }
  const findings = [...errors].map(([says, { remedy, names }]) => error('gpio', `${names.join(', ')}: ${says}`, remedy))
  return ours.length === 0
    ? findings
    : [
        ...findings,
        note('gpio', `a Pilotwire that runs holds ${ours.length === wanted.length ? 'all of them' : ours.join(', ')}`, 'Stop its service before you probe'),
      ]
}

const headerLabels = /^pinctrl-(rp1|bcm2711|bcm2835)/

function missingChips(wanted: readonly UsedLine[], labels: readonly string[]): readonly Finding[] {
  if (labels.length === 0) return []
  const seen = `there are ${labels.join(', ')}`
  const isOther = wanted.some(({ line }) => line.header !== undefined) && !labels.some((each) => headerLabels.test(each))
  const missing = [...new Set(wanted.flatMap(({ line: { chip } }) => (chip === undefined || labels.includes(chip) ? [] : [chip])))]
  return [
    ...(isOther ? [error('gpio', `no chip is the header of a Raspberry Pi: ${seen}`, 'Name lines by chip and offset, or by name')] : []),
    ...missing.map((each) => error('gpio', `there is no chip ${each}: ${seen}`, 'Correct the label in the board file')),
  ]
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
