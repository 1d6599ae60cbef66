import type { PromisifiedBus } from 'i2c-bus'
import { systemClock } from '../../../src/base/clock.ts'
import { wordsOf } from '../../../src/base/errors.ts'
import { type Check, equal, near, spread, until } from '../check.ts'
import type { Machine } from '../machine.ts'
import { i2c } from '../wires.ts'

const clock = systemClock()

async function onBus<T>(use: (bus: PromisifiedBus) => Promise<T>): Promise<T> {
  const { openPromisified } = await import('i2c-bus')
  const bus = await openPromisified(i2c.bus)
  try {
    return await use(bus)
  } finally {
    await bus.close()
  }
}

const write = (bus: PromisifiedBus, address: number, bytes: readonly number[]) => bus.i2cWrite(address, bytes.length, Buffer.from(bytes))
async function read(bus: PromisifiedBus, address: number, register: number, length: number): Promise<Buffer> {
  await write(bus, address, [register])
  return (await bus.i2cRead(address, length, Buffer.alloc(length))).buffer
}
const wordAt = async (bus: PromisifiedBus, address: number, register: number) => (await read(bus, address, register, 2)).readUInt16BE()
const isReady = (config: number) => (config & 0x8000) !== 0

/** One single-shot conversion: 860 per second. `gain` 1 is +-4.096 V. */
async function volts(bus: PromisifiedBus, channel: number, gain = 1): Promise<number> {
  const config = 0x8000 | ((4 + channel) << 12) | (gain << 9) | 0x01e3
  await write(bus, i2c.adc, [1, config >> 8, config & 0xff])
  await until(clock, 'conversion', () => wordAt(bus, i2c.adc, 1), isReady, 1_000)
  const fullScaleV = [6.144, 4.096, 2.048, 1.024][gain] ?? 0
  return ((await read(bus, i2c.adc, 0, 2)).readInt16BE() * fullScaleV) / 32_768
}

async function refused(transfer: Promise<unknown>, words: RegExp): Promise<void> {
  const said = await transfer.then(
    () => 'not at all',
    (error) => wordsOf(error),
  )
  if (!words.test(said)) throw new Error(`refused with: ${said}; not ${words}`)
}

/** i2c-dev is the kernel's; the adapter and its chips are modelled. */
export const i2cChecks = (machine: Machine): readonly Check[] => [
  {
    name: 'the converter obeys its multiplexer: four inputs, four voltages',
    run: () =>
      onBus(async (bus) => {
        const given = [0.45, 1.25, 2.85, 3.3]
        for (const [channel, value] of given.entries()) machine.writeModel(`ain${channel}_uv`, value * 1_000_000)
        for (const [channel, value] of given.entries()) near(await volts(bus, channel), value, 0.000_2, `AIN${channel}`)
      }),
  },
  {
    name: 'the converter obeys its gain, and clips',
    run: () =>
      onBus(async (bus) => {
        machine.writeModel('ain0_uv', 1_500_000)
        near(await volts(bus, 0, 0), 1.5, 0.000_3, '+-6.144 V')
        near(await volts(bus, 0, 2), 1.5, 0.000_1, '+-2.048 V')
        near(await volts(bus, 0, 3), 1.024, 0.000_1, '+-1.024 V, clipped')
      }),
  },
  {
    name: 'a conversion takes its time: busy first, and the old value until it is done',
    run: () =>
      onBus(async (bus) => {
        machine.writeModel('ain0_uv', 1_000_000)
        const old = await volts(bus, 0)
        machine.writeModel('ain0_uv', 2_000_000)
        // 8 per second: 125 ms.
        await write(bus, i2c.adc, [1, 0xc3, 0x03])
        const began = clock.monotonic()
        equal(isReady(await wordAt(bus, i2c.adc, 1)), false, 'OS')
        near(((await read(bus, i2c.adc, 0, 2)).readInt16BE() * 4.096) / 32_768, old, 0.000_2, 'the value so far')
        await until(clock, 'conversion', () => wordAt(bus, i2c.adc, 1), isReady, 1_000)
        const took = clock.monotonic() - began
        if (took < 100) throw new Error(`a conversion at 8 per second took ${took} ms`)
        near(((await read(bus, i2c.adc, 0, 2)).readInt16BE() * 4.096) / 32_768, 2, 0.000_2, 'the new value')
      }),
  },
  {
    name: 'how long the two conversions of a pilot sample take',
    run: () =>
      onBus(async (bus) => {
        const times: number[] = []
        for (let i = 0; i < 40; i++) {
          const began = clock.monotonic()
          await volts(bus, 0)
          await volts(bus, 1)
          times.push(clock.monotonic() - began)
        }
        return spread(times)
      }),
  },
  {
    name: 'the expander: latch before direction, pins read back, wires read',
    run: () =>
      onBus(async (bus) => {
        machine.writeModel('mcp23017_wires', '0xff00')
        await write(bus, i2c.expander, [0x14, 0x05, 0x00])
        equal(machine.readModel('mcp23017_levels'), '0xff00', 'levels while all pins are inputs')
        await write(bus, i2c.expander, [0x00, 0xf0, 0xff])
        equal(machine.readModel('mcp23017_levels'), '0xff05')
        equal([...(await read(bus, i2c.expander, 0x12, 2))], [0x05, 0xff], 'GPIO')
        equal([...(await read(bus, i2c.expander, 0x14, 1))], [0x05], 'OLAT')
        equal((await bus.readByte(i2c.expander, 0x14)) as number, 0x05, 'OLAT by SMBus')
      }),
  },
  {
    name: 'the temperature sensor, also below zero',
    run: () =>
      onBus(async (bus) => {
        for (const celsius of [25, 72.5, -10.25]) {
          machine.writeModel('lm75_mdeg', celsius * 1_000)
          equal((await read(bus, i2c.sensor, 0, 2)).readInt16BE() / 256, celsius)
        }
      }),
  },
  {
    name: 'bad wires: nobody there, a chip that does nothing, a bus that is held',
    run: () =>
      onBus(async (bus) => {
        await refused(read(bus, 0x21, 0, 1), /EREMOTEIO|Remote I\/O/)
        machine.writeModel('ads1115', 'absent')
        await refused(volts(bus, 0), /EREMOTEIO|Remote I\/O/)
        machine.writeModel('ads1115', 'stuck')
        await refused(volts(bus, 0), /conversion: not within/)
        machine.writeModel('mcp23017', 'holds')
        await refused(read(bus, i2c.sensor, 0, 2), /ETIMEDOUT|timed out/)
        for (const each of ['ads1115', 'mcp23017', 'lm75']) machine.writeModel(each, 'ok')
        await volts(bus, 0)
      }),
  },
]
