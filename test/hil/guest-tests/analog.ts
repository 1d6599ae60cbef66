import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import type { Adc } from '../../../hal/bus/adc.ts'
import { openI2c } from '../../../hal/bus/i2c-bus.ts'
import { openPwm } from '../../../hal/bus/pwm-sysfs.ts'
import type { Opened, Wiring } from '../../../hal/bus/wiring.ts'
import { openAdcPilot } from '../../../hal/evse/adc-pilot.ts'
import { openPart } from '../../../hal/parts/open.ts'
import type { Pins } from '../../../hal/parts/pins.ts'
import { openSensor } from '../../../hal/sensors/open.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { DeviceError, wordsOf } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type Check, equal, near, pause, refuses, runChecks, say, spread, until } from '../check.ts'
import { makeMachine } from '../machine.ts'
import { converterUv, divider, i2c, pilotInputs, pwm } from '../wires.ts'

/** The drivers of I2C parts, of the PWM and of the native pilot on the kernel's own interfaces. Ends with 1 when one check fails. */

const clock = systemClock()
const machine = makeMachine()
const told: string[] = []
const options = {
  clock,
  log: silentLog,
  changed() {},
  health: (device: string, problem: string | undefined) => void told.push(`${device}: ${problem ?? 'back'}`),
}
const bus = await openI2c(i2c.bus, clock)
const adcSpec = { kind: 'ads1115', bus: 'i2c', address: i2c.adc } as const

async function adcOf(): Promise<Opened<Adc>> {
  const part = await openPart('adc', adcSpec, bus, options)
  if (!('convert' in part)) throw new TypeError('no converter')
  return part
}
async function pinsOf(): Promise<Opened<Pins>> {
  const part = await openPart('expander', { kind: 'mcp23017', bus: 'i2c', address: i2c.expander }, bus, options)
  if (!('output' in part)) throw new TypeError('no pins')
  return part
}
const problemOf = (promise: Promise<unknown>) => promise.then(String, (error: unknown) => (error instanceof DeviceError ? error.problem : wordsOf(error)))
const levels = () => Number.parseInt(machine.readModel('mcp23017_levels'), 16)
const pin = () => readFileSync(`${pwm.model}/channel${pwm.channel}`, 'utf8').trim()
const wellAgain = () => {
  for (const each of ['ads1115', 'mcp23017', 'lm75']) machine.writeModel(each, 'ok')
}

const unused = () => Promise.reject(new Error('not in this check'))
/** As much of the wiring as pilot and sensor ask for. */
async function wiring(changed: () => void = () => {}): Promise<Wiring & { close(): void }> {
  const adc = await adcOf()
  return {
    clock,
    log: silentLog,
    machine: { gpio: unused, i2c: unused, serial: unused, tcp: unused, mqtt: unused, keys: unused, read: unused, pwm: (spec) => openPwm(spec, { clock }) },
    output: unused,
    input: unused,
    group: unused,
    analog: async ({ channel, scale = 1, offsetV = 0 }) => ({ adc, channel, terminalV: (volts) => volts * scale + offsetV }),
    i2c: async () => bus,
    modbus: unused,
    mqtt: unused,
    serial: unused,
    changed,
    health: options.health,
    close: () => adc.close(),
  }
}

