import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { EvSettings } from '../../hal/simulated/ev.ts'
import { faultNames, type PlantFault } from '../../hal/simulated/faults.ts'
import type { Plant } from '../../hal/simulated/plant.ts'
import type { SafetySettings } from '../../hal/types.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'
import { type Sign, signs } from '../../src/safety/port.ts'
import { recorded } from './recorded-board.ts'

type Action =
  | {
      readonly do:
        | 'plugIn'
        | 'unplug'
        | 'unplugEv'
        | 'plugCable'
        | 'suspend'
        | 'resume'
        | 'full'
        | 'reset'
        | 'withdraw'
        | 'adopt'
        | 'unlock'
        | 'clear'
        | 'die'
        | 'newCore'
    }
  | { readonly do: 'grant'; readonly amps: number; readonly close: boolean; readonly phases: 1 | 3 }
  | { readonly do: 'fault'; readonly name: PlantFault; readonly isOn: boolean }
  | { readonly do: 'ev'; readonly reaction: number; readonly wantsAmps: number; readonly phases: 1 | 3; readonly sleeps: EvSettings['sleeps'] }
  | { readonly do: 'show'; readonly sign: Sign }
  | { readonly do: 'voltage'; readonly volts: number | undefined }
type Step = { readonly wait: number; readonly action: Action; readonly evse: number }

async function play({ steps: story, wakeUp, sleeps, wait: first }: Story, everyTick: boolean) {
  const clock = simulatedClock({ bootMs: 10_007 })
  const lines: string[] = []
  const write = (line: string) => lines.push(`${clock.monotonic()} ${line}`)
  const world = simulatedBoard(
    {
      name: 'three',
      kind: 'simulated',
      evses: [
        { maxAmps: 32, phases: 3, cable: 'socket', has: ['phaseSwitch', 'pilotBreak', 'shuntTrip', 'indicator'] },
        { maxAmps: 16, phases: 1, cable: 'fixed', lacks: ['mirror', 'negativePeak'] },
        { maxAmps: 32, phases: 3, cable: 'fixed', dc: { maxWatts: 20_000 } },
      ],
      limitInputs: [{ amps: 8, evse: 1 }],
      market: 'us',
      safety: { phaseSwitching: 'on', wakeUp, openPen: true },
    },
    clock,
  )
  const port = guard(recorded(world.board, write), clock, silentLog, { everyTick })
  port.reported.on((report) => write(JSON.stringify(report)))
  const core = new Map<number, { amps: number; close: boolean; phases: 1 | 3 }>()
  let sequence = 0
  const offer = (evse: number) => {
    const granted = core.get(evse)
    if (granted === undefined) return
    const issuedAt = clock.monotonic()
    port.offer({
      evse,
      plugIn: port.report(evse).plugIn,
      transaction: 'tx',
      ...granted,
      // Of the DC outlet; 0.9 to 5 kW.
      watts: granted.amps * 160,
      sequence: ++sequence,
      issuedAt,
      expiresAt: issuedAt + 10_000,
    })
  }
  /** Rule 8, in every story: contacts that can open are open 160 ms after a car left (100 ms, and 60 more when the sampler died with it). */
  const watch = (evse: number) => {
    const plant = world.plants[evse - 1] as Plant
    const leftAt = clock.monotonic()
    if (plant.isPlugged) return
    clock.after('watch', 160, () => {
      if (plant.isClosed && !plant.isPlugged && !plant.faults.has('weld') && (lastPlugged.get(evse) ?? 0) < leftAt)
        write(`evse ${evse} BROKEN: closed without a car`)
    })
  }
  const lastPlugged = new Map<number, number>()
  clock.every('renewal', 1_000, () => [1, 2, 3].forEach(offer))
  const perform = ({ action, evse }: Step) => {
    const plant = world.plants[evse - 1] as Plant
    switch (action.do) {
      case 'grant':
        core.set(evse, action)
        return offer(evse)
      case 'fault':
        return plant.setFault(action.name, action.isOn)
      case 'ev':
        return plant.setEv(action)
      case 'voltage':
        return plant.setVoltage(action.volts)
      case 'show':
        return port.show(evse, action.sign)
      case 'withdraw':
        core.delete(evse)
        return port.withdraw(evse)
      case 'adopt':
        return port.adopt(evse, port.report(evse).plugIn, 'tx')
      case 'newCore':
        sequence = 0
        return port.adopt(evse, port.report(evse).plugIn, 'tx')
      case 'unlock':
        void port.unlock(evse).then((outcome) => write(`evse ${evse} unlock: ${outcome}`))
        return
      case 'clear':
        return port.clear(evse)
      case 'die':
        core.delete(evse)
        return
      default:
        return plant[action.do]()
    }
  }
  world.plants[0]?.setEv({ sleeps })
  // The DC outlet charges from the beginning.
  world.plants[2]?.plugIn()
  lastPlugged.set(3, clock.monotonic())
  core.set(3, { amps: 16, close: true, phases: 3 })
  for (const [at, step] of story.entries()) {
    if (at === 3) await clock.advance(first)
    await clock.advance(step.wait)
    write(`do ${JSON.stringify(step.action)}`)
    perform(step)
    if (step.action.do === 'plugIn') lastPlugged.set(step.evse, clock.monotonic())
    watch(step.evse)
  }
  await clock.advance(40_000)
  return { lines, ticks: port.ticks }
}

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Action>({ do: 'plugIn' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      amps: fc.constantFrom(0, 5.9, 6, 6.5, 10, 16, 32),
      close: fc.constantFrom(true, true, true, false),
      phases: fc.constantFrom(1 as const, 3 as const, 3 as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Action>(
      ...(['unplug', 'unplugEv', 'plugCable', 'suspend', 'resume', 'full', 'reset', 'withdraw', 'adopt', 'unlock', 'clear', 'die', 'newCore'] as const).map(
        (each) => ({ do: each }),
      ),
    ),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fault' as const), name: fc.constantFrom(...faultNames), isOn: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('ev' as const),
      reaction: fc.constantFrom(0, 20, 200, 1_000, 5_000),
      wantsAmps: fc.constantFrom(0, 6, 16, 32),
      phases: fc.constantFrom(1 as const, 3 as const),
      sleeps: fc.constantFrom('never' as const, 'lightly' as const, 'deeply' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('show' as const), sign: fc.constantFrom(...signs) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('voltage' as const), volts: fc.constantFrom(undefined, 190, 230, 270) }) },
)
/** Moments on the grid of 20 ms and of whole seconds are the ones where an order of timers could show. */
const wait = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 400 }).map((each) => each * 20),
  fc.constantFrom(0, 993, 1_000, 5_000, 13, 31_000),
)
interface Story {
  readonly steps: readonly Step[]
  readonly wakeUp: SafetySettings['wakeUp']
  /** The first car. */
  readonly sleeps: EvSettings['sleeps']
  /** Until the story begins: long enough to wake a car that sleeps, or not. */
  readonly wait: number
}
const steps = fc
  .array(fc.record({ wait, action, evse: fc.constantFrom(1, 1, 1, 2, 3) }), { minLength: 3, maxLength: 30 })
  .map((steps): readonly Step[] => [
    { wait: 13, action: { do: 'plugIn' }, evse: 1 },
    { wait: 1_000, action: { do: 'grant', amps: 16, close: true, phases: 3 }, evse: 1 },
    { wait: 2_500, action: { do: 'resume' }, evse: 1 },
    ...steps,
  ])

