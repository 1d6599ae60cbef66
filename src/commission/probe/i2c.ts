import type { I2cBus } from '../../../hal/bus/i2c.ts'
import { thisMachine } from '../../../hal/bus/machine.ts'
import { DeviceError, wordsOf } from '../../base/errors.ts'
import { silentLog } from '../../base/log.ts'
import type { Bench } from './bench.ts'

/** What usually sits where; several parts share an address, and only the person knows which it is. */
const usual: readonly (readonly [from: number, to: number, what: string])[] = [
  [0x0e, 0x15, 'Sequent relay board (version 4)'],
  [0x18, 0x1f, 'MCP9808'],
  [0x20, 0x27, 'MCP23017, PCF8574, PCA9554, Sequent relay board'],
  [0x24, 0x24, 'PN532'],
  [0x28, 0x28, 'MFRC522'],
  [0x38, 0x3f, 'PCF8574A, PCA9554A, Sequent relay board'],
  [0x48, 0x4b, 'ADS1115, ADS1015'],
  [0x48, 0x4f, 'LM75, TMP102'],
  [0x68, 0x68, 'real-time clock DS3231'],
]

export interface FoundChip {
  readonly address: number
  readonly answers: boolean
  /** What it may be, or why it does not answer. */
  readonly words: string
}

/** Reads one byte of each address: what answers is there. Nothing is written. @throws DeviceError when the bus itself is not there, or hangs */
export async function scanI2c(bus: I2cBus): Promise<readonly FoundChip[]> {
  const found: FoundChip[] = []
  for (let address = 0x08; address <= 0x77; address++) {
    const may = usual.filter(([from, to]) => address >= from && address <= to).map(([, , what]) => what)
    try {
      await bus.transfer(address, new Uint8Array(0), 1)
      found.push({ address, answers: true, words: may.join(' or ') || 'not a part that Pilotwire drives' })
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error
      const why = wordsOf(error.cause ?? error)
      // Not this address but the bus: the others would say the same.
      if (/\/dev\/i2c-|the bus hangs/.test(why)) throw new DeviceError(`I2C bus ${bus.number}`, error.problem, error.cause)
      if (error.problem === 'refused') found.push({ address, answers: false, words: why })
    }
  }
  return found
}

export function printedChips(bus: number, found: readonly FoundChip[]): string {
  if (found.length === 0) return `Nobody answers on I2C bus ${bus}: check supply, SDA, SCL and pull-ups.\n`
  return found.map(({ address, words }) => `0x${address.toString(16).padStart(2, '0')} (${address})  ${words}\n`).join('')
}

/** Finds who answers on a bus. */
export async function probeI2c(number: number, { clock, terminal, machine }: Bench): Promise<0 | 1> {
  const bus = await (machine ?? thisMachine(clock, silentLog)).i2c(number)
  try {
    const found = await scanI2c(bus)
    terminal.stdout.write(printedChips(number, found))
    return found.some(({ answers }) => answers) ? 0 : 1
  } finally {
    bus.close()
  }
}
