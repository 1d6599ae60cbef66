import { describe, expect, test } from 'vitest'
import { openBoard } from '../../hal/build.ts'
import { silentLog } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import { readBoard } from '../../src/config/files.ts'
import { commands } from '../../src/local/commands.ts'
import { automaticEv } from '../../src/run/automatic-ev.ts'
import { simulatedCar, simulatedCommands, simulatedPerson } from '../../src/run/simulated-commands.ts'
import { handsAt, handsBy, obeying } from '../../src/run/simulated-world.ts'
import { desk } from '../local/desk.ts'

async function bench(board = 'simulated-2') {
  const at = desk({ connectors: board === 'simulated-2' ? 2 : 1 })
  const { clock } = at
  const { simulation } = await openBoard(await readBoard(board), { clock, log: silentLog })
  if (simulation === undefined) throw new Error('the board is not simulated')
  const { chargePoint } = at.context
  const hands = handsAt(simulation)
  const auto = automaticEv(chargePoint, simulatedCar(hands, chargePoint.evses), clock, false)
  const table = commands({ ...at.context, automaticEv: auto }, simulatedCommands({ hands, chargePoint, clock, automaticEv: auto }))
  const [first, second] = simulation.plants
  if (first === undefined) throw new Error('the board has no outlet')
  const type = (line: string) => table.run(line, { end() {}, after() {} })
  /** Types a line and gives the charger a second to notice. */
  const settled = async (line: string) => {
    const reply = type(line)
    await clock.advance(seconds(1))
    return await reply
  }
  return {
    at,
    clock,
    simulation,
    first,
    second,
    auto,
    person: simulatedPerson({ hands, chargePoint, clock }),
    type,
    settled,
  }
}

