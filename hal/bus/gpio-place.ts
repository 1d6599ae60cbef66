import { DeviceError } from '../../src/base/errors.ts'
import type { LineSpec } from '../spec/words.ts'
import { lineName } from './gpio.ts'
import {
  type ChipInfo,
  chipInfo,
  chipInfoSize,
  GPIO_GET_CHIPINFO_IOCTL,
  GPIO_V2_GET_LINEINFO_IOCTL,
  type LineInfo,
  lineInfo,
  lineInfoRequest,
} from './gpio-uapi.ts'
import { codeOf, type Kernel } from './kernel.ts'

/** Where a line of a board file is among the chips of this machine. Chips are found by label, never by number: numbers move between kernels. */

export interface Chip extends ChipInfo {
  /** /dev/gpiochipN */
  readonly path: string
}

export interface Place {
  readonly chip: Chip
  readonly offset: number
}

/** Chips behind the 40-pin header, by label: Pi 5, Pi 4, Pi 0 to 3. */
export const headerLabels: readonly ((label: string) => boolean)[] = [
  (label) => label === 'pinctrl-rp1',
  (label) => label === 'pinctrl-bcm2711',
  (label) => label === 'pinctrl-bcm2835',
  (label) => label.startsWith('pinctrl-bcm2835-'),
]
/** The header has GPIO0 to GPIO27. */
export const headerLines = 28

/** How a place is said to a person. */
export const placeWords = ({ chip, offset }: Place) => `line ${offset} of ${chip.label} (${chip.path})`

/** Every chip once, those that cannot be opened left out. */
export function chipsOf(kernel: Kernel, directory: string): { readonly chips: readonly Chip[]; readonly closed: readonly string[] } {
  const names = kernel.names(directory).filter((name) => /^gpiochip\d+$/.test(name))
  const chips: Chip[] = []
  const closed: string[] = []
  for (const name of names.toSorted((a, b) => Number(a.slice(8)) - Number(b.slice(8)))) {
    const path = `${directory}/${name}`
    try {
      const info = opened(kernel, path, (file) => {
        const bytes = Buffer.alloc(chipInfoSize)
        kernel.ioctl(file, GPIO_GET_CHIPINFO_IOCTL, bytes)
        return chipInfo(bytes)
      })
      // A Pi 5 has a link under the number that the chip once had.
      if (chips.every((chip) => chip.name !== info.name)) chips.push({ ...info, path })
    } catch (error) {
      closed.push(`${path} (${codeOf(error)})`)
    }
  }
  return { chips, closed }
}

/** Runs with the chip open. */
export function opened<T>(kernel: Kernel, path: string, run: (file: number) => T): T {
  const file = kernel.open(path, 'read-write')
  try {
    return run(file)
  } finally {
    kernel.close(file)
  }
}

export function infoOf(kernel: Kernel, file: number, offset: number): LineInfo {
  const bytes = lineInfoRequest(offset)
  kernel.ioctl(file, GPIO_V2_GET_LINEINFO_IOCTL, bytes)
  return lineInfo(bytes)
}

/** @throws DeviceError 'absent' for a chip or line that is not there, 'refused' where it cannot be told or the device may not be opened */
export function placeOf(kernel: Kernel, directory: string, spec: LineSpec): Place {
  const device = lineName(spec)
  const { chips, closed } = chipsOf(kernel, directory)
  const fail = (problem: 'absent' | 'refused', words: string): never => {
    throw new DeviceError(device, problem, new Error(words))
  }
  if (chips.length === 0) {
    if (closed.length === 0) return fail('absent', `there is no ${directory}/gpiochipN. Does this kernel have GPIO? \`pilotwire doctor\` looks`)
    return fail('refused', `${closed.join(', ')} cannot be opened. Add the user to the group gpio (\`sudo usermod -aG gpio USER\`) and log in again`)
  }
  const seen = `Chips here: ${[...chips.map(({ label, path, lines }) => `${label} (${path}, ${lines} lines)`), ...closed].join(', ')}`
  const within = (chip: Chip, offset: number): Place =>
    offset < chip.lines ? { chip, offset } : fail('absent', `${chip.label} (${chip.path}) has the lines 0 to ${chip.lines - 1}`)
  const only = <T>(found: readonly T[], words: string, remedy: string): T => {
    const [first] = found
    if (first === undefined) return fail('absent', `no ${words}. ${seen}`)
    return found.length === 1 ? first : fail('refused', `${found.length} ${words}. ${remedy}. ${seen}`)
  }
  if (spec.header !== undefined) {
    const { header } = spec
    const chip = headerChip(kernel, chips, header)
    return chip === undefined ? fail('absent', `no chip of a Raspberry Pi header here. Name \`chip\` and \`offset\`. ${seen}`) : within(chip, header)
  }
  if (spec.name !== undefined) {
    const { name } = spec
    return only(
      chips.flatMap((chip) => named(kernel, chip, name)),
      `lines are named ${name}`,
      'Name `chip` and `offset`',
    )
  }
  const chip = only(
    chips.filter(({ label }) => label === spec.chip),
    `chips are labelled ${spec.chip}`,
    'Name the line by `name`',
  )
  return within(chip, spec.offset ?? Number.NaN)
}

function headerChip(kernel: Kernel, chips: readonly Chip[], header: number): Chip | undefined {
  for (const fits of headerLabels) {
    const chip = chips.find(({ label }) => fits(label))
    if (chip !== undefined) return chip
  }
  // Another maker's board with the same header: its line names say so.
  const alike = chips.filter((chip) => chip.lines >= headerLines && named(kernel, chip, `GPIO${header}`).some(({ offset }) => offset === header))
  return alike.toSorted((a, b) => b.lines - a.lines)[0]
}

function named(kernel: Kernel, chip: Chip, name: string): readonly Place[] {
  return opened(kernel, chip.path, (file) =>
    Array.from({ length: chip.lines }, (_, offset) => offset)
      .filter((offset) => infoOf(kernel, file, offset).name === name)
      .map((offset) => ({ chip, offset })),
  )
}
