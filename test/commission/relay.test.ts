import { describe, expect, test } from 'vitest'
import { desk, probing, said } from './desk.ts'

describe('probe relay', () => {
  test('clicks a contactor after a yes, with the dead-man relay fed, and tells what the mirror did', async () => {
    const d = await desk('bench-native')
    const p = await d.probe('relay', 'contactor')
    await p.until(() => p.said.out.includes('Type yes'))
    expect(p.said.out).toMatch(/outlet 1 \(GPIO23\) closes for half a second: the outlet is LIVE/)
    expect(d.pins.size).toBe(0)
    p.type('yes')
    expect(await p.ended()).toBe(0)
    expect(p.said.out).toMatch(/Clicked: the mirror contact followed both ways\.\n$/)
    expect(d.pins.get('GPIO23')?.history).toEqual([0, 1, 0])
    // Its charge pump sees edges before, during and after, and rests low.
    expect(d.pins.get('GPIO12')?.history.length).toBeGreaterThan(60)
    expect(d.pins.get('GPIO12')?.level).toBe(0)
    for (const { output, what } of d.outputs) expect(d.isOn(output), what).toBe(false)
  })

  test.each(['no', 'y', ''])('switches nothing after "%s"', async (answer) => {
    const d = await desk('bench-native')
    const p = await d.probe('relay', 'contactor')
    p.type(answer)
    expect(await p.ended()).toBe(1)
    expect(p.said.out).toMatch(/Nothing was switched\.\n$/)
    expect(d.pins.size).toBe(0)
  })

  test.each(['A car is there', 'and asks for energy'])('is refused: %s', async (which) => {
    const d = await desk('bench-native')
    d.cars[0]?.plug()
    d.cars[0]?.want(which !== 'A car is there')
    const p = await d.probe('relay', 'contactor', '--yes')
    expect(await p.ended()).toBe(1)
    expect(p.said.out).toMatch(/Not switched: a car hangs on outlet 1, .*unplug it first/)
    expect(d.pins.get('GPIO23')?.history).toEqual([0])
  })

  test('opens at once when a car is plugged in meanwhile', async () => {
    const d = await desk('bench-native')
    const p = await d.probe('relay', 'contactor', '--yes')
    await p.until(() => d.pins.get('GPIO23')?.level === 1)
    const closedAt = d.clock.monotonic()
    d.cars[0]?.plug()
    await p.until(() => d.pins.get('GPIO23')?.level === 0)
    expect(d.clock.monotonic() - closedAt).toBeLessThan(100)
    expect(await p.ended()).toBe(1)
    expect(p.said.out).toMatch(/Not switched: it was opened again at once: a car hangs on outlet 1/)
  })

  test('is refused while the emergency stop is pressed, and while the pilot cannot be read', async () => {
    const d = await desk('bench-native')
    const p = await d.probe('relay', 'contactor', '--yes')
    await p.until(() => d.spec.emergencyStop !== undefined && d.pins.has('GPIO26'))
    d.press(d.spec.emergencyStop ?? {}, true)
    expect(await p.ended()).toBe(1)
    expect(p.said.out).toMatch(/Not switched: the emergency stop is pressed/)
    const blind = await desk('bench-native')
    blind.bus.chips.clear()
    const q = await blind.probe('relay', 'contactor', '--yes')
    expect(await q.ended()).toBe(1)
    expect(q.said.out + q.said.err).toMatch(/pilot cannot be read|nobody answers/)
    expect(blind.pins.get('GPIO23')?.history ?? [0]).toEqual([0])
  })

  test('wants neither meter nor card reader', async () => {
    const d = await desk('bench-native')
    const serial = () => Promise.reject(new Error('nobody plugged it in'))
    const p = await probing(['probe', 'relay', 'contactor', '--board', 'bench-native', '--yes'], { clock: d.clock, machine: { ...d.machine, serial } })
    expect(await p.ended()).toBe(0)
    expect(p.said.out).toMatch(/followed both ways/)
  })

  test('opens at once on ctrl-C, and when the terminal is lost', async () => {
    const d = await desk('bench-native')
    const p = await d.probe('relay', 'contactor', '--yes')
    await p.until(() => d.pins.get('GPIO23')?.level === 1)
    p.stop()
    expect(await p.ended()).toBe(1)
    await d.clock.advance(2_000)
    expect(d.pins.get('GPIO23')?.history).toEqual([0, 1, 0])
    for (const { output, what } of d.outputs) expect(d.isOn(output), what).toBe(false)
  })

  test('tells a mirror that does not follow', async () => {
    const d = await desk('pimoroni-automation-hat')
    const p = await d.probe('relay', 'contactor', '--yes')
    // The wire of the mirror is broken: it never says closed.
    const mirror = d.spec.evses[0]?.controller.contactor?.mirror
    d.clock.every('broken wire', 1, () => d.press(mirror ?? {}, false))
    expect(await p.ended()).toBe(0)
    expect(p.said.out).toMatch(/Clicked: the mirror contact did NOT say closed: check coil/)
  })

  test('clicks the relay of an expander, lamps and a shunt trip, each read back', async () => {
    const d = await desk('sequent-4rel4in')
    for (const [name, words] of [
      ['contactor', /followed both ways/],
      ['shunt-trip', /read back as ON, and as OFF/],
      ['green', /read back as ON, and as OFF/],
    ] as const) {
      const one = await desk('sequent-4rel4in')
      const p = await one.probe('relay', name, '--yes')
      expect(await p.ended(), name).toBe(0)
      expect(p.said.out).toMatch(words)
    }
    const p = await d.probe('relay', 'blue', '--yes')
    expect(await p.ended()).toBe(2)
    expect(p.said.err).toBe(
      'pilotwire: probe relay: blue: outlet 1 of sequent-4rel4in has none. Of those that can be clicked it has: contactor, shunt-trip, red, green\n',
    )
  })
})

describe('probe pilot', () => {
  test('shows each state below the last, and leaves F and an open contactor', async () => {
    const d = await desk('bench-native')
    const p = await probing(['probe', 'pilot', '--board', 'bench-native', '--pwm'], d, true)
    await p.until(() => p.said.out.includes('A: no car'))
    d.cars[0]?.plug()
    await p.until(() => p.said.out.includes('C: a car that asks for energy'))
    d.cars[0]?.unplug()
    await d.clock.advance(1_000)
    p.stop()
    expect(await p.ended()).toBe(0)
    const states = p.said.out.split('\n').map((line) => /([A-F]): /.exec(line)?.[1])
    expect(states.filter((each, at) => each !== undefined && each !== states[at - 1])).toEqual(['A', 'B', 'C', 'A'])
    expect(p.said.out).toMatch(/high {3}6\.0 V, low -12\.0 V {3}C: /)
    expect(d.pins.get('GPIO23')?.history).toEqual([0])
    expect(d.duty).toBe(0)
  })

  test('prints once a second where no person looks on', async () => {
    const d = await desk('bench-native')
    const p = await d.probe('pilot')
    await p.until(() => p.said.out.includes('A: no car'))
    const from = p.said.out.length
    await d.clock.advance(10_000)
    p.stop()
    expect(await p.ended()).toBe(0)
    expect(p.said.out.slice(from).trim().split('\n')).toHaveLength(10)
  })

  test('does not let a controller close its own contactor', async () => {
    const { exitCode, err } = await said(['probe', 'pilot', '--board', 'evse-wb-din', '--pwm'])
    expect([exitCode, err]).toEqual([2, 'pilotwire: --pwm: evse-wb-din closes its contactor by itself when current is offered. Leave --pwm out\n'])
  })
})
