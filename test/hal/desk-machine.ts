import type { InputLine, OutputLine } from '../../hal/bus/gpio.ts'
import { lineName } from '../../hal/bus/gpio.ts'
import type { PwmOutput } from '../../hal/bus/pwm.ts'
import type { ByteLine } from '../../hal/bus/serial.ts'
import type { Machine } from '../../hal/bus/wiring.ts'
import { meterTableOf } from '../../hal/meters/poll.ts'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { dangerousOf, inputsOf } from '../../hal/spec/used.ts'
import type { LineSpec, OutputSpec } from '../../hal/spec/words.ts'
import { silentLog } from '../../src/base/log.ts'
import { mqttClient } from '../../src/base/mqtt/client.ts'
import { signal } from '../../src/base/signal.ts'
import type { SimulatedClock } from '../../src/base/simulated-clock.ts'
import { fakeBroker } from '../base/mqtt/fake-broker.ts'
import { type Car, car } from './evse/car.ts'
import { evseWbModel } from './evse/evse-wb-model.ts'
import { openEvseModel } from './evse/openevse-model.ts'
import { RegisterImage } from './meters/image.ts'
import { memoryLine } from './modbus/lines.ts'
import { modbusSlave, type Unit } from './modbus/slave.ts'
import { type FakeChip, fakeAds1115, fakeBus, fakeMcp23017, fakePca9554, fakePcf8574, type RegisterChip } from './parts/chips.ts'

/** A line of a simulated GPIO chip: what is at the pin, 0 or 1. */
export interface Pin {
  level: 0 | 1
  /** Levels since it was requested, the first one included. */
  readonly history: (0 | 1)[]
  readonly direction: 'output' | 'input'
}

