import { expect, test } from 'vitest'
import { modbusRtu } from '../../../hal/bus/modbus-rtu.ts'
import { ohmsFor, openEvseWbDin } from '../../../hal/evse/evse-wb-din.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryLine } from '../modbus/lines.ts'
import { type Fault, type Heard, modbusSlave } from '../modbus/slave.ts'
import { wiredWorld } from '../wired-world.ts'
import { evseWbModel } from './evse-wb-model.ts'
import { guarded } from './guarded.ts'

type ModelOptions = Parameters<typeof evseWbModel>[1]

/** The driver on a real Modbus master over a line in memory, and the device at its end. */
async function wallbox(o: { readonly model?: ModelOptions; readonly hasRelay?: boolean; readonly hasLock?: boolean; readonly unit?: number } = {}) {
  const clock = simulatedClock()
  const model = evseWbModel(clock, o.model)
  const { line, wire } = memoryLine()
  const heard: Heard[] = []
  let fault: Fault | undefined
  modbusSlave(wire, {
    clock,
    units: new Map([
      [1, model.unit],
      [7, { read: () => 0 }],
    ]),
    fault: () => fault,
    onHeard: (each) => heard.push(each),
  })
  const bus = modbusRtu('rs485', line, { baud: 9_600 }, { clock, log: silentLog })
  const warnings: string[] = []
  const warn = (_: unknown, event: string) => void warnings.push(event)
  const errors: string[] = []
  const error = (_: unknown, event: string) => void errors.push(event)
  const fake = wiredWorld({ clock, log: { ...silentLog, warn, error }, modbus: { rs485: bus } })
  const relay = { output: { header: 5 }, mirror: { header: 6 } }
  const lock = { lock: { header: 7 }, unlock: { header: 8 }, feedback: { header: 9 } }
  const controller = await openEvseWbDin(
    {
      kind: 'evse-wb-din',
      bus: 'rs485',
      ...(o.unit === undefined ? {} : { unit: o.unit }),
      ...(o.hasRelay === true ? { contactor: relay } : {}),
      ...(o.hasLock === true ? { lock } : {}),
    },
    fake.wiring,
    { maxAmps: 32 },
  )
  // The coil of the contactor hangs on both outputs in series; its mirror follows after 20 ms.
  const followCoil = () => {
    const isOn = model.isClosed && fake.line('GPIO5').isActive === true
    clock.after('contactor', 20, () => fake.line('GPIO6').set(isOn))
  }
  model.onOutput(followCoil)
  fake.line('GPIO5').onChange(followCoil)
  return {
    ...fake,
    clock,
    model,
    heard,
    controller,
    bus,
    warnings,
    errors,
    breakWire(kind: Fault | undefined) {
      fault = kind
    },
    get highV() {
      return controller.pilot.sample?.highV
    },
  }
}

test('the vehicle state becomes the volts that the guard expects', async () => {
  const w = await wallbox()
  await w.clock.advance(500)
  expect(w.highV).toBe(12)
  w.model.ev.plug()
  await w.clock.advance(300)
  expect(w.highV).toBe(9)
  w.controller.pilot.drive({ kind: 'pwm', duty: 16 / 0.6 })
  await w.clock.advance(1_000)
  expect(w.highV).toBe(6)
  expect(w.controller.pilot.sample?.lowV).toBe(-12)
  w.model.ev.needsVentilation = true
  await w.clock.advance(300)
  expect(w.highV).toBe(3)
  w.model.fail(0x12)
  await w.clock.advance(300)
  expect(w.controller.pilot.sample).toMatchObject({ highV: 0, lowV: 0 })
  expect(w.healths.at(-1)?.[1]).toBe('reports a failure: the diode check, the residual current monitor')
  w.model.fail(0)
  await w.clock.advance(300)
  expect(w.healths.at(-1)).toEqual(['evse-wb-din unit 1 on rs485', undefined])
})