const converter: readonly Check[] = [
  {
    name: 'ADS1115: four inputs, four voltages, in any order',
    async run() {
      const adc = await adcOf()
      const given = [0.45, 1.25, 2.85, 3.3]
      for (const [channel, value] of given.entries()) machine.writeModel(`ain${channel}_uv`, value * 1_000_000)
      const times: number[] = []
      for (let round = 0; round < 60; round++) {
        const channel = (round * 7) % 4
        const began = clock.monotonic()
        near(await adc.convert(channel), given[channel] ?? 0, 0.000_2, `AIN${channel}`)
        times.push(clock.monotonic() - began)
      }
      return spread(times)
    },
  },
  {
    name: 'ADS1115: absent, stuck, a held bus and a clipped value are errors, and no value afterwards is of another input',
    async run() {
      const adc = await adcOf()
      const given = [0.5, 1.5, 2.5, 3.5]
      for (const [channel, value] of given.entries()) machine.writeModel(`ain${channel}_uv`, value * 1_000_000)
      for (const [health, problem] of [
        ['absent', 'absent'],
        ['stuck', 'timeout'],
        ['holds', 'timeout'],
      ] as const) {
        machine.writeModel('ads1115', health)
        // A converter that is stuck keeps the configuration it had: found out either by that or by its busy bit.
        const said = await problemOf(adc.convert(1))
        if (said !== problem && !(health === 'stuck' && said === 'crc')) throw new Error(`${health}: ${said}`)
        machine.writeModel('ads1115', 'ok')
        for (const channel of [2, 0, 3]) near(await adc.convert(channel), given[channel] ?? 0, 0.000_2, `AIN${channel} after ${health}`)
      }
      machine.writeModel('ain0_uv', 4_200_000)
      equal(await problemOf(adc.convert(0)), 'refused', 'a clipped value')
    },
  },
  {
    name: 'the bus: a wrong address says who, where and why',
    async run() {
      const words = await bus.transfer(0x21, Uint8Array.of(0), 1).then(String, (error: Error) => `${error.message} ${wordsOf(error.cause)}`)
      if (!/I2C bus 1 address 0x21: absent nobody answers/.test(words)) throw new Error(words)
      const other = await openI2c(9, clock)
      const nowhere = await other.transfer(0x20, Uint8Array.of(0), 1).then(String, (error: Error) => wordsOf(error.cause))
      if (!/no \/dev\/i2c-9. Add dtparam=i2c_arm=on/.test(nowhere)) throw new Error(nowhere)
    },
  },
]

const expander: readonly Check[] = [
  {
    name: 'MCP23017: OFF first, inputs by polling, read back',
    async run() {
      machine.writeModel('mcp23017_wires', '0xffff')
      const pins = await pinsOf()
      try {
        const relay = pins.output(0, {})
        const turned = pins.output(1, { activeLow: true })
        const contact = pins.input(9, { activeLow: true })
        equal(levels() & 0b11, 0b10, 'levels at first')
        relay.on()
        equal(levels() & 0b11, 0b11, 'levels at once')
        await until(
          clock,
          'read back',
          () => [relay.isOn, turned.isOn],
          (seen) => seen[0] === true && seen[1] === false,
        )
        const began = clock.monotonic()
        machine.writeModel('mcp23017_wires', '0xfdff')
        await until(
          clock,
          'input',
          () => contact.isActive,
          (is) => is === true,
        )
        return `input seen after ${Math.round(clock.monotonic() - began)} ms`
      } finally {
        pins.close()
        equal(levels() & 0b11, 0b10, 'levels when it is closed')
      }
    },
  },
  {
    name: 'MCP23017: absent and back; the OFF that failed arrives',
    async run() {
      const pins = await pinsOf()
      try {
        const relay = pins.output(0, {})
        relay.on()
        await until(
          clock,
          'read back',
          () => relay.isOn,
          (is) => is === true,
        )
        machine.writeModel('mcp23017', 'absent')
        // Told to whoever asked; the OFF itself is owed, and written when the chip is back.
        refuses(() => relay.off(), /absent/)
        await until(
          clock,
          'unknown',
          () => relay.isOn,
          (is) => is === undefined,
        )
        equal(levels() & 1, 1, 'the relay of a chip that hears nothing')
        machine.writeModel('mcp23017', 'ok')
        await until(
          clock,
          'OFF',
          () => levels() & 1,
          (level) => level === 0,
        )
        await until(
          clock,
          'health',
          () => told.at(-1),
          (words) => words === 'expander: back',
        )
      } finally {
        wellAgain()
        pins.close()
      }
    },
  },
  {
    name: 'LM75: a temperature, none while it is absent, and again',
    async run() {
      machine.writeModel('lm75_mdeg', -10_250)
      const wires = await wiring()
      const sensor = await openSensor({ kind: 'lm75', bus: 'i2c', address: i2c.sensor }, wires)
      try {
        await until(
          clock,
          'temperature',
          () => sensor.celsius,
          (celsius) => celsius === -10.25,
        )
        machine.writeModel('lm75', 'absent')
        await until(
          clock,
          'no temperature',
          () => sensor.celsius,
          (celsius) => celsius === undefined,
        )
        machine.writeModel('lm75', 'ok')
        await until(
          clock,
          'temperature',
          () => sensor.celsius,
          (celsius) => celsius === -10.25,
        )
      } finally {
        wellAgain()
        sensor.close()
        wires.close()
      }
    },
  },
]

