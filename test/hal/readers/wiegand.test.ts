import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Edge } from '../../../hal/bus/gpio.ts'
import { bitsOf, openWiegand, wiegandNumber } from '../../../hal/readers/wiegand.ts'
import { silentLog } from '../../../src/base/log.ts'
import { signal } from '../../../src/base/signal.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { fakeWiring } from '../fakes.ts'

type Bit = 0 | 1
const bits = (text: string): Bit[] => [...text.replaceAll(' ', '')].map((each) => (each === '1' ? 1 : 0))

/** The frame of a card, made the other way round than it is read: number first, then the two bits of parity. */
function frame(bytes: readonly number[]): Bit[] {
  const data = bytes.flatMap((byte) => bits(byte.toString(2).padStart(8, '0')))
  const ones = (part: readonly Bit[]) => part.filter((bit) => bit === 1).length
  const half = data.length / 2
  return [ones(data.slice(0, half)) % 2 === 1 ? 1 : 0, ...data, ones(data.slice(half)) % 2 === 0 ? 1 : 0]
}

describe('a frame', () => {
  test('of 26 bits: facility 123, card 45678', () => {
    expect(wiegandNumber(bits('1 01111011 1011 0010 01101110 1'))).toEqual(Uint8Array.of(123, 178, 110))
  })
  test('of 34 bits: 04 A2 B3 C4', () => {
    expect(wiegandNumber(bits('0 00000100 10100010 10110011 11000100 1'))).toEqual(Uint8Array.of(4, 0xa2, 0xb3, 0xc4))
  })
  test.each([3, 4])('any number of %i bytes', (length) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), (bytes) => {
        expect(wiegandNumber(frame([...bytes]))).toEqual(Uint8Array.from(bytes))
      }),
    )
  })
  test('with one bit turned, missing or too many is refused', () => {
    const right = frame([4, 0xa2, 0xb3, 0xc4])
    for (const at of right.keys()) {
      expect(wiegandNumber(right.with(at, right[at] === 1 ? 0 : 1)), `bit ${at} turned`).toBeUndefined()
      expect(wiegandNumber(right.toSpliced(at, 1)), `bit ${at} missing`).toBeUndefined()
      expect(wiegandNumber(right.toSpliced(at, 0, 1)), `bit ${at} too many`).toBeUndefined()
    }
  })
  test.each([26, 34])('of %i bits of a line that is stuck is refused', (length) => {
    expect(wiegandNumber(Array<Bit>(length).fill(0))).toBeUndefined()
    expect(wiegandNumber(Array<Bit>(length).fill(1))).toBeUndefined()
  })
})

test('bits are put in the order of their times, and pulses that are too close are noise', () => {
  const pulse = (at: number, line: number) => ({ at, line })
  expect(bitsOf([pulse(0, 1), pulse(2, 0), pulse(1, 1), pulse(3, 0)])).toEqual([1, 1, 0, 0])
  expect(bitsOf([pulse(0, 1), pulse(0.05, 0)])).toBeUndefined()
})

async function reader() {
  const clock = simulatedClock()
  const edges = signal<Edge>()
  let isClosed = false
  const close = () => {
    isClosed = true
  }
  const asked: unknown[] = []
  const noise: unknown[] = []
  const wiring = {
    ...fakeWiring(clock),
    log: { ...silentLog, debug: (fields: { readonly [name: string]: unknown }) => void noise.push(fields['pulses']) },
    group: async (specs: unknown) => {
      asked.push(specs)
      return { edges, close }
    },
  }
  const spec = { kind: 'wiegand', evse: 2, data0: { header: 17, activeLow: true }, data1: { header: 27, activeLow: true } } as const
  const opened = await openWiegand(spec, wiring)
  const cards: string[] = []
  opened.presented.on(({ id }) => cards.push(id))
  /** Pulses as the kernel times them, 1.5 ms apart, told at once. */
  const pulses = (frame: readonly Bit[], from = clock.monotonic()) =>
    frame.forEach((line, index) => {
      edges.emit({ isActive: true, at: from + 1.5 * index, line })
      edges.emit({ isActive: false, at: from + 1.5 * index + 0.05, line })
    })
  return { clock, opened, cards, edges, noise, pulses, asked, spec, isClosed: () => isClosed }
}
const card = frame([4, 0xa2, 0xb3, 0xc4])
const other = frame([123, 178, 110])

describe('the reader', () => {
  test('asks for both lines at once, and presents a card when it has been silent', async () => {
    const { clock, opened, cards, pulses, asked, spec } = await reader()
    expect([asked, opened.evse]).toEqual([[[spec.data0, spec.data1]], 2])
    pulses(card)
    await clock.advance(24)
    expect(cards).toEqual([])
    await clock.advance(2)
    expect(cards).toEqual(['04A2B3C4'])
  })
  test('a frame that is told in two halves by a busy event loop is one', async () => {
    const { clock, cards, pulses } = await reader()
    pulses(card.slice(0, 20))
    await clock.advance(25)
    pulses(card.slice(20), 30)
    await clock.advance(30)
    expect(cards).toEqual(['04A2B3C4'])
  })
  test('two frames that are told at once are two', async () => {
    const { clock, cards, pulses } = await reader()
    pulses(card, 0)
    pulses(other, 49.5 + 25)
    await clock.advance(30)
    expect(cards).toEqual(['04A2B3C4', '7BB26E'])
  })
  test('noise is no card, and the next frame is heard', async () => {
    const { clock, cards, pulses } = await reader()
    pulses(bits('10110'))
    await clock.advance(30)
    pulses(card.with(5, card[5] === 1 ? 0 : 1))
    await clock.advance(30)
    expect(cards).toEqual([])
    pulses(other)
    await clock.advance(30)
    expect(cards).toEqual(['7BB26E'])
  })
  test('mains hum on a loose wire, for hours, is no card and keeps no more than a frame', async () => {
    const { clock, cards, edges, noise } = await reader()
    for (let at = 0; at < 5_000; at++) {
      edges.emit({ isActive: true, at: clock.monotonic(), line: 0 })
      await clock.advance(20)
    }
    await clock.advance(30)
    expect(cards).toEqual([])
    expect(noise).toEqual([64])
  })
  test('closed in the middle of a frame it says nothing more', async () => {
    const { clock, opened, cards, pulses, isClosed } = await reader()
    pulses(card)
    opened.close()
    await clock.advance(30)
    expect([cards, isClosed(), clock.untilNext()]).toEqual([[], true, undefined])
  })
})