/** Everything that a board file names, simulated: chips on buses, devices on lines, a car at each outlet, contactors that follow their coils. */
export async function deskMachine(spec: WiredBoardSpec, clock: SimulatedClock) {
  const pins = new Map<string, Pin & { readonly edges: ReturnType<typeof signal<{ isActive: boolean; at: number; line: number }>>; activeLow: boolean }>()
  const changed = signal<void>()
  const wires = { levels: 0x0f }
  const volts = [0, 0, 0, 1.65]
  let duty = 0
  const cars: Car[] = spec.evses.map(() => car(clock, () => changed.emit()))
  const devices = new Map<string, { readonly isClosed: boolean }>()

  const pinOf = (line: LineSpec, direction: Pin['direction'], level: 0 | 1) => {
    const name = lineName(line)
    if (pins.has(name)) throw new Error(`${name} was requested twice`)
    const pin = { level, history: [level], direction, edges: signal<{ isActive: boolean; at: number; line: number }>(), activeLow: line.activeLow === true }
    pins.set(name, pin)
    return pin
  }
  const set = (name: string, level: 0 | 1) => {
    const pin = pins.get(name)
    if (pin === undefined || pin.level === level) return
    pin.level = level
    pin.history.push(level)
    pin.edges.emit({ isActive: (level === 1) !== pin.activeLow, at: clock.monotonic(), line: 0 })
    changed.emit()
  }
  const gpio = {
    kind: 'simulated' as const,
    output(line: LineSpec): OutputLine {
      const off = line.activeLow === true ? 1 : 0
      const pin = pinOf(line, 'output', off)
      const to = (level: 0 | 1) => set(lineName(line), level)
      return {
        on: () => to(off === 0 ? 1 : 0),
        off: () => to(off),
        get isOn() {
          return pin.level !== off
        },
        close: () => to(off),
      }
    },
    input(line: LineSpec): InputLine {
      // Nothing is active: the contact is as it should be.
      const pin = pinOf(line, 'input', line.activeLow === true ? 1 : 0)
      return {
        get isActive() {
          return (pin.level === 1) !== pin.activeLow
        },
        edges: pin.edges,
        close() {},
      }
    },
    group: (lines: readonly LineSpec[]) => {
      for (const line of lines) pinOf(line, 'input', 1)
      return { edges: signal<never>(), close() {} }
    },
    close() {},
  }
  const bus = fakeBus(clock)
  for (const part of Object.values(spec.parts ?? {})) {
    const chip: FakeChip =
      part.kind === 'ads1115'
        ? fakeAds1115(clock, volts)
        : part.kind === 'mcp23017'
          ? fakeMcp23017(wires)
          : part.kind === 'pcf8574'
            ? fakePcf8574(wires)
            : fakePca9554(wires)
    bus.chips.set('address' in part ? part.address : (0x38 + (part.stack ?? 0)) ^ 0x07, chip)
  }
  const units = await unitsOf(spec)
  const serial = (path: string): ByteLine => {
    const { line, wire } = memoryLine(path)
    const [name, found] = Object.entries(spec.buses ?? {}).find(([, each]) => 'path' in each && each.path === path) ?? []
    if (name === undefined || found === undefined) throw new Error(`nothing is plugged into ${path}`)
    if (found.kind === 'modbus-rtu') {
      const answering = new Map<number, Unit>(units.filter((each) => each.bus === name).map(({ unit, device }) => [unit, device]))
      for (const [at, { controller }] of spec.evses.entries()) {
        if (controller.kind !== 'evse-wb-din' || controller.bus !== name) continue
        const model = evseWbModel(clock)
        answering.set(controller.unit ?? 1, model.unit)
        cars[at] = model.ev
        devices.set(`outlet ${at + 1}`, model)
      }
      modbusSlave(wire, { clock, units: answering })
    }
    const at = spec.evses.findIndex(({ controller }) => controller.kind === 'openevse-rapi' && controller.bus === name)
    if (at >= 0) {
      const model = openEvseModel(clock, wire)
      cars[at] = model.ev
      devices.set(`outlet ${at + 1}`, model)
    }
    return line
  }
  const machine: Machine = {
    gpio: async () => gpio,
    i2c: async () => bus,
    serial: async ({ path }) => serial(path),
    tcp: async () => memoryLine('tcp').line,
    mqtt: async () => mqttClient({ dial: fakeBroker().dial, clientId: 'desk', clock, log: silentLog, chance: () => 0 }),
    pwm: async (): Promise<PwmOutput> => ({
      set(next) {
        duty = next
        cars[0]?.pwm(next > 0 && next < 100)
        follow()
      },
      close() {
        duty = 0
        follow()
      },
    }),
    read: async () => '20000\n',
    keys: async () => ({ pressed: signal<number>(), close() {} }),
  }

  /** Volts of the pilot behind the detectors of `bench-native`. */
  const follow = () => {
    const state = cars[0]?.state ?? 'A'
    const high = duty === 0 ? 0 : { A: 12, B: 9, C: 6, D: 3 }[state]
    const low = duty === 100 ? 0 : 12
    volts[0] = high / 4.03
    volts[1] = low / 4.03
    // Bench-pilot switches: plugged, ready.
    for (const [at, { controller }] of spec.evses.entries()) {
      if (controller.kind !== 'native' || controller.pilot.kind !== 'contacts') continue
      const is = cars[at]?.state ?? 'A'
      press(controller.pilot.plugged, is !== 'A')
      press(controller.pilot.ready, is === 'C' || is === 'D')
    }
  }
  /** Makes an input active or not, on whatever chip it is. */
  const press = (line: LineSpec, isActive: boolean) => {
    if (line.part === undefined) return set(lineName(line), isActive !== (line.activeLow === true) ? 1 : 0)
    // Opto-inputs of the relay board: input n is bit 4 - n, low while a voltage is there.
    const bit = 1 << (4 - (line.pin ?? 0))
    const hasVoltage = isActive !== (line.activeLow === true)
    wires.levels = hasVoltage ? wires.levels & ~bit : wires.levels | bit
  }
  /** What an output is told, on whatever chip it is. */
  const isOn = (line: OutputSpec): boolean => {
    if (line.part === undefined) return pins.get(lineName(line))?.level === (line.activeLow === true ? 0 : 1)
    const [chip] = bus.chips.values()
    const bits = spec.parts?.[line.part]?.kind === 'sequent-8rel' ? [0, 2, 6, 4, 5, 7, 3, 1] : [7, 6, 5, 4]
    return (((chip as RegisterChip).registers[1] ?? 0) & (1 << (bits[(line.pin ?? 1) - 1] ?? 0))) !== 0
  }
  /** The contacts of an outlet: closed while every coil relay in series is. */
  const isClosed = (at: number): boolean => {
    const output = spec.evses[at]?.controller.contactor?.output
    return (output === undefined || isOn(output)) && devices.get(`outlet ${at + 1}`)?.isClosed !== false
  }
  /** Contacts move, mirror contacts with them. */
  const mirrors = () => {
    for (const [at, { controller }] of spec.evses.entries()) {
      const mirror = controller.contactor?.mirror
      if (mirror !== undefined) press(mirror, isClosed(at) !== (mirror.isOpenWhenActive === true))
    }
  }
  /** A residual current monitor trips 40 ms into its test, and no longer than that. */
  const monitors = () => {
    for (const { controller } of spec.evses) {
      const { test, trip } = controller.residualCurrent ?? {}
      if (test !== undefined && trip !== undefined) press(trip, isOn(test))
    }
  }
  clock.every('contacts', 20, () => {
    follow()
    mirrors()
    monitors()
  })
  // Nothing is active on the relay boards either.
  for (const { input } of inputsOf(spec)) if (input.part !== undefined) press(input, false)
  // Whoever plays the car with two switches waits for nothing.
  for (const [at, { controller }] of spec.evses.entries()) if (controller.kind === 'native' && controller.pilot.kind === 'contacts') cars[at]?.pwm(true)
  changed.on(follow)
  return {
    machine,
    isOn,
    isClosed,
    mirrors,
    pins,
    bus,
    volts,
    cars,
    devices,
    press,
    follow,
    outputs: dangerousOf(spec).outputs,
    inputs: inputsOf(spec),
    get duty() {
      return duty
    },
  }
}

/** A register image of each meter, with 230 V and no current. */
async function unitsOf(spec: WiredBoardSpec): Promise<readonly { readonly bus: string; readonly unit: number; readonly device: Unit }[]> {
  const found = []
  for (const { meter } of [...spec.evses, ...(spec.grid === undefined ? [] : [spec.grid])]) {
    if (meter?.kind !== 'modbus') continue
    const table = await meterTableOf(meter.model, spec.directory)
    const image = new RegisterImage()
    const at = (field: unknown): readonly number[] =>
      typeof field === 'number'
        ? [field]
        : Array.isArray(field)
          ? (field as number[])
          : typeof field === 'object' && field !== null
            ? [(field as { at: number | number[] }).at].flat()
            : []
    if (table.type === 'f32') {
      for (const [start, count] of table.blocks) for (let each = start; each < start + count; each += 2) image.set(each, 'f32', 0)
      for (const each of at(table.voltageV)) image.set(each, 'f32', 230)
      for (const each of at(table.importWh)) image.set(each, 'f32', 12.5)
      for (const each of at(table.frequencyHz)) image.set(each, 'f32', 50)
    }
    found.push({ bus: meter.bus, unit: meter.unit, device: { read: (_from: 'holding' | 'input', register: number) => image.read(register, 1)[0] } })
  }
  return found
}
