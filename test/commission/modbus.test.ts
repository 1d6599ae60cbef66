import { describe, expect, test } from 'vitest'
import type { Machine } from '../../hal/bus/wiring.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { memoryLine } from '../hal/modbus/lines.ts'
import { type Fault, type Heard, modbusSlave, type Unit } from '../hal/modbus/slave.ts'
import { probing } from './desk.ts'

/** A bus in memory with slaves on it. */
function bus(units: ReadonlyMap<number, Unit>, fault?: (heard: Heard) => Fault | undefined) {
  const clock = simulatedClock()
  const heard: Heard[] = []
  const machine = {
    serial: async ({ path }: { path: string }) => {
      const { line, wire } = memoryLine(path)
      modbusSlave(wire, { clock, units, ...(fault === undefined ? {} : { fault }), onHeard: (each) => heard.push(each) })
      return line
    },
  } as unknown as Machine
  return { clock, machine, heard, probe: (...words: string[]) => probing(['probe', 'modbus', '--port', '/dev/ttyUSB0', ...words], { clock, machine }) }
}
const answering: Unit = { read: () => 7 }

describe('probe modbus', () => {
  test('finds whoever answers, the usual addresses first, within a minute', async () => {
    const b = bus(
      new Map([
        [3, answering],
        // It has neither register, and says so.
        [120, { read: () => undefined }],
      ]),
    )
    const p = await b.probe()
    await p.until(() => p.said.err.includes('Asking units 1 to 247'))
    const begun = b.clock.monotonic()
    await p.until(() => p.said.out.includes('unit   3'))
    expect(b.clock.monotonic() - begun).toBeLessThan(2_000)
    expect(await p.ended()).toBe(0)
    expect(b.clock.monotonic() - begun).toBeLessThan(60_000)
    expect(p.said.out).toBe(
      'unit   3  answers: holding registers 0 and 1 are 7 and 7\nunit 120  answers, but not this: Modbus exception 2 (it does not have the register)\n',
    )
  })

  test('asks both ways before it says that nobody answers', async () => {
    const inputOnly: Unit = { read: (from) => (from === 'input' ? 7 : undefined) }
    const b = bus(new Map([[150, inputOnly]]), ({ fn }) => (fn === 3 ? { kind: 'silence' } : undefined))
    const p = await b.probe()
    expect(await p.ended()).toBe(0)
    expect(p.said.out).toMatch(/^unit 150 {2}answers: input registers/)
    const nobody = bus(new Map())
    const q = await nobody.probe('--units', '1-30')
    expect(await q.ended()).toBe(1)
    expect(q.said.out).toMatch(/^Nobody answers\. Check A and B/)
  })

  test.each([4, 20, 30])('does not take the late answer of unit %i for that of the next', async (unit) => {
    const b = bus(new Map([[unit, answering]]), () => ({ kind: 'late', byMs: 200 }))
    const p = await b.probe('--units', '1-40')
    expect(await p.ended()).toBe(0)
    expect(p.said.out).toBe(`unit ${String(unit).padStart(3)}  perhaps: something came too late. Ask it alone: --units ${unit}\n`)
    const q = await b.probe('--units', `${unit}`)
    expect(await q.ended()).toBe(0)
    expect(q.said.out).toMatch(/answers: holding/)
  })

  test('tells a broken answer from silence', async () => {
    const b = bus(new Map([[9, answering]]), () => ({ kind: 'bit errors', bits: [20] }))
    const p = await b.probe('--units', '9')
    expect(await p.ended()).toBe(0)
    expect(p.said.out).toMatch(/^unit {3}9 {2}somebody answers, but the answer is broken/)
  })

  test('prints registers, and the refusal of a device in one line', async () => {
    const b = bus(new Map([[1, { read: (_from: string, at: number) => (at === 0 ? 0x4366 : at === 1 ? 0x6666 : undefined) }]]))
    const p = await b.probe('--read', 'input:0:2')
    expect(await p.ended()).toBe(0)
    expect(p.said.out).toMatch(/0x0000 {3}0x4366 {2}17254 {2}s32 {2}1130784358 {2}f32 230\.4/)
    const q = await b.probe('--read', 'input:0x0100:2')
    expect(await q.ended()).toBe(1)
    expect(q.said.err).toBe('pilotwire: /dev/ttyUSB0 unit 1: Modbus exception 2 (it does not have the register)\n')
  })
})