describe('the rows of a simulated board', () => {
  test('every command of the table is there', async () => {
    const { type } = await bench()
    const help = await type('help')
    for (const name of [
      'plugin',
      'unplug',
      'suspend',
      'resume',
      'full',
      'fullafter <Wh>',
      'delay',
      'nodelay',
      'max [amps]',
      'clock [s]',
      'wait [s]',
      'fault <name> [c]',
      'clear [c]',
      'reset',
    ]) {
      expect(help).toContain(`; ${name}`)
    }
  })

  test.each([
    ['suspend', ['suspend 1', 'suspend 2']],
    ['suspend 2', ['suspend 2']],
    ['resume', ['resume 1', 'resume 2']],
    ['full 1', ['full 1']],
    ['fullafter 500', ['fullAfter 1 500', 'fullAfter 2 500']],
    ['delay', ['delay 1', 'delay 2']],
    ['nodelay 2', ['noDelay 2']],
    ['max 10.5 2', ['want 2 10.5']],
    ['maxpower 22000 2', ['wantPower 2 22000']],
    ['plugin 2', ['plugIn 2']],
    ['unplug', ['unplug 1']],
    ['fault mainsOff 2', ['break 2 mainsOff']],
    ['clear', ['mend 1', 'mend 2']],
    ['reset', ['house reset', 'reset 1', 'reset 2']],
  ])('%s reaches the world as %j, and the world understands it', async (line, told) => {
    const { at, clock, simulation, auto } = await bench()
    const lines: string[] = []
    const obey = obeying(simulation)
    const refused: string[] = []
    const hands = handsBy(async (each) => {
      lines.push(each)
      if (!obey(each)) refused.push(each)
      return true
    })
    const { chargePoint } = at.context
    const reply = commands(at.context, simulatedCommands({ hands, chargePoint, clock, automaticEv: auto })).run(line, { end() {}, after() {} })
    await clock.advance(seconds(2))
    expect(await reply).toBe('ok')
    expect(lines).toEqual(told)
    // What there is nothing to do about is understood all the same.
    expect(refused.filter((each) => !/^(unplug|mend|reset)/.test(each))).toEqual([])
  })

  test('plugin and unplug are connector 1 unless another is named, and say what cannot be', async () => {
    const { type, settled, first, second, clock } = await bench()
    expect(await settled('plugin')).toBe('ok')
    expect([first.isPlugged, second?.isPlugged]).toEqual([true, false])
    expect(await type('plugin 1')).toMatch(/^error a car is plugged in/)
    expect(await settled('plugin 2')).toBe('ok')
    expect(await settled('unplug')).toBe('ok')
    await clock.advance(seconds(2))
    expect([first.isPlugged, second?.isPlugged]).toEqual([false, true])
    expect(await type('unplug 1')).toMatch(/^error nothing is plugged in/)
  })

  test('plugin answers when the charger has noticed the car', async () => {
    const { at, type } = await bench('simulated')
    let reply = ''
    void type('plugin').then((each) => {
      reply = each
    })
    await at.clock.advance(100)
    expect(reply).toBe('')
    at.change(1, { report: { isPlugged: true } })
    await at.clock.settle()
    expect(reply).toBe('ok')
  })

  test('max sets what the car wants, none resets', async () => {
    const { type, first, second, auto } = await bench()
    const usual = first.ev.wantsAmps
    await type('max 10')
    expect([first.ev.wantsAmps, second?.ev.wantsAmps]).toEqual([10, 10])
    await type('max')
    expect(first.ev.wantsAmps).toBe(usual)
    auto.set(true)
    await type('max 10')
    await type('max')
    expect(first.ev).toMatchObject({ wantsAmps: 16, phases: 1 })
  })

  test('wait answers after 5 s, or as many as asked for', async () => {
    const { type, clock } = await bench()
    let answered = 0
    for (const line of ['wait', 'wait 7']) void type(line).then(() => answered++)
    await clock.advance(4_999)
    expect(answered).toBe(0)
    await clock.advance(1)
    expect(answered).toBe(1)
    await clock.advance(seconds(2))
    expect(answered).toBe(2)
  })

  test('clock shifts the wall time, adds up, and comes back', async () => {
    const { type, clock } = await bench()
    const before = clock.now()
    await type('clock 3600')
    await type('clock -60')
    expect(clock.now().epochMs - before.epochMs).toBe(3_540_000)
    expect(clock.monotonic()).toBe(before.bootMs)
    await type('clock')
    expect(clock.now().epochMs).toBe(before.epochMs)
  })

  test('fault breaks by name in any case, clear mends it and lets the guard forget', async () => {
    const { type, first, at, clock } = await bench('simulated')
    expect(await type('fault DIODE')).toBe('ok')
    expect(first.faults.has('diode')).toBe(true)
    expect(await type('fault gremlins')).toMatch(/^error name "gremlins" is not one of emergencyStop/)
    const cleared = type('clear')
    await clock.advance(seconds(1))
    expect(await cleared).toBe('ok')
    expect([...first.faults]).toEqual([])
    expect(at.asked).toEqual(['guard clear 1'])
  })

  test('reset leaves nothing of what was set', async () => {
    const { settled, first, second, clock } = await bench()
    const before = clock.now().epochMs
    for (const line of ['plugin 2', 'max 8', 'clock 99', 'fault lock 1']) await settled(line)
    expect(await settled('reset')).toBe('ok')
    expect([second?.isPlugged, first.faults.size, first.ev.wantsAmps, clock.now().epochMs - before]).toEqual([false, 0, 32, 5_000])
  })

  test('the hands of `status` do what the rows do', async () => {
    const { person, first, clock } = await bench('simulated')
    person.plug(1)
    expect(first.isPlugged).toBe(true)
    first.setFault('diode', true)
    const cleared = person.clearFaults(1)
    await clock.advance(seconds(1))
    await cleared
    expect(first.faults.size).toBe(0)
    person.unplug(1)
    expect(first.isPlugged).toBe(false)
  })
})
