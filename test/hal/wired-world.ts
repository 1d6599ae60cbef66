import { type Edge, type InputLine, lineName, type OutputLine } from '../../hal/bus/gpio.ts'
import type { I2cBus } from '../../hal/bus/i2c.ts'
import type { Modbus } from '../../hal/bus/modbus.ts'
import type { ByteLine } from '../../hal/bus/serial.ts'
import type { Machine, Wiring } from '../../hal/bus/wiring.ts'
import type { Clock } from '../../src/base/clock.ts'
import { ConfigError } from '../../src/base/errors.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import type { MqttClient } from '../../src/base/mqtt/client.ts'
import { signal } from '../../src/base/signal.ts'

/** An input that a test holds, and an output that it looks at. */
export interface FakeLine {
  isActive: boolean | undefined
  readonly onChange: (listener: (isOn: boolean) => void) => void
  set(isActive: boolean | undefined): void
}

export interface WiredWorldOptions {
  readonly clock: Clock
  readonly log?: Log
  readonly serial?: Readonly<Record<string, ByteLine>>
  readonly i2c?: Readonly<Record<string, I2cBus>>
  readonly modbus?: Readonly<Record<string, Modbus>>
  readonly mqtt?: Readonly<Record<string, MqttClient>>
  readonly machine?: Partial<Machine>
}

/** Wires of a test: lines by their name, buses as they are handed in. */
export function wiredWorld(o: WiredWorldOptions) {
  const { clock } = o
  const changed = signal<void>()
  const healths: (readonly [device: string, problem: string | undefined])[] = []
  const lines = new Map<string, FakeLine & { readonly edges: ReturnType<typeof signal<Edge>> }>()
  const line = (name: string) => {
    const known = lines.get(name)
    if (known !== undefined) return known
    const listeners: ((isOn: boolean) => void)[] = []
    const edges = signal<Edge>()
    const made = {
      isActive: false as boolean | undefined,
      edges,
      onChange: (listener: (isOn: boolean) => void) => void listeners.push(listener),
      set(isActive: boolean | undefined) {
        if (made.isActive === isActive) return
        made.isActive = isActive
        for (const each of listeners) each(isActive === true)
        edges.emit({ isActive: isActive === true, at: clock.monotonic(), line: 0 })
        changed.emit()
      },
    }
    lines.set(name, made)
    return made
  }
  const of = async <T>(kind: string, name: string, things: Readonly<Record<string, T>> | undefined): Promise<T> => {
    const found = things?.[name]
    if (found === undefined) throw new ConfigError('board test', `buses.${name}`, `is no ${kind}`, 'Name another')
    return found
  }
  const wiring: Wiring = {
    clock,
    log: o.log ?? silentLog,
    machine: (o.machine ?? {}) as Machine,
    async output(spec): Promise<OutputLine> {
      const own = line(lineName(spec))
      return {
        on: () => own.set(true),
        off: () => own.set(false),
        get isOn() {
          return own.isActive
        },
        close: () => own.set(false),
      }
    },
    async input(spec): Promise<InputLine> {
      const own = line(lineName(spec))
      return {
        get isActive() {
          return own.isActive
        },
        edges: own.edges,
        close() {},
      }
    },
    group: () => Promise.reject(new Error('no groups here')),
    analog: () => Promise.reject(new Error('no converters here')),
    i2c: (name) => of('i2c', name, o.i2c),
    modbus: (name) => of('modbus', name, o.modbus),
    serial: (name) => of('serial', name, o.serial),
    mqtt: (name) => of('mqtt', name, o.mqtt),
    changed: () => changed.emit(),
    health(device, problem) {
      healths.push([device, problem])
      changed.emit()
    },
  }
  return { wiring, changed, healths, line: (name: string): FakeLine => line(name) }
}