const pilot: readonly Check[] = [
  {
    name: 'PWM: F when opened, the duty as told, F when closed; taken over from a program that was killed',
    async run() {
      // As another program may leave it: longer than the period to come.
      const chip = `/sys/class/pwm/${readdirSync('/sys/class/pwm').find((each) => readlinkSync(`/sys/class/pwm/${each}/device`).endsWith(pwm.device))}`
      writeFileSync(`${chip}/export`, String(pwm.channel))
      for (const [file, value] of [
        ['period', 20_000_000],
        ['duty_cycle', 15_000_000],
        ['polarity', 'inversed'],
        ['enable', 1],
      ] as const)
        writeFileSync(`${chip}/pwm${pwm.channel}/${file}`, String(value))
      equal(pin(), '1 20000000 15000000 1')
      const first = await openPwm({ device: pwm.device, channel: pwm.channel }, { clock })
      equal(pin(), '1 1000000 0 0', 'opened')
      first.set(26.7)
      equal(pin(), '1 1000000 267000 0')
      first.set(100)
      equal(pin(), '1 1000000 1000000 0')
      writeFileSync(`${pwm.model}/fails`, '1')
      let said = 'nothing'
      try {
        first.set(10)
      } catch (error) {
        said = wordsOf(error)
      }
      writeFileSync(`${pwm.model}/fails`, '0')
      if (!/PWM .*: refused/.test(said)) throw new Error(`a chip that refuses: ${said}`)
      equal(pin(), '1 1000000 1000000 0', 'the pin after a failure')
      // The next program finds the channel exported and running.
      const second = await openPwm({ device: pwm.device, channel: pwm.channel, isInverted: true }, { clock })
      equal(pin(), '1 1000000 1000000 0', 'turned round, F is high')
      second.close()
      const third = await openPwm({ device: pwm.device, channel: pwm.channel }, { clock })
      third.set(50)
      const began = clock.monotonic()
      for (let step = 0; step < 100; step++) third.set(10 + (step % 80))
      const each = (clock.monotonic() - began) / 100
      third.close()
      equal(pin(), '1 1000000 0 0', 'closed')
      first.close()
      return `a change takes ${each.toFixed(2)} ms`
    },
  },
  {
    name: 'the native pilot: samples of X1, X2 and F, and how old they are',
    async run() {
      let changes = 0
      const wires = await wiring(() => changes++)
      machine.writeModel(`ain${pilotInputs.high}_uv`, converterUv(6))
      machine.writeModel(`ain${pilotInputs.low}_uv`, converterUv(-12))
      const at = (channel: number) => ({ part: 'adc', channel, ...divider })
      const opened = await openAdcPilot(
        { kind: 'adc', pwm: { device: pwm.device, channel: pwm.channel }, high: at(pilotInputs.high), low: at(pilotInputs.low) },
        wires,
      )
      const peaks = () => [Math.round(opened.pilot.sample?.highV ?? 99), Math.round(opened.pilot.sample?.lowV ?? 99)]
      const show = (high: number, low: number) => until(clock, `${high} V and ${low} V`, peaks, ([is, and]) => is === high && and === low)
      try {
        opened.pilot.drive({ kind: 'steady' })
        equal(pin(), '1 1000000 1000000 0')
        await show(6, 6)
        opened.pilot.drive({ kind: 'pwm', duty: 26.7 })
        equal(pin(), '1 1000000 267000 0')
        await show(6, -12)
        const before = changes
        const ages: number[] = []
        const began = clock.monotonic()
        while (clock.monotonic() - began < 2_000) {
          await pause(clock, 20)
          ages.push(clock.monotonic() - (opened.pilot.sample?.at ?? 0))
        }
        const perSecond = Math.round(((changes - before) * 1_000) / (clock.monotonic() - began))
        machine.writeModel('ads1115', 'absent')
        await pause(clock, 200)
        if (clock.monotonic() - (opened.pilot.sample?.at ?? 0) < 200) throw new Error('a sample of a converter that is not there')
        machine.writeModel('ads1115', 'ok')
        await until(
          clock,
          'fresh',
          () => clock.monotonic() - (opened.pilot.sample?.at ?? 0),
          (age) => age < 100,
        )
        opened.pilot.drive({ kind: 'fault' })
        equal(pin(), '1 1000000 0 0')
        await show(-12, -12)
        return `${perSecond} samples per second; age at a tick: ${spread(ages)}`
      } finally {
        wellAgain()
        opened.close()
        wires.close()
        equal(pin(), '1 1000000 0 0', 'closed')
      }
    },
  },
]

const { passed, failed } = await runChecks('Analog: converter, expander, sensor, PWM and pilot by their drivers', [...converter, ...expander, ...pilot])
say(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
