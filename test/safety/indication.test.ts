import { describe, expect, test } from 'vitest'
import type { Indicator, Output } from '../../hal/types.ts'
import { type Indication, indicationOf, indications, type Lamp, lamps, lights, patterns, type Seen } from '../../src/safety/indication.ts'
import { type Sign, signs } from '../../src/safety/port.ts'
import { timing } from '../../src/safety/timing.ts'
import { outlet } from './outlet.ts'

const idle: Seen['report'] = { faults: [], contactor: 'open', isOffering: false, isPlugged: false, transaction: undefined, isVoid: false }
const session: Seen['report'] = { ...idle, isPlugged: true, transaction: 'tx' }
const seen = (report: Seen['report'], hasOffer = false, sign: Sign = 'none'): Seen => ({ report, hasOffer, sign })

describe('what is indicated', () => {
  test.each<[Indication, string, Seen]>([
    ['available', 'nothing is there', seen(idle)],
    ['reserved', 'nothing is there, and the core says so', seen(idle, false, 'reserved')],
    ['unavailable', 'the core says so', seen(idle, false, 'unavailable')],
    ['plugged', 'a car waits for a card', seen({ ...idle, isPlugged: true })],
    ['plugged', 'it was kept free for somebody', seen({ ...idle, isPlugged: true }, false, 'reserved')],
    ['unavailable', 'a car stands where it cannot charge', seen({ ...idle, isPlugged: true }, false, 'unavailable')],
    ['authorising', 'a card is asked about', seen({ ...idle, isPlugged: true }, false, 'authorising')],
    ['ready', 'PWM runs and the EV has not asked', seen({ ...session, isOffering: true }, true)],
    ['charging', 'the contacts are closed', seen({ ...session, isOffering: true, contactor: 'closed' }, true)],
    ['charging', 'they still are after the end', seen({ ...session, contactor: 'closed' })],
    ['charging', 'the charger goes out of service after this session', seen({ ...session, contactor: 'closed' }, true, 'unavailable')],
    ['paused', 'less than 6 A are left', seen(session, true)],
    ['finishing', 'the session is over', seen(session)],
    ['plugged', 'the offer was voided, and the core has not come back to it', seen({ ...session, isVoid: true })],
    ['fault', 'there is one, whatever else', seen({ ...session, faults: ['diode'] }, true, 'authorising')],
    ['accepted', 'a card was, also under a fault', seen({ ...idle, faults: ['diode'] }, false, 'accepted')],
    ['refused', 'a card was', seen({ ...session, contactor: 'closed' }, true, 'refused')],
  ])('%s: %s', (state, _why, sight) => {
    expect(indicationOf(sight)).toBe(state)
  })
  test('has a pattern of its own for each state, in steps of the tick', () => {
    expect(Object.keys(patterns).toSorted()).toEqual([...indications].toSorted())
    expect(new Set(Object.values(patterns).map((each) => JSON.stringify(each))).size).toBe(indications.length)
    const times = Object.values(patterns).flatMap((each) => lamps.flatMap((lamp) => (typeof each[lamp] === 'boolean' ? [] : each[lamp])))
    for (const each of times) expect(each % 20).toBe(0)
  })
})

/** Lamps that are looked at each 20 ms. */
function bench(broken: readonly Lamp[] = []) {
  const lit: Record<Lamp, boolean> = { red: false, green: false, blue: false, buzzer: false }
  const writes: string[] = []
  const failures: Lamp[] = []
  const output = (lamp: Lamp): Output => {
    const turn = (isOn: boolean) => () => {
      writes.push(`${lamp} ${isOn}`)
      if (broken.includes(lamp)) throw new Error('no such line')
      lit[lamp] = isOn
    }
    return { on: turn(true), off: turn(false), isOn: undefined }
  }
  const indicator: Indicator = { red: output('red'), green: output('green'), blue: output('blue'), buzzer: output('buzzer') }
  const one = lights(indicator, (lamp) => failures.push(lamp))
  const time = timing()
  let now = 1_000
  return {
    one,
    lit,
    writes,
    failures,
    now: () => now,
    /** The state after each tick of `duration`, as the lamps that are ON. */
    watch(sight: Omit<Seen, 'sign'>, duration: number): readonly string[] {
      const states: string[] = []
      for (const end = now + duration; now < end; now += 20) {
        time.begin(now)
        one.update(sight, time)
        states.push(lamps.filter((each) => lit[each]).join(' '))
      }
      return states
    },
    next: () => time.deadline,
  }
}
const all = { report: idle, hasOffer: false }