test('a sample is as old as its poll, and the device is left 100 ms between frames', async () => {
  const w = await wallbox()
  await w.clock.advance(5_000)
  const polls = w.heard.filter((each) => each.from === 1000)
  expect(polls.length).toBeGreaterThan(25)
  const gaps = polls.slice(1).map((each, at) => each.at - (polls[at]?.at ?? 0))
  // The answer itself takes 15 ms.
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(115)
  expect(w.clock.monotonic() - (w.controller.pilot.sample?.at ?? 0)).toBeLessThan(200)
})

test.each([
  ['whole amperes, rounded down', {}, 13.9, 13],
  ['whole amperes, as floating point has them', {}, 16, 16],
  ['steps of 0.01 A', { isPrecise: true, firmware: 17 }, 13.9, 1390],
  ['whole amperes with a firmware before 17, whatever the bit says', { isPrecise: true, firmware: 16 }, 13.9, 13],
  ['no more than the outlet carries', {}, 40, 32],
])('a duty cycle is told as %s', async (_, model, amps, value) => {
  const w = await wallbox({ model })
  await w.clock.advance(500)
  w.controller.pilot.drive({ kind: 'pwm', duty: amps / 0.6 })
  await w.clock.advance(500)
  expect(w.model.registers.get(1000)).toBe(value)
})

test('of several wishes the last one is told, once', async () => {
  const w = await wallbox()
  await w.clock.advance(500)
  for (const amps of [6, 10, 32, 8]) w.controller.pilot.drive({ kind: 'pwm', duty: amps / 0.6 })
  await w.clock.advance(2_000)
  expect(w.model.written).toEqual([[1000, 8]])
})

test('off and F are no current and the command to turn off; X1 takes the command back', async () => {
  const w = await wallbox()
  w.controller.pilot.drive({ kind: 'pwm', duty: 20 })
  await w.clock.advance(1_000)
  w.controller.pilot.drive({ kind: 'fault' })
  await w.clock.advance(1_000)
  expect([w.model.registers.get(1000), w.model.registers.get(1004)]).toEqual([0, 1])
  w.controller.pilot.drive({ kind: 'steady' })
  await w.clock.advance(1_000)
  expect([w.model.registers.get(1000), w.model.registers.get(1004)]).toEqual([0, 0])
})

test('a write that the device did not take is repeated until it reads back', async () => {
  const w = await wallbox()
  await w.clock.advance(500)
  const write = w.model.unit.write
  let refusals = 3
  Object.assign(w.model.unit, { write: (at: number, value: number) => (refusals-- > 0 ? true : write?.(at, value)) })
  w.controller.pilot.drive({ kind: 'pwm', duty: 20 })
  await w.clock.advance(2_500)
  expect(w.model.registers.get(1000)).toBe(12)
})

test('a boot current is set to 0 and told, once the present one is', async () => {
  const w = await wallbox({ model: { bootAmps: 16 } })
  await w.clock.advance(2_000)
  expect(w.model.written).toEqual([
    [1000, 0],
    [2000, 0],
  ])
  expect(w.warnings.join()).toContain('boot current is set to 0')
})

test('a boot current that stays is told, and not written again and again', async () => {
  const w = await wallbox({ model: { bootAmps: 16 } })
  let writes = 0
  const write = w.model.unit.write
  Object.assign(w.model.unit, { write: (at: number, value: number) => (at === 2000 ? writes++ >= 0 : write?.(at, value)) })
  await w.clock.advance(10_000)
  expect(writes).toBe(1)
  expect(w.errors.join()).toContain('no fail-safe')
})

test.each([
  [5, Number.POSITIVE_INFINITY],
  [13, 1_500],
  [16, 1_500],
  [20, 680],
  [32, 220],
  [63, 100],
])('a cable of %d A is %d ohms', (amps, ohms) => {
  expect(ohmsFor(amps)).toBe(ohms)
})

test('the cable limit of the device stands for a proximity contact', async () => {
  const w = await wallbox()
  expect(w.controller.proximity?.ohms).toBeUndefined()
  await w.clock.advance(500)
  expect(w.controller.proximity?.ohms).toBe(220)
})

