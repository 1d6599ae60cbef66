import type { Clock } from '../../src/base/clock.ts'
import type { Log } from '../../src/base/log.ts'
import type { MqttClient } from '../../src/base/mqtt/client.ts'
import type { Listenable } from '../../src/base/signal.ts'
import type { PilotSpec } from '../spec/controllers.ts'
import type { AnalogSpec, InputSpec, OutputSpec } from '../spec/words.ts'
import type { Adc } from './adc.ts'
import type { Gpio, InputGroup, InputLine, OutputLine } from './gpio.ts'
import type { I2cBus } from './i2c.ts'
import type { Modbus } from './modbus.ts'
import type { MqttBusSpec } from './mqtt-bus.ts'
import type { PwmOutput } from './pwm.ts'
import type { ByteLine, SerialSettings } from './serial.ts'

/** A driver that is to be closed: its outputs are OFF afterwards. */
export type Opened<T> = T & { close(): void }

/** How the house reaches the machine: the real openers load their native module on first use; tests hand in simulated ones. */
export interface Machine {
  gpio(backend: 'auto' | 'chardev' | 'sysfs'): Promise<Gpio>
  i2c(number: number): Promise<I2cBus>
  serial(settings: SerialSettings): Promise<ByteLine>
  tcp(host: string, port: number): Promise<ByteLine>
  /** @param directory that of the board file, which names files */
  mqtt(spec: MqttBusSpec, directory: string): Promise<MqttClient>
  pwm(spec: Extract<PilotSpec, { kind: 'adc' }>['pwm']): Promise<PwmOutput>
  /** Reads a small file of the kernel (1-Wire, hwmon). */
  read(path: string): Promise<string>
  /** Key events of an input device, grabbed. */
  keys(path: string): Promise<{ readonly pressed: Listenable<number>; close(): void }>
}

/** What a board file wires up: devices ask it for lines and buses by the names in the file. Everything asked for once is shared and closed with it. */
export interface Wiring {
  readonly clock: Clock
  readonly log: Log
  readonly machine: Machine
  /** Lines of GPIO chips and of expanders alike. @throws ConfigError for a name that the file does not have, DeviceError for a line that cannot be had */
  output(spec: OutputSpec): Promise<OutputLine>
  input(spec: InputSpec): Promise<InputLine>
  group(specs: readonly InputSpec[]): Promise<InputGroup>
  /** The converter of `spec`, and the volts at the terminal for the volts at the converter. */
  analog(spec: AnalogSpec): Promise<{ readonly adc: Adc; readonly channel: number; terminalV(converterV: number): number }>
  i2c(name: string): Promise<I2cBus>
  modbus(name: string): Promise<Modbus>
  mqtt(name: string): Promise<MqttClient>
  serial(name: string): Promise<ByteLine>
  /** An input, a sample or a reading changed: wakes the guard. */
  changed(): void
  /** A device went away (undefined: came back); said once in the log and in `pilotwire doctor`. */
  health(device: string, problem: string | undefined): void
}
