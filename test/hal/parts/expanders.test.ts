import { describe, expect, test } from 'vitest'
import type { Adc } from '../../../hal/bus/adc.ts'
import type { Opened } from '../../../hal/bus/wiring.ts'
import { openPart } from '../../../hal/parts/open.ts'
import type { Pins } from '../../../hal/parts/pins.ts'
import type { PartSpec } from '../../../hal/spec/wires.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seeded } from '../../seeded.ts'
import { fakeBus, fakeMcp23017, fakePca9554, fakePcf8574, fakeRelayController } from './chips.ts'

const pinsOf = (part: Opened<Pins | Adc>): Opened<Pins> => {
  if (!('output' in part)) throw new TypeError('no pins')
  return part
}

function bench() {
  const clock = simulatedClock()
  const bus = fakeBus(clock, seeded(3).next)
  const wires = { levels: 0xffff }
  const told: string[] = []
  let changes = 0
  const open = async (spec: PartSpec) =>
    pinsOf(
      await openPart('relays', spec, bus, {
        clock,
        log: silentLog,
        changed: () => changes++,
        health: (part, problem) => told.push(`${part}: ${problem ?? 'back'}`),
      }),
    )
  return { clock, bus, wires, told, open, changes: () => changes }
}

async function withMcp() {
  const all = bench()
  const chip = fakeMcp23017(all.wires)
  all.bus.chips.set(0x20, chip)
  // What a killed process left behind: a relay that is ON.
  chip.registers.set([0xfe, 0xff], 0x00)
  chip.registers[0x14] = 0x01
  const pins = await all.open({ kind: 'mcp23017', bus: 'i2c', address: 0x20 })
  const latch = () => (chip.registers[0x14] ?? 0) | ((chip.registers[0x15] ?? 0) << 8)
  const inputs = () => (chip.registers[0x00] ?? 0) | ((chip.registers[0x01] ?? 0) << 8)
  return { ...all, chip, pins, latch, inputs }
}