test.each<[string, Fault]>([
  ['silent', { kind: 'silence' }],
  ['torn', { kind: 'torn', first: 4, restByMs: undefined }],
  ['garbled', { kind: 'bit errors', bits: [20, 33] }],
  ['one that refuses', { kind: 'exception', code: 4 }],
])('a device that is %s leaves an old sample, says so once, and comes back by itself', async (_, fault) => {
  const w = await wallbox()
  await w.clock.advance(500)
  w.breakWire(fault)
  await w.clock.advance(20_000)
  const at = w.controller.pilot.sample?.at ?? 0
  expect(w.clock.monotonic() - at).toBeGreaterThan(19_000)
  expect(w.healths.length).toBe(1)
  w.breakWire(undefined)
  await w.clock.advance(4_000)
  expect(w.clock.monotonic() - (w.controller.pilot.sample?.at ?? 0)).toBeLessThan(300)
  expect(w.healths.at(-1)?.[1]).toBeUndefined()
})

test('a device that is not there at the start is no obstacle, and neither is a state that does not exist', async () => {
  const absent = await wallbox({ unit: 9 })
  await absent.clock.advance(5_000)
  expect(absent.controller.pilot.sample).toBeUndefined()
  const strange = await wallbox()
  strange.model.registers.set(1002, 77)
  Object.assign(strange.model.unit, { read: (_: string, at: number) => strange.model.registers.get(at) ?? 0 })
  await strange.clock.advance(1_000)
  expect(strange.controller.pilot.sample).toBeUndefined()
  expect(strange.healths.at(-1)?.[1]).toContain('vehicle state 77')
})

test('closed, it tells the device to be off', async () => {
  const w = await wallbox()
  w.controller.pilot.drive({ kind: 'pwm', duty: 20 })
  await w.clock.advance(1_000)
  w.controller.close()
  // As the board does, in the same breath.
  w.bus.close()
  await w.clock.advance(1_000)
  expect([w.model.registers.get(1000), w.model.registers.get(1004)]).toEqual([0, 1])
  expect(w.clock.untilNext()).toBe(undefined)
})

test('what the guard opens is told within 170 ms, whenever in a poll', async () => {
  const w = await wallbox()
  w.controller.pilot.drive({ kind: 'pwm', duty: 20 })
  await w.clock.advance(1_000)
  w.model.ev.plug()
  w.model.ev.want(true)
  await w.clock.advance(1_000)
  expect(w.model.isClosed).toBe(true)
  let slowest = 0
  for (let at = 0; at < 20; at++) {
    w.controller.contactor.close()
    w.controller.pilot.drive({ kind: 'pwm', duty: 20 })
    await w.clock.advance(1_000 + 13 * at)
    w.controller.pilot.drive({ kind: 'fault' })
    const since = w.clock.monotonic()
    while (w.model.amps > 0) await w.clock.advance(1)
    slowest = Math.max(slowest, w.clock.monotonic() - since)
  }
  // The rest of a poll, 100 ms of silence, and the frame.
  expect(slowest).toBeLessThan(170)
})

test.each([[true], [false]])('under the guard (a relay in series: %s) a session runs, pauses and ends without a fault', async (hasRelay) => {
  const w = await wallbox({ hasRelay })
  const g = guarded(w.controller, w.clock, w.changed)
  await w.clock.advance(1_500)
  w.model.ev.plug()
  await g.until(() => g.report.isPlugged)
  g.grant(16)
  await g.until(() => g.report.contactor === 'closed')
  expect(w.model.isClosed).toBe(true)
  expect(w.model.amps).toBe(16)
  // The car pauses by itself, and goes on.
  w.model.ev.want(false)
  await g.until(() => g.report.contactor === 'open')
  expect(w.model.isClosed).toBe(false)
  await w.clock.advance(1_000)
  w.model.ev.want(true)
  await g.until(() => g.report.contactor === 'closed' && w.model.isClosed)
  await w.clock.advance(3_000)
  // X1 first; the car has 6 s.
  g.withdraw()
  await g.until(() => g.report.contactor === 'open')
  await w.clock.advance(1_000)
  expect([w.model.isClosed, w.model.amps]).toEqual([false, 0])
  w.model.ev.unplug()
  await g.until(() => !g.report.isPlugged)
  expect(new Set(g.faults)).toEqual(new Set())
})

