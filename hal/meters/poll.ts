import { resolve } from 'node:path'
import { ConfigError, DeviceError, wordsOf } from '../../src/base/errors.ts'
import { nearest } from '../../src/base/nearest.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import { type Modbus, ModbusException, type ReadRequest } from '../bus/modbus.ts'
import { rounds } from '../bus/rounds.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { BlockRead, MeterTable } from '../spec/meter-table.ts'
import type { MeterSpec } from '../spec/wires.ts'
import type { Meter, Reading } from '../types.ts'
import { numberAt, scaled, textOf } from './decode.ts'
import { meterModels } from './models.ts'
import { plausibility } from './plausible.ts'
import { type Answer, readingOf } from './reading.ts'
import { isOptional, placeOf, serialNumberLength } from './table.ts'

export type ModbusMeterSpec = Extract<MeterSpec, { kind: 'modbus' }>

const usualPeriod: Millis = seconds(1)
/** A meter is lost when so many polls in a row gave nothing, and its last reading is so old. */
const lostAfterErrors = 5
const lostAfter: Millis = seconds(10)
/** Whatever the reason, even a bus that says nothing more: no reading is newer than this. */
const oldestReading: Millis = seconds(60)
/** The device does not have the register, the function, or will not read so much: it will say so each time. */
const forGood: readonly number[] = [1, 2, 3]

/** A Modbus meter that is asked every `pollMs`. A poll that fails or says what cannot be leaves the last reading with its own `at`; after 5 such
 *  polls and 10 s there is none. The meter need not be there when it is opened.
 *  @param directory where a table's file is looked for, that of the board file
 *  @throws ConfigError for a model that is not known, a bus that is not in the file, a table that is wrong */
export async function openModbusMeter(spec: ModbusMeterSpec, wiring: Wiring, directory: string): Promise<Opened<Meter>> {
  const table = await meterTableOf(spec.model, directory)
  if (spec.invert === true && table.exportWh === undefined)
    throw new ConfigError('board file', 'meter.invert', `${table.model} has no register of exported energy`, 'Wire it the right way round')
  return new PolledMeter(spec, table, await wiring.modbus(spec.bus), wiring)
}

/** A built-in table by its name, or that of a YAML file. @throws ConfigError */
export async function meterTableOf(model: string, directory: string): Promise<MeterTable> {
  if (/\.ya?ml$/i.test(model)) return await (await import('./file.ts')).readMeterFile(resolve(directory, model))
  const known: Readonly<Record<string, () => Promise<MeterTable>>> = meterModels
  if (Object.hasOwn(known, model)) return await (known[model] as () => Promise<MeterTable>)()
  const meant = nearest(model, Object.keys(known))
  const remedy = `${meant === undefined ? '' : `Did you mean ${meant}? `}See \`pilotwire probe meter --list\`, or name a table of your own that ends in .yaml`
  throw new ConfigError('board file', 'meter.model', `${model} is not a meter that is built in`, remedy)
}

class PolledMeter implements Meter {
  readonly #spec: ModbusMeterSpec
  readonly #table: MeterTable
  readonly #bus: Modbus
  readonly #wiring: Wiring
  readonly #name: string
  readonly #plausible: ReturnType<typeof plausibility>
  readonly #rounds: ReturnType<typeof rounds>
  /** Blocks that the meter does not have. */
  readonly #lacks = new Set<BlockRead>()
  #reading: Reading | undefined
  #serial: string | undefined
  #serialSaid: string | undefined
  /** Asked for at first and after each poll that failed: whoever exchanges a meter takes its supply away. */
  #serialState: 'ask' | 'known' | 'lacks'
  #errors = 0
  #wasLost = false
  #isClosed = false

  constructor(spec: ModbusMeterSpec, table: MeterTable, bus: Modbus, wiring: Wiring) {
    this.#spec = spec
    this.#table = table
    this.#bus = bus
    this.#wiring = wiring
    this.#serialState = table.serialNumber === undefined ? 'lacks' : 'ask'
    this.#name = `meter ${spec.model} unit ${spec.unit} on ${spec.bus}`
    this.#plausible = plausibility({ phases: table.phases, stepWh: stepOf(table) })
    this.#rounds = rounds(this.#name, wiring.clock, () => this.#turn())
  }

  get newest(): Reading | undefined {
    return this.#isLost ? undefined : this.#reading
  }

  close(): void {
    this.#isClosed = true
    this.#rounds.close()
  }

