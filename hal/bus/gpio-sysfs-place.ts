import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { DeviceError } from '../../src/base/errors.ts'
import type { LineSpec } from '../spec/words.ts'
import { lineName } from './gpio.ts'
import { headerLabels, headerLines } from './gpio-place.ts'

/** Where a line of a board file is in /sys/class/gpio: by the label of its chip and the base that the chip has in this boot. */

interface Chip {
  readonly label: string
  readonly base: number
  readonly lines: number
}

/** A line in the numbers of this boot. */
export interface Place {
  readonly number: number
  /** As an error says it: `line 22 of pinctrl-bcm2711 (base 512), number 534`. */
  readonly words: string
}

/** Since 6.17 a kernel may have sysfs by chip alone (GPIO_SYSFS_LEGACY off): no global numbers, which onoff needs, and no edges. */
export function withoutSysfs(root: string): string {
  const hasChips = existsSync(root) && readdirSync(root).some((name) => /^chip\d+$/.test(name))
  return `${hasChips ? 'this kernel has sysfs by chip only, without edges' : 'this kernel has no GPIO by sysfs'}. Set \`gpio: chardev\` in the board file`
}

function chipsIn(root: string): readonly Chip[] {
  const read = (name: string, leaf: string) => readFileSync(`${root}/${name}/${leaf}`, 'utf8').trim()
  return readdirSync(root)
    .filter((name) => /^gpiochip\d+$/.test(name))
    .map((name) => ({ label: read(name, 'label'), base: Number(read(name, 'base')), lines: Number(read(name, 'ngpio')) }))
    .toSorted((a, b) => a.base - b.base)
}

/** @throws DeviceError 'absent' for a chip or line that is not there, 'refused' for a line that sysfs cannot tell */
export function placeOf(root: string, spec: LineSpec): Place {
  const device = lineName(spec)
  if (spec.name !== undefined) {
    throw new DeviceError(device, 'refused', new Error('sysfs does not know names of lines. Give `chip` and `offset`, or set `gpio: chardev`'))
  }
  const chips = chipsIn(root)
  const seen = `Chips here: ${chips.map(({ label, base, lines }) => `${label} (base ${base}, ${lines} lines)`).join(', ') || 'none'}`
  const fits = spec.header === undefined ? chips.filter(({ label }) => label === spec.chip) : headerChips(chips)
  const [chip] = fits
  const offset = spec.header ?? spec.offset ?? Number.NaN
  if (chip === undefined) {
    const wanted = spec.header === undefined ? `is labelled ${spec.chip}` : 'is that of a Raspberry Pi header'
    throw new DeviceError(device, 'absent', new Error(`no chip ${wanted}. ${seen}`))
  }
  if (fits.length > 1) {
    throw new DeviceError(device, 'refused', new Error(`${fits.length} chips are labelled ${chip.label}, and sysfs cannot tell them apart. ${seen}`))
  }
  if (!(offset < chip.lines)) throw new DeviceError(device, 'absent', new Error(`${chip.label} has the lines 0 to ${chip.lines - 1}`))
  const number = chip.base + offset
  return { number, words: `line ${offset} of ${chip.label} (base ${chip.base}), number ${number}` }
}

/** The chip of the header by its label; else, as sysfs has no names of lines, the one chip that is large enough. */
function headerChips(chips: readonly Chip[]): readonly Chip[] {
  const known = headerLabels.map((fits) => chips.find(({ label }) => fits(label))).find((chip) => chip !== undefined)
  return known === undefined ? chips.filter(({ lines }) => lines >= headerLines).slice(0, 1) : [known]
}
