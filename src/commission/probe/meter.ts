import { type CataloguedMeter, meterCatalogue } from '../../../hal/meters/models.ts'
import { openMeter } from '../../../hal/meters/open.ts'
import { meterTableOf } from '../../../hal/meters/poll.ts'
import type { WiredBoardSpec } from '../../../hal/spec/board.ts'
import type { MeterSpec } from '../../../hal/spec/wires.ts'
import type { Meter, Reading } from '../../../hal/types.ts'
import type { Clock } from '../../base/clock.ts'
import { ConfigError } from '../../base/errors.ts'
import { type Millis, seconds } from '../../base/units.ts'
import { liveText } from '../terminal.ts'
import { adhocBoard, frameWords, type PortOptions } from './adhoc.ts'
import { type Bench, enoughOf, nowhere, outletOf, wiredBoard, withWires } from './bench.ts'

export interface MeterOptions extends PortOptions {
  readonly board?: string
  readonly outlet?: number
  readonly model?: string
  readonly unit?: number
  readonly live?: boolean
  readonly list?: boolean
}

/** Longer than a meter needs to answer, with its tries. */
const answersWithin: Millis = seconds(8)

/** Reads a meter once, or until ctrl-C. */
export async function probeMeter(options: MeterOptions, bench: Bench): Promise<0 | 1> {
  const { stdout, stderr } = bench.terminal
  if (options.list === true) {
    stdout.write(printedCatalogue(await meterCatalogue()))
    return 0
  }
  const { spec, meter, words, hint } = await meterOf(options)
  stderr.write(`Asking ${words} ...\n`)
  return await withWires(spec, bench, async (wiring) => {
    const device = await openMeter(meter, wiring, spec.directory, nowhere())
    try {
      const first = await nextReading(device, undefined, bench.clock)
      if (first === undefined) {
        stderr.write(`pilotwire: no reading within ${answersWithin / 1_000} s. ${hint}\n`)
        return 1
      }
      if (options.live === true) await live(device, first, bench)
      else stdout.write(printedReading(first))
      return 0
    } finally {
      device.close()
    }
  })
}

interface Asked {
  readonly spec: WiredBoardSpec
  readonly meter: MeterSpec
  readonly words: string
  readonly hint: string
}

async function meterOf(options: MeterOptions): Promise<Asked> {
  if (options.board !== undefined) {
    const number = options.outlet ?? 1
    const spec = await wiredBoard(options.board)
    const { meter } = outletOf(spec, number)
    if (meter === undefined)
      throw new ConfigError('--outlet', '', `outlet ${number} of ${spec.name} has no meter`, 'Name another outlet, or --port, --model and --unit')
    const bus = meter.kind === 'modbus' ? spec.buses?.[meter.bus] : undefined
    const line = bus?.kind === 'modbus-rtu' ? `, ${bus.path} at ${frameWords(bus)}` : ''
    const words = {
      modbus: meter.kind === 'modbus' ? `${meter.model}, unit ${meter.unit} on ${meter.bus}${line}` : '',
      mqtt: meter.kind === 'mqtt' ? `published at ${meter.bus}` : '',
      s0: 'an S0 input; it counts from 0, and shows power after two pulses',
    }[meter.kind]
    return { spec, meter, words, hint: bus?.kind === 'modbus-rtu' ? whoIsThere({ ...bus, port: bus.path }) : 'Check its wires.' }
  }
  const { model } = options
  if (model === undefined)
    throw new ConfigError('--model', '', 'is missing', 'Name the meter (--list lists those built in) or its .yaml file, or a board file (--board)')
  const { factory } = await meterTableOf(model, '.')
  const as = { ...(factory === undefined ? {} : { baud: factory.baud, parity: factory.parity, stopBits: factory.stopBits }), ...options }
  const { spec, bus, words } = adhocBoard(as)
  const unit = options.unit ?? factory?.unit ?? 1
  return { spec, meter: { kind: 'modbus', bus, unit, model }, words: `${model}, unit ${unit}, ${words}`, hint: whoIsThere(as) }
}