  get #isLost(): boolean {
    if (this.#reading === undefined) return true
    const age = this.#wiring.clock.monotonic() - this.#reading.at
    return age >= oldestReading || (this.#errors >= lostAfterErrors && age >= lostAfter)
  }

  async #turn(): Promise<Millis> {
    const { clock } = this.#wiring
    const begun = clock.monotonic()
    const outcome = await this.#poll()
    if (this.#isClosed) return usualPeriod
    if (typeof outcome === 'string') this.#fail(outcome)
    else this.#take(outcome)
    return Math.max(0, (this.#spec.pollMs ?? usualPeriod) - (clock.monotonic() - begun))
  }

  #take(reading: Reading): void {
    if ((reading.epoch ?? 0) !== (this.#reading?.epoch ?? 0)) {
      const { importWh, serial } = reading
      this.#wiring.log.warn({ meter: this.#spec.model, unit: this.#spec.unit, importWh, serial }, 'the meter was exchanged, or its register set back')
      // Another meter may have what the last one lacked.
      this.#lacks.clear()
      if (this.#table.serialNumber !== undefined) this.#serialState = 'ask'
    }
    if (this.#errors > 0) this.#wiring.health(this.#name, undefined)
    this.#reading = reading
    this.#errors = 0
    this.#wasLost = false
    this.#wiring.changed()
  }

  #fail(problem: string): void {
    // Said once, until it is well again.
    if (this.#errors === 0) this.#wiring.health(this.#name, problem)
    this.#errors++
    if (this.#serialState === 'known') this.#serialState = 'ask'
    if (this.#wasLost || !this.#isLost) return
    this.#wasLost = true
    this.#wiring.changed()
  }

  /** A reading of one moment, or why there is none. All blocks or nothing: old and new values are never mixed. */
  async #poll(): Promise<Reading | string> {
    try {
      if (this.#serialState === 'ask') await this.#askSerial()
      const answers: Answer[] = []
      let at: Millis | undefined
      for (const block of this.#table.blocks) {
        const answer = this.#lacks.has(block) ? undefined : await this.#readBlock(block)
        // The age of a reading is that of its oldest value.
        at ??= this.#wiring.clock.monotonic()
        if (answer !== undefined) answers.push(answer)
      }
      const reading = readingOf(this.#table, answers, at ?? this.#wiring.clock.monotonic(), this.#spec.invert)
      if (reading === undefined) return 'its energy register says that it is not available'
      const verdict = this.#plausible.judge(this.#serial === undefined ? reading : { ...reading, serial: this.#serial })
      return 'refused' in verdict ? verdict.refused : verdict.reading
    } catch (error) {
      if (error instanceof ModbusException) return `${error.message}: is it really ${this.#table.maker} ${this.#table.model}?`
      // Anything else is a bug.
      if (!(error instanceof DeviceError)) throw error
      return error.cause === undefined ? error.message : `${error.message} (${wordsOf(error.cause)})`
    }
  }

  async #readBlock(block: BlockRead): Promise<Answer | undefined> {
    const [at, count, most] = block
    try {
      return { at, registers: await this.#bus.read(this.#request({ from: this.#table.read, at, count, most })) }
    } catch (error) {
      if (!isLacking(error) || !isOptional(this.#table, block)) throw error
      this.#lacks.add(block)
      this.#wiring.log.info({ meter: this.#spec.model, unit: this.#spec.unit, register: at }, 'the meter does not have this register')
      return undefined
    }
  }

  async #askSerial(): Promise<void> {
    const { serialNumber, read, wordOrder } = this.#table
    if (serialNumber === undefined) return
    const { at, text, type = 'u32' } = serialNumber
    try {
      const registers = await this.#bus.read(this.#request({ from: serialNumber.read ?? read, at, count: serialNumberLength(serialNumber) }))
      const number = text === undefined ? numberAt(registers, 0, type, wordOrder) : undefined
      const said = text === undefined ? number?.toString() : textOf(registers)
      // Another number is another meter, whose register is believed: it must have been said twice.
      const isSure = this.#serial === undefined || said === this.#serial || said === this.#serialSaid
      this.#serialSaid = said
      if (!isSure) throw new DeviceError(this.#name, 'crc', new Error('its serial number is another one: it is asked again'))
      this.#serial = said
      this.#serialState = 'known'
    } catch (error) {
      if (!isLacking(error)) throw error
      this.#serial = undefined
      this.#serialState = 'lacks'
    }
  }

  #request(what: Pick<ReadRequest, 'from' | 'at' | 'count' | 'most'>): ReadRequest {
    const { evenOnly = false, gapMs } = this.#table
    return { unit: this.#spec.unit, ...what, step: evenOnly ? 2 : 1, gapMs }
  }
}

function isLacking(error: unknown): boolean {
  return error instanceof ModbusException && forGood.includes(error.code)
}

/** Resolution of the energy register, Wh; that of a float is not its table's matter. */
function stepOf(table: MeterTable): number {
  const place = placeOf(table, 'importWh')
  return place === undefined || place.type === 'f32' ? 0 : scaled(1, place.scale)
}