describe('MCP23017', () => {
  test('opened, every pin is an input, whatever a killed process left', async () => {
    const { inputs } = await withMcp()
    expect(inputs()).toBe(0xffff)
  })

  test('an output is OFF before it is driven, and is what was read back', async () => {
    const { pins, chip, clock, latch, inputs } = await withMcp()
    const write = chip.write
    const order: string[] = []
    chip.write = (bytes) => {
      if (bytes.length > 1) order.push(Buffer.from(bytes).toString('hex'))
      write(bytes)
    }
    const relay = pins.output(8, { activeLow: true })
    expect(order[0]).toBe('140001')
    expect(order.at(-1)).toBe('00fffe')
    expect(relay.isOn).toBeUndefined()
    await clock.advance(20)
    expect(relay.isOn).toBe(false)
    relay.on()
    expect(latch()).toBe(0x0000)
    await clock.advance(20)
    expect(relay.isOn).toBe(true)
    expect(inputs()).toBe(0xfeff)
  })

  test('outputs share the port, and each keeps its level', async () => {
    const { pins, latch, clock } = await withMcp()
    const [first, second] = [pins.output(0, {}), pins.output(1, { activeLow: true })]
    first.on()
    expect(latch()).toBe(0b11)
    second.on()
    expect(latch()).toBe(0b01)
    await clock.advance(20)
    second.on()
    // What was written is to be read back; what was not touched is known.
    expect([first.isOn, second.isOn]).toEqual([true, undefined])
    first.off()
    await clock.advance(20)
    expect([first.isOn, second.isOn]).toEqual([false, true])
  })

  test('inputs are polled, debounced and turned round', async () => {
    const { pins, wires, clock, changes } = await withMcp()
    const contact = pins.input(3, { activeLow: true })
    const slow = pins.input(4, { debounceMs: 50 })
    const edges: boolean[] = []
    contact.edges.on(({ isActive }) => edges.push(isActive))
    expect([contact.isActive, slow.isActive]).toEqual([false, true])
    wires.levels = 0xffff & ~0b11000
    await clock.advance(20)
    expect([contact.isActive, slow.isActive]).toEqual([true, true])
    expect(edges).toEqual([true])
    expect(changes()).toBe(1)
    await clock.advance(60)
    expect(slow.isActive).toBe(false)
  })

  test('a pull-up is switched on, a pull-down is not there', async () => {
    const { pins, chip } = await withMcp()
    pins.input(2, { pull: 'up' })
    expect(chip.registers[0x0c]).toBe(0b100)
    expect(() => pins.input(5, { pull: 'down' })).toThrow('has no pull down of its own')
    expect(() => pins.input(16, {})).toThrow('pins 0 to 15')
    expect(() => pins.output(2, {})).toThrow('two uses')
  })

  test('a silent chip: inputs and outputs are unknown after 60 ms, and it is told once', async () => {
    const { pins, bus, clock, told, changes } = await withMcp()
    const relay = pins.output(0, {})
    const contact = pins.input(3, {})
    await clock.advance(20)
    bus.trouble = 'absent'
    await clock.advance(40)
    expect(contact.isActive).toBe(true)
    const before = changes()
    await clock.advance(60)
    expect([contact.isActive, relay.isOn]).toEqual([undefined, undefined])
    expect(changes()).toBeGreaterThan(before)
    await clock.advance(500)
    expect(told).toEqual(['relays: 0x20: absent'])
    bus.trouble = undefined
    await clock.advance(40)
    expect([contact.isActive, relay.isOn]).toEqual([true, false])
    expect(told.at(-1)).toBe('relays: back')
  })

  test('one poll that fails is noise: nothing is told, inputs stand', async () => {
    const { pins, bus, clock, told } = await withMcp()
    const contact = pins.input(3, {})
    await clock.advance(20)
    bus.trouble = 'absent'
    await clock.advance(40)
    bus.trouble = undefined
    await clock.advance(40)
    expect([contact.isActive, told]).toEqual([true, []])
  })

  test('an OFF that did not arrive is written again, an ON is not', async () => {
    const { pins, bus, clock, latch } = await withMcp()
    const relay = pins.output(0, {})
    relay.on()
    await clock.advance(20)
    bus.trouble = 'timeout'
    expect(() => relay.off()).toThrow('timeout')
    expect(latch()).toBe(1)
    bus.trouble = undefined
    await clock.advance(40)
    expect(latch()).toBe(0)
    bus.trouble = 'timeout'
    // Whoever closes a contactor must know that its auxiliary is not.
    expect(() => relay.on()).toThrow('timeout')
    bus.trouble = undefined
    await clock.advance(200)
    expect([latch(), relay.isOn]).toEqual([0, false])
    bus.trouble = 'timeout'
    expect(() => relay.close()).not.toThrow()
  })

  test('an OFF that is owed to a board without directions does not bring back what a dip of the supply switched off', async () => {
    const { open, bus, wires, clock } = bench()
    const chip = fakePcf8574(wires)
    bus.chips.set(0x27, chip)
    const pins = await open({ kind: 'pcf8574', bus: 'i2c', address: 0x27 })
    const [relay, lamp] = [pins.output(0, { activeLow: true }), pins.output(1, { activeLow: true })]
    relay.on()
    lamp.on()
    await clock.advance(40)
    bus.trouble = 'absent'
    expect(() => lamp.off()).toThrow('absent')
    // As after power-on.
    chip.write(Uint8Array.of(0xff))
    bus.trouble = undefined
    await clock.advance(200)
    expect([chip.port & 1, relay.isOn, lamp.isOn]).toEqual([1, false, false])
  })

  test('a chip that was reset by a dip of its supply is set up again, with every output OFF', async () => {
    const { pins, chip, clock, told, latch, inputs } = await withMcp()
    const relay = pins.output(0, {})
    const lamp = pins.output(1, { activeLow: true })
    relay.on()
    await clock.advance(40)
    chip.reset()
    await clock.advance(60)
    expect(told[0]).toContain('it lost its settings')
    expect(latch()).toBe(0b10)
    expect(inputs()).toBe(0xfffc)
    await clock.advance(100)
    expect([relay.isOn, lamp.isOn]).toEqual([false, false])
    expect(told.at(-1)).toBe('relays: back')
    relay.on()
    await clock.advance(20)
    expect(relay.isOn).toBe(true)
  })

  test('directions that were lost are found within a second, even where no level tells', async () => {
    const { pins, chip, clock, told, inputs } = await withMcp()
    pins.output(0, {})
    await clock.advance(40)
    chip.reset()
    await clock.advance(1_100)
    expect(told[0]).toContain('it lost its settings')
    expect(inputs()).toBe(0xfffe)
  })

  test('a read that was under way while an output was switched proves nothing', async () => {
    const { pins, bus, clock, told } = await withMcp()
    const relay = pins.output(0, {})
    bus.slowMs = 5
    await clock.advance(10)
    for (let at = 0; at < 10; at++) {
      await clock.advance(12)
      if (at % 2 === 0) relay.on()
      else relay.off()
      await clock.advance(8)
    }
    expect(told).toEqual([])
  })

  test('a chip that takes nothing is not believed: its outputs are unknown', async () => {
    const { pins, chip, clock, told } = await withMcp()
    const relay = pins.output(0, {})
    await clock.advance(20)
    chip.isStuck = true
    relay.on()
    await clock.advance(100)
    expect(relay.isOn).not.toBe(true)
    expect(told.length).toBeGreaterThan(0)
  })

  test('garbage never reads as an output that is ON for long, nor turns one ON', async () => {
    const { pins, bus, clock, latch } = await withMcp()
    const relay = pins.output(0, {})
    await clock.advance(20)
    bus.trouble = 'garbage'
    for (let at = 0; at < 100; at++) {
      await clock.advance(20)
      expect(latch() & 1).toBe(0)
      expect(relay.isOn === true).toBe(false)
    }
  })

  test('a bus that takes longer than the poll delays it, and nothing piles up', async () => {
    const { pins, bus, clock } = await withMcp()
    const contact = pins.input(3, {})
    bus.slowMs = 30
    const before = bus.transfers
    await clock.advance(600)
    expect(bus.transfers - before).toBeLessThan(25)
    expect(contact.isActive).toBe(true)
  })

  test('closed, every output is OFF', async () => {
    const { pins, latch } = await withMcp()
    const relay = pins.output(0, {})
    relay.on()
    pins.close()
    expect(latch()).toBe(0)
    relay.on()
    expect(latch()).toBe(0)
  })

  test('a chip that is not there is refused when it is opened', async () => {
    const { open } = bench()
    await expect(open({ kind: 'mcp23017', bus: 'i2c', address: 0x20 })).rejects.toThrow('absent')
  })
})

