import type { Adc } from '../../hal/bus/adc.ts'
import { type Edge, type InputLine, lineName, type OutputLine } from '../../hal/bus/gpio.ts'
import type { I2cBus } from '../../hal/bus/i2c.ts'
import type { PwmOutput } from '../../hal/bus/pwm.ts'
import type { Machine, Wiring } from '../../hal/bus/wiring.ts'
import { DeviceError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { type Signal, signal } from '../../src/base/signal.ts'
import type { SimulatedClock } from '../../src/base/simulated-clock.ts'

/** Wires without a computer, for tests of drivers. */

export interface FakeInput extends InputLine {
  /** Undefined: it cannot be read. */
  isActive: boolean | undefined
  readonly edges: Signal<Edge>
  /** Changes it with an edge. */
  become(isActive: boolean): void
}

export interface FakeOutput extends OutputLine {
  /** A write of this level throws. */
  fails: 'on' | 'off' | 'both' | undefined
}

export interface FakeWires extends Wiring {
  readonly inputs: Map<string, FakeInput>
  readonly outputs: Map<string, FakeOutput>
  /** `name on`, `name off` in the order in which they came. */
  readonly switched: string[]
  /** `device: problem`, or `device: back`. */
  readonly told: string[]
  changes: number
}

const noDevice = (what: string) => () => Promise.reject(new DeviceError(what, 'absent'))

export function fakeWiring(
  clock: SimulatedClock,
  with_: { readonly adc?: Adc; readonly pwm?: PwmOutput; readonly i2c?: I2cBus; readonly read?: Machine['read'] } = {},
): FakeWires {
  const wires: FakeWires = {
    clock,
    log: silentLog,
    inputs: new Map(),
    outputs: new Map(),
    switched: [],
    told: [],
    changes: 0,
    machine: {
      gpio: noDevice('gpio'),
      i2c: noDevice('i2c'),
      serial: noDevice('serial'),
      tcp: noDevice('tcp'),
      mqtt: noDevice('mqtt'),
      keys: noDevice('keys'),
      pwm: () => (with_.pwm === undefined ? noDevice('pwm')() : Promise.resolve(with_.pwm)),
      read: with_.read ?? noDevice('file'),
    },
    async output(spec) {
      const name = lineName(spec)
      const line = fakeOutput(name, (word) => wires.switched.push(word))
      wires.outputs.set(name, line)
      return line
    },
    async input(spec) {
      const line = fakeInput(clock)
      wires.inputs.set(lineName(spec), line)
      return line
    },
    mqtt: noDevice('mqtt'),
    group: noDevice('group'),
    async analog({ channel, scale = 1, offsetV = 0 }) {
      if (with_.adc === undefined) throw new DeviceError('adc', 'absent')
      return { adc: with_.adc, channel, terminalV: (volts) => volts * scale + offsetV }
    },
    i2c: () => (with_.i2c === undefined ? noDevice('i2c')() : Promise.resolve(with_.i2c)),
    modbus: noDevice('modbus'),
    serial: noDevice('serial'),
    changed() {
      wires.changes++
    },
    health(device, problem) {
      wires.told.push(`${device}: ${problem ?? 'back'}`)
    },
  }
  return wires
}

function fakeInput(clock: SimulatedClock): FakeInput {
  const edges = signal<Edge>()
  const line: FakeInput = {
    isActive: false,
    edges,
    become(isActive) {
      line.isActive = isActive
      edges.emit({ isActive, at: clock.monotonic(), line: 0 })
    },
    close() {},
  }
  return line
}

function fakeOutput(name: string, note: (word: string) => void): FakeOutput {
  let isOn = false
  const set = (next: boolean) => {
    const level = next ? 'on' : 'off'
    if (line.fails === level || line.fails === 'both') throw new DeviceError(name, 'refused')
    if (isOn !== next) note(`${name} ${level}`)
    isOn = next
  }
  const line: FakeOutput = {
    fails: undefined,
    on: () => set(true),
    off: () => set(false),
    get isOn() {
      return isOn
    },
    close: () => set(false),
  }
  return line
}