describe('lamps and buzzer', () => {
  test('are written only when they change, and wake the host only then', () => {
    const b = bench()
    b.watch(all, 10_000)
    expect(b.writes).toEqual(['red false', 'green true', 'blue false', 'buzzer false'])
    expect(b.next()).toBe(Number.POSITIVE_INFINITY)
    const waiting = b.watch({ report: { ...idle, isPlugged: true }, hasOffer: false }, 4_000)
    expect(waiting.filter((each) => each === 'green')).toHaveLength(100)
    expect(waiting.slice(0, 50)).toEqual(Array(50).fill('green'))
    expect(waiting.slice(50, 100)).toEqual(Array(50).fill(''))
    expect(b.next()).toBe(b.now())
  })
  test('buzz once, and blink on', () => {
    const b = bench()
    const fault = b.watch({ report: { ...idle, faults: ['diode'] }, hasOffer: false }, 5_000)
    expect(fault.filter((each) => each === 'red buzzer')).toHaveLength(50)
    expect(fault.at(-1)).toBe('red')
  })
  test.each([
    ['accepted', 2_000],
    ['refused', 2_000],
    ['authorising', 60_000],
  ] as const)('show %s for %i ms, and then what there is', (sign, duration) => {
    const b = bench()
    b.watch(all, 100)
    b.one.show(sign, b.now())
    const states = b.watch(all, duration)
    expect(states.every((each) => each === 'green')).toBe(false)
    expect(new Set(b.watch(all, 1_000))).toEqual(new Set(['green']))
  })
  test('show a lasting sign until the next, with others in between', () => {
    const b = bench()
    b.one.show('reserved', b.now())
    expect(new Set(b.watch(all, 5_000))).toEqual(new Set(['red green']))
    b.one.show('refused', b.now())
    b.watch(all, 2_000)
    expect(b.watch(all, 100).at(-1)).toBe('red green')
    // The end of a reservation does not cut short what its card is told.
    b.one.show('accepted', b.now())
    b.one.show('none', b.now())
    expect(new Set(b.watch(all, 1_900))).toEqual(new Set(['green buzzer', 'buzzer', 'green', '']))
    b.watch(all, 100)
    expect(b.watch(all, 100).at(-1)).toBe('green')
  })
  test('that cannot be driven are told of once and nothing else', () => {
    const b = bench(['green'])
    b.watch({ report: { ...idle, isPlugged: true }, hasOffer: false }, 10_000)
    expect(b.failures).toEqual(['green'])
    b.one.off()
  })
  test('are OFF at the end', () => {
    const b = bench()
    b.watch(all, 100)
    b.one.off()
    expect(b.lit).toEqual({ red: false, green: false, blue: false, buzzer: false })
  })
})

test('an outlet shows a session from the card to the pulled plug', async () => {
  const o = outlet({ evse: { has: ['indicator'] } })
  const indicator = o.world.board.evses[0]?.indicator as Indicator
  const shines = () => lamps.filter((each) => each !== 'buzzer' && indicator[each]?.isOn === true).join(' ')
  await o.wait(100)
  expect(shines()).toBe('green')
  o.port.show(undefined, 'refused')
  await o.wait(40)
  expect([shines(), indicator.buzzer?.isOn]).toEqual(['red', true])
  await o.wait(3_000)
  expect([shines(), indicator.buzzer?.isOn]).toEqual(['green', false])
  o.port.show(1, 'unavailable')
  await o.wait(1_000)
  expect(shines()).toBe('')
  o.port.show(1, 'none')
  await o.charge()
  expect(shines()).toBe('blue')
  o.withdraw()
  await o.wait(3_000)
  expect(shines()).toBe('green blue')
  o.plant.unplug()
  await o.wait(3_000)
  expect(shines()).toBe('green')
  o.port.close()
  expect(shines()).toBe('')
  expect(() => o.port.show(2, 'accepted')).toThrow(RangeError)
  expect(signs).toContain('none')
})