describe('PCA9554 and PCF8574', () => {
  test('PCA9554: level, then direction', async () => {
    const { open, bus, wires, clock } = bench()
    const chip = fakePca9554(wires)
    bus.chips.set(0x38, chip)
    const pins = await open({ kind: 'pca9554', bus: 'i2c', address: 0x38 })
    const relay = pins.output(7, {})
    expect([...chip.registers.slice(1)]).toEqual([0x00, 0, 0x7f])
    relay.on()
    await clock.advance(20)
    expect([chip.registers[1], relay.isOn]).toEqual([0x80, true])
    chip.reset()
    await clock.advance(1_200)
    expect([...chip.registers.slice(1)]).toEqual([0x00, 0, 0x7f])
  })

  test('PCF8574: pins that are not outputs stay 1, and a wire that holds an output is seen', async () => {
    const { open, bus, wires, clock } = bench()
    const chip = fakePcf8574(wires)
    bus.chips.set(0x27, chip)
    const pins = await open({ kind: 'pcf8574', bus: 'i2c', address: 0x27 })
    const relay = pins.output(0, { activeLow: true })
    const contact = pins.input(1, { activeLow: true })
    await clock.advance(20)
    expect([chip.port, relay.isOn, contact.isActive]).toEqual([0xff, false, false])
    relay.on()
    wires.levels = 0xfd
    await clock.advance(20)
    expect([chip.port, relay.isOn, contact.isActive]).toEqual([0xfe, true, true])
    relay.off()
    wires.levels = 0xfe
    await clock.advance(20)
    expect(relay.isOn).not.toBe(false)
  })
})

