import type { Clock } from '../../src/base/clock.ts'
import { ConfigError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import type { MqttClient } from '../../src/base/mqtt/client.ts'
import { nearest } from '../../src/base/nearest.ts'
import { openPart } from '../parts/open.ts'
import type { Pins } from '../parts/pins.ts'
import type { WiredBoardSpec } from '../spec/board.ts'
import type { BusSpec, ModbusBusSpec } from '../spec/wires.ts'
import type { LineSpec } from '../spec/words.ts'
import type { Adc } from './adc.ts'
import { closeAll } from './close-all.ts'
import { type Gpio, lineName } from './gpio.ts'
import type { I2cBus } from './i2c.ts'
import type { Modbus } from './modbus.ts'
import type { ByteLine, SerialSettings } from './serial.ts'
import type { Machine, Opened, Wiring } from './wiring.ts'

export interface WireUpOptions {
  readonly clock: Clock
  readonly log: Log
  readonly machine: Machine
  readonly changed: () => void
  /** An input line changed. */
  readonly edged: () => void
  readonly health: (device: string, problem: string | undefined) => void
}

/** Wires of one board file: what several devices share is opened once, and all of it is closed together, the last opened first.
 *  Outputs are closed before the buses that carry them, so that each is OFF on a living bus. */
export function wireUp(spec: WiredBoardSpec, { clock, log, machine, changed, edged, health }: WireUpOptions): Opened<Wiring> {
  const source = `board ${spec.name}`
  const opened: { close(): void }[] = []
  const kept = <T extends { close(): void }>(thing: T): T => {
    opened.push(thing)
    return thing
  }
  /** Opens a thing when it is first asked for; those who come later wait for the same. */
  const shared = <T extends { close(): void }>(open: (name: string) => Promise<T>) => {
    const known = new Map<string, Promise<T>>()
    // Async: a name that is not in the file is a promise that fails, as anything else that cannot be had.
    const begin = async (name: string) => kept(await open(name))
    return (name: string): Promise<T> => {
      const found = known.get(name) ?? begin(name)
      known.set(name, found)
      return found
    }
  }
  const gpio = shared<Gpio>(() => machine.gpio(spec.gpio ?? 'auto'))
  const busOf = (name: string, kinds: readonly BusSpec['kind'][]): BusSpec => {
    const found = spec.buses?.[name]
    if (found === undefined) throw unknown(`buses.${name}`, name, Object.keys(spec.buses ?? {}))
    if (kinds.includes(found.kind)) return found
    throw new ConfigError(source, `buses.${name}`, `is ${found.kind}`, `The device that uses it needs ${kinds.join(' or ')}`)
  }
  const unknown = (field: string, name: string, known: readonly string[]) => {
    const meant = nearest(name, known)
    const remedy = meant === undefined ? `Known here: ${known.join(', ') || 'none'}` : `Did you mean ${meant}?`
    return new ConfigError(source, field, 'is not in the file', remedy)
  }
  const i2c = shared<I2cBus>((name) => machine.i2c((busOf(name, ['i2c']) as Extract<BusSpec, { kind: 'i2c' }>).number))
  const serial = shared<ByteLine>((name) => machine.serial(serialSettings(busOf(name, ['serial']) as Extract<BusSpec, { kind: 'serial' }>)))
  const modbus = shared<Modbus>((name) =>
    openModbus(name, busOf(name, ['modbus-rtu', 'modbus-tcp', 'modbus-rtu-over-tcp']) as ModbusBusSpec, { clock, log, machine }),
  )
  const mqtt = shared<MqttClient>((name) => machine.mqtt(busOf(name, ['mqtt']) as Extract<BusSpec, { kind: 'mqtt' }>, spec.directory))
  const parts = shared<Opened<Pins | Adc>>(async (name) => {
    const found = spec.parts?.[name]
    if (found === undefined) throw unknown(`parts.${name}`, name, Object.keys(spec.parts ?? {}))
    return await openPart(name, found, await i2c(found.bus), { clock, log, changed, health })
  })
  /** The pins of the part that a line names, or undefined for a line of a GPIO chip. @throws ConfigError for a line that is nowhere or in two places */
  const pinsFor = async (line: LineSpec): Promise<{ readonly pins: Pins; readonly pin: number } | undefined> => {
    const places = [line.header !== undefined, line.chip !== undefined, line.name !== undefined, line.part !== undefined].filter(Boolean).length
    const isWhole = (line.chip === undefined) === (line.offset === undefined) && (line.part === undefined) === (line.pin === undefined)
    if (places !== 1 || !isWhole)
      throw new ConfigError(source, lineName(line), 'is not one line', 'Name it by header, by chip and offset, by name, or by part and pin')
    if (line.part === undefined || line.pin === undefined) return undefined
    const part = await parts(line.part)
    if (!('output' in part)) throw new ConfigError(source, `parts.${line.part}`, 'has no pins', 'Name an expander or a relay board')
    return { pins: part, pin: line.pin }
  }
  const lines = new Set<string>()
  const taken = (line: LineSpec, as: 'output' | 'input') => {
    // Relays and inputs of a relay board are counted apart.
    const name = line.part === undefined ? lineName(line) : `${as} ${lineName(line)}`
    if (lines.has(name)) throw new ConfigError(source, name, 'has two uses', 'Give each device a line of its own')
    lines.add(name)
  }
  return {
    clock,
    log,
    machine,
    changed,
    health,
    async output(line) {
      const at = await pinsFor(line)
      taken(line, 'output')
      return kept(at === undefined ? (await gpio('')).output(line) : at.pins.output(at.pin, line))
    },
    async input(line) {
      const at = await pinsFor(line)
      taken(line, 'input')
      const opened = kept(at === undefined ? (await gpio('')).input(line) : at.pins.input(at.pin, line))
      opened.edges.on(() => edged())
      return opened
    },
    async group(lines) {
      for (const line of lines) {
        if ((await pinsFor(line)) !== undefined)
          throw new ConfigError(source, lineName(line), 'is on an expander, which loses edges', 'Use lines of a GPIO chip')
      }
      for (const line of lines) taken(line, 'input')
      return kept((await gpio('')).group(lines))
    },
    async analog({ part: name, channel, scale = 1, offsetV = 0 }) {
      const part = await parts(name)
      if (!('convert' in part)) throw new ConfigError(source, `parts.${name}`, 'is not a converter', 'Name an ADS1115 or ADS1015')
      return { adc: part, channel, terminalV: (converterV) => converterV * scale + offsetV }
    },
    i2c,
    modbus,
    mqtt,
    serial,
    close: () => closeAll(opened, log),
  }
}

function serialSettings({
  path,
  baud = 9_600,
  parity = 'none',
  stopBits = 1,
}: {
  path: string
  baud?: number
  parity?: SerialSettings['parity']
  stopBits?: 1 | 2
}): SerialSettings {
  return { path, baud, parity, stopBits }
}

async function openModbus(name: string, spec: ModbusBusSpec, { clock, log, machine }: Pick<WireUpOptions, 'clock' | 'log' | 'machine'>): Promise<Modbus> {
  const of = { clock, log }
  if (spec.kind === 'modbus-rtu') {
    const { modbusRtu } = await import('./modbus-rtu.ts')
    return modbusRtu(name, await machine.serial(serialSettings(spec)), spec, of)
  }
  const line = await machine.tcp(spec.host, spec.port ?? 502)
  if (spec.kind === 'modbus-tcp') return (await import('./modbus-tcp.ts')).modbusTcp(name, line, spec, of)
  return (await import('./modbus-rtu.ts')).modbusRtu(name, line, spec, of)
}