test('a device that falls silent is a stale pilot within a second, and the relay in series opens', async () => {
  const w = await wallbox({ hasRelay: true })
  const g = guarded(w.controller, w.clock, w.changed)
  await w.clock.advance(1_500)
  w.model.ev.plug()
  await g.until(() => g.report.isPlugged)
  g.grant(16)
  await g.until(() => g.report.contactor === 'closed')
  await w.clock.advance(2_000)
  w.breakWire({ kind: 'silence' })
  expect(await g.until(() => w.controller.contactor.isClosed === false)).toBeLessThan(1_100)
  expect(g.report.faults).toContain('pilotStale')
})

test('closed while a drop of its contacts is still to be told, it leaves no timer', async () => {
  const w = await wallbox({ hasRelay: true })
  w.controller.contactor.close()
  w.line('GPIO6').set(true)
  expect(w.controller.contactor.isClosed).toBe(true)
  w.line('GPIO6').set(false)
  expect(w.controller.contactor.isClosed).toBe(true)
  w.controller.close()
  w.bus.close()
  await w.clock.advance(600)
  expect(w.clock.untilNext()).toBe(undefined)
})

test('contacts that drop while the car asks are told to the guard', async () => {
  const w = await wallbox({ hasRelay: true })
  const g = guarded(w.controller, w.clock, w.changed)
  await w.clock.advance(1_500)
  w.model.ev.plug()
  await g.until(() => g.report.isPlugged)
  g.grant(16)
  await g.until(() => g.report.contactor === 'closed')
  await w.clock.advance(2_000)
  w.line('GPIO6').set(false)
  await g.until(() => g.faults.includes('noClose'), 700)
})

test('its own output never closes before the plug is locked, nor within 5 s of an opening', async () => {
  const w = await wallbox({ hasLock: true })
  await w.clock.advance(500)
  w.model.ev.plug()
  w.controller.pilot.drive({ kind: 'pwm', duty: 20 })
  await w.clock.advance(3_000)
  expect(w.model.amps).toBe(0)
  w.line('GPIO9').set(true)
  await w.clock.advance(1_000)
  expect(w.model.isClosed).toBe(true)
  // While the car asks, opening is the command to turn off, not a wait for the car.
  w.controller.contactor.open()
  await w.clock.advance(500)
  expect([w.model.isClosed, w.model.registers.get(1004)]).toEqual([false, 1])
  await w.clock.advance(4_000)
  expect(w.model.isClosed).toBe(false)
  await w.clock.advance(2_000)
  expect(w.model.isClosed).toBe(true)
})

test('a meter on the same bus that is dead does not make the pilot stale, and one that lives is read', async () => {
  const w = await wallbox({ hasRelay: true })
  const g = guarded(w.controller, w.clock, w.changed)
  // Two blocks each, asked again a second after they were read or given up.
  let isRead = 0
  const ask = async (unit: number): Promise<void> => {
    const blocks = [w.bus.read({ unit, from: 'input', at: 0, count: 12 }), w.bus.read({ unit, from: 'input', at: 100, count: 2 })]
    const settled = await Promise.allSettled(blocks)
    isRead += settled.filter((each) => each.status === 'fulfilled').length
    w.clock.after('meter', 1_000, () => void ask(unit))
  }
  void ask(5)
  void ask(7)
  let oldest = 0
  w.clock.every('age', 50, () => {
    oldest = Math.max(oldest, w.clock.monotonic() - (w.controller.pilot.sample?.at ?? w.clock.monotonic()))
  })
  await w.clock.advance(30_000)
  expect(oldest).toBeLessThan(1_000)
  expect(isRead).toBeGreaterThan(10)
  expect(g.faults).toEqual([])
})