describe('Sequent relay boards', () => {
  const relays = async (pins: Pins, count: number, latch: () => number) =>
    Array.from({ length: count }, (_, at) => {
      const relay = pins.output(at + 1, {})
      relay.on()
      const mask = latch()
      relay.off()
      return mask
    })

  test('4-RELAYS 4-IN up to version 3: address, masks, inputs low while there is a voltage', async () => {
    const { open, bus, wires, clock } = bench()
    const chip = fakePca9554(wires)
    bus.chips.set(0x3f - 2, chip)
    const pins = await open({ kind: 'sequent-4rel4in', bus: 'i2c', stack: 2 })
    expect(await relays(pins, 4, () => chip.registers[1] ?? 0)).toEqual([0x80, 0x40, 0x20, 0x10])
    const contacts = [1, 2, 3, 4].map((pin) => pins.input(pin, {}))
    expect(contacts.map((each) => each.isActive)).toEqual([false, false, false, false])
    wires.levels = 0xff & ~0x08
    await clock.advance(20)
    expect(contacts.map((each) => each.isActive)).toEqual([true, false, false, false])
    expect(() => pins.output(5, {})).toThrow('relays 1 to 4')
  })

  test('the other address', async () => {
    const { open, bus, wires } = bench()
    const chip = fakePca9554(wires)
    bus.chips.set(0x27, chip)
    const pins = await open({ kind: 'sequent-4rel4in', bus: 'i2c' })
    pins.output(1, {}).on()
    expect(chip.registers[1]).toBe(0x80)
  })

  test('version 4 with a controller: relays 1 to 4 from bit 0, inputs of their own', async () => {
    const { open, bus, wires, clock } = bench()
    wires.levels = 0
    const chip = fakeRelayController(wires)
    chip.registers[0] = 0x0f
    bus.chips.set(0x0e + 1, chip)
    const pins = await open({ kind: 'sequent-4rel4in', bus: 'i2c', stack: 1 })
    expect(chip.registers[0]).toBe(0)
    expect(await relays(pins, 4, () => chip.registers[0] ?? 0)).toEqual([1, 2, 4, 8])
    const contact = pins.input(3, {})
    wires.levels = 0b0100
    await clock.advance(20)
    expect(contact.isActive).toBe(true)
  })

  test('8-RELAYS: the order of its tracks', async () => {
    const { open, bus, wires } = bench()
    const chip = fakePca9554(wires)
    bus.chips.set(0x3f, chip)
    const pins = await open({ kind: 'sequent-8rel', bus: 'i2c' })
    expect(await relays(pins, 8, () => chip.registers[1] ?? 0)).toEqual([0x01, 0x04, 0x40, 0x10, 0x20, 0x80, 0x08, 0x02])
    expect(() => pins.input(1, {})).toThrow('relays 1 to 8')
  })

  test('none at any address: what was tried', async () => {
    const { open } = bench()
    const error = await open({ kind: 'sequent-4rel4in', bus: 'i2c', stack: 1 }).catch((caught: Error) => caught)
    expect(String((error as Error).cause)).toContain('tried 0x3e, 0x26, 0x0f')
  })
})