function whoIsThere({ port, tcp, baud, parity, stopBits }: PortOptions): string {
  const flags = Object.entries({ port, tcp, baud, parity, 'stop-bits': stopBits }).flatMap(([name, value]) =>
    value === undefined ? [] : [` --${name} ${value}`],
  )
  return `Who is on the bus: pilotwire probe modbus${flags.join('')}`
}

/** The next reading after `before`, or undefined when none comes in time. */
function nextReading(device: Meter, before: Reading | undefined, clock: Clock, isEnough: () => boolean = () => false): Promise<Reading | undefined> {
  return new Promise((resolve) => {
    const until = clock.monotonic() + answersWithin
    const timer = clock.every('probe meter', 100, () => {
      const { newest } = device
      const isNew = newest !== undefined && newest.at !== before?.at
      if (!isNew && clock.monotonic() < until && !isEnough()) return
      timer.stop()
      resolve(isNew ? newest : undefined)
    })
  })
}

async function live(device: Meter, first: Reading, bench: Bench): Promise<void> {
  const text = liveText(bench.terminal.stdout)
  let isEnough = false
  void enoughOf(bench).then(() => {
    isEnough = true
  })
  text.show(`${printedReading(first)}\n(ctrl-C ends)`)
  for (let before = first; !isEnough; ) {
    const next = await nextReading(device, before, bench.clock, () => isEnough)
    if (next !== undefined) text.show(`${printedReading(next)}\n(ctrl-C ends)`)
    else if (!isEnough) {
      text.keep()
      bench.terminal.stdout.write('no answer\n')
    }
    before = next ?? before
  }
}

const columns = (label: string, values: readonly (number | undefined)[], unit: string, digits: number) =>
  values.every((each) => each === undefined)
    ? []
    : [`${label.padEnd(16)}${values.map((each) => (each === undefined ? '-' : each.toFixed(digits)).padStart(12)).join('')}  ${unit}\n`]

/** One reading with names and units. What the meter does not have is left out. */
export function printedReading({ importWh, exportWh, powerW, phases, frequencyHz, powerFactor, serial }: Reading): string {
  const perPhase = (label: string, of: (phase: Reading['phases'][number]) => number | undefined, unit: string, digits: number) =>
    columns(label, phases.map(of), unit, digits)
  return [
    `${''.padEnd(16)}${phases.map((_, at) => `L${at + 1}`.padStart(12)).join('')}\n`,
    ...perPhase('voltage', (each) => each.voltageV, 'V', 1),
    ...perPhase('current', (each) => each.currentA, 'A', 2),
    ...perPhase('power', (each) => each.powerW, 'W', 0),
    ...(phases.length === 1 && phases[0]?.powerW !== undefined ? [] : columns('power, total', [powerW], 'W', 0)),
    ...columns('energy, import', [importWh / 1_000], 'kWh', 3),
    ...columns('energy, export', [exportWh === undefined ? undefined : exportWh / 1_000], 'kWh', 3),
    ...columns('frequency', [frequencyHz], 'Hz', 2),
    ...columns('power factor', [powerFactor], '', 3).map((line) => `${line.trimEnd()}\n`),
    ...(serial === undefined ? [] : [`${'serial number'.padEnd(16)}${serial.padStart(12)}\n`]),
  ].join('')
}

/** What the models are called and how they leave the factory. */
export function printedCatalogue(meters: readonly CataloguedMeter[]): string {
  const width = Math.max(...meters.map(({ name }) => name.length))
  return meters
    .map(({ name, table: { maker, model, phases, factory } }) => {
      const line = factory === undefined ? '' : `${frameWords(factory)}, unit ${factory.unit}`
      return `${name.padEnd(width)}  ${phases} phase${phases === 1 ? ' ' : 's'}  ${line.padEnd(19)}  ${maker} ${model}\n`
    })
    .join('')
}
