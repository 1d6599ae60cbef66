import { expect, test } from 'vitest'
import { openPn532 } from '../../../hal/readers/pn532.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryLine } from '../modbus/lines.ts'
import { wiredWorld } from '../wired-world.ts'
import { type Pn532Fault, pn532OnI2c, pn532OnLine } from './pn532-model.ts'

const card = Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4)
const card7 = Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0x80)

async function reader(bus: 'serial' | 'i2c', cut?: (bytes: Uint8Array) => readonly Uint8Array[]) {
  const clock = simulatedClock()
  const memory = memoryLine('ttyS0')
  const onI2c = pn532OnI2c(clock)
  const chip = bus === 'i2c' ? onI2c.chip : pn532OnLine(clock, memory.wire, cut)
  const said: string[] = []
  const log = { ...silentLog, info: (_: unknown, event: string) => void said.push(event) }
  const world = wiredWorld({ clock, log, ...(bus === 'i2c' ? { i2c: { nfc: onI2c.bus } } : { serial: { nfc: memory.line } }) })
  const opened = await openPn532({ kind: 'pn532', bus: 'nfc' }, world.wiring)
  const tokens: string[] = []
  opened.presented.on(({ id }) => tokens.push(id))
  return { ...world, clock, memory, chip, tokens, opened, said }
}

const buses = ['serial', 'i2c'] as const

test.each(buses)('on %s it is woken, set up, and told how often to try before it is asked for a card', async (bus) => {
  const r = await reader(bus)
  await r.clock.advance(3_000)
  const [first] = r.chip.commands
  expect(first).toBe(0x14)
  expect(r.chip.commands.indexOf(0x32)).toBeLessThan(r.chip.commands.indexOf(0x4a))
  expect(r.chip.commands.filter((each) => each === 0x4a).length).toBeGreaterThan(5)
  expect(r.healths).toEqual([])
})

test.each(buses)('on %s a card is presented once while it lies there, and again when it comes back', async (bus) => {
  const r = await reader(bus)
  await r.clock.advance(2_000)
  r.chip.present(card)
  await r.clock.advance(5_000)
  r.chip.present()
  await r.clock.advance(5_000)
  r.chip.present(card)
  await r.clock.advance(1_000)
  r.chip.present(card7)
  await r.clock.advance(1_000)
  expect(r.tokens).toEqual(['04A2B3C4', '04A2B3C4', '04A2B3C4D5E680'])
})

test('frames that come byte by byte are frames', async () => {
  const r = await reader('serial', (bytes) => [...bytes].map((byte) => Uint8Array.of(byte)))
  r.chip.present(card)
  await r.clock.advance(2_000)
  expect(r.tokens).toEqual(['04A2B3C4'])
})

const faults: readonly Pn532Fault[] = ['absent', 'silent', 'no answer', 'garbage', 'nack', 'error frame', 'bad checksum']

test.each(buses.flatMap((bus) => faults.map((fault) => [bus, fault] as const)))(
  'on %s, %s: it says so once, tries on, and reads again when that ends',
  async (bus, fault) => {
    const r = await reader(bus)
    await r.clock.advance(2_000)
    r.chip.fail(fault)
    await r.clock.advance(60_000)
    expect(r.healths.length).toBe(1)
    expect(r.tokens).toEqual([])
    r.chip.fail(undefined)
    r.chip.restart()
    r.chip.present(card)
    await r.clock.advance(20_000)
    expect(r.healths.at(-1)?.[1]).toBeUndefined()
    expect(r.tokens).toEqual(['04A2B3C4'])
    if (bus === 'serial') expect(r.memory.reopened).toBeGreaterThan(0)
  },
)

test.each(buses)('on %s a dip of its supply costs less than 2 s and is no news', async (bus) => {
  const r = await reader(bus)
  await r.clock.advance(2_000)
  r.chip.restart()
  r.chip.present(card)
  await r.clock.advance(2_000)
  expect(r.tokens).toEqual(['04A2B3C4'])
  expect(r.healths).toEqual([])
})

test('one that can be set up but never looks for a card is a fault, and does not say for ever that it is ready', async () => {
  const r = await reader('serial')
  await r.clock.advance(2_000)
  const before = r.chip.commands.length
  r.chip.fail('blind')
  await r.clock.advance(60_000)
  expect(r.healths).toEqual([['pn532 on ttyS0', 'does not answer']])
  expect(r.chip.commands.length - before).toBeLessThan(60)
  expect(r.said).toEqual(['card reader is ready'])
})

test('a line that takes no bytes any more does not hold it up for ever', async () => {
  const r = await reader('serial')
  await r.clock.advance(2_000)
  const write = r.memory.line.write
  Object.assign(r.memory.line, { write: () => new Promise<void>(() => {}) })
  await r.clock.advance(10_000)
  expect(r.healths.at(-1)?.[1]).toBe('does not answer')
  Object.assign(r.memory.line, { write })
  r.chip.present(card)
  await r.clock.advance(20_000)
  expect(r.tokens).toEqual(['04A2B3C4'])
})

test('a bus that is neither serial nor I2C is refused with the words of the file', async () => {
  const { wiring } = wiredWorld({ clock: simulatedClock() })
  await expect(openPn532({ kind: 'pn532', bus: 'nowhere' }, wiring)).rejects.toThrow(ConfigError)
})

test('closed, it asks nothing more', async () => {
  const r = await reader('serial')
  await r.clock.advance(2_000)
  r.opened.close()
  await r.clock.advance(1_000)
  const asked = r.chip.commands.length
  await r.clock.advance(10_000)
  expect(r.chip.commands.length).toBe(asked)
})