const story: fc.Arbitrary<Story> = fc.record({
  steps,
  wakeUp: fc.constantFrom('none', 'fault', 'disconnect', 'disconnect'),
  sleeps: fc.constantFrom('never', 'lightly', 'deeply'),
  wait: fc.constantFrom(0, 0, 28_000, 29_800, 33_000),
})

test('a host that sleeps between deadlines does exactly what one that ticks each 20 ms does', async () => {
  let [slept, awake, closes] = [0, 0, 0]
  const seen: Record<string, number> = { 'phases 1': 0, 'pilot break on': 0, 'pilot {"kind":"fault"}': 0, 'buzzer on': 0, 'watts 2560': 0 }
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const sleeping = await play(told, false)
      const ticking = await play(told, true)
      expect(sleeping.lines).toEqual(ticking.lines)
      expect(sleeping.lines.filter((each) => each.includes('BROKEN'))).toEqual([])
      slept += sleeping.ticks
      awake += ticking.ticks
      for (const each of Object.keys(seen)) seen[each] = (seen[each] ?? 0) + sleeping.lines.filter((line) => line.includes(` ${each}`)).length
      closes += sleeping.lines.filter((each) => each.endsWith('close')).length
    }),
    { numRuns: Number(process.env.RUNS ?? 60) },
  )
  for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(0)
  expect(slept).toBeLessThan(awake / 5)
  expect(closes).toBeGreaterThan(10)
}, 120_000)
