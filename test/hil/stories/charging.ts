import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Transaction } from '../../../bench/csms/books/booking.ts'
import { type Check, equal, near, until } from '../check.ts'
import type { Machine } from '../machine.ts'
import { program } from '../programs.ts'
import { lines, pwm } from '../wires.ts'
import type { Happening, PlantState } from '../wishes.ts'
import { type Backend, card, type Desk, openDesk } from './desk.ts'

const energies = ({ samples }: Transaction): readonly number[] =>
  samples.flatMap(({ sampledValue }) =>
    sampledValue.filter(({ measurand }) => measurand === undefined || measurand === 'Energy.Active.Import.Register').map(({ value }) => Number(value)),
  )

/** Since the last time this was on: when it happened. */
function when({ happenings }: PlantState, what: Happening['what']): number {
  const found = happenings.findLast((each) => each.what === what)
  if (found === undefined) throw new Error(`${what} never happened`)
  return found.at
}

function newest({ csms }: Desk): Transaction {
  const transaction = csms.transactions.all.at(-1)
  if (transaction === undefined) throw new Error('there is no transaction')
  return transaction
}

const stopped = async (desk: Desk) =>
  (
    await until(
      desk.clock,
      'StopTransaction',
      () => newest(desk),
      ({ stop }) => stop !== undefined,
      20_000,
    )
  ).stop?.reason ?? 'Local'

/** Something happens while current flows: how long until the contactor line falls, ms. */
async function opensAfter(desk: Desk, wishes: Parameters<Desk['plant']['set']>[0], withinMs: number): Promise<PlantState & { tookMs: number }> {
  const began = desk.clock.monotonic()
  await desk.plant.set(wishes)
  const state = await desk.plant.until('the contactor line falls', ({ isCoilOn }) => !isCoilOn, withinMs)
  return { ...state, tookMs: when(state, 'coil off') - began }
}

const words = (ms: number) => `contactor line low after ${ms.toFixed(0)} ms`

/** The whole charger, story by story: one program that runs through all of them. */
export const chargingStories = (machine: Machine, backend: Backend): readonly Check[] => {
  let open: Desk | undefined
  const story = (name: string, tell: (desk: Desk) => Promise<unknown>): Check => ({
    name: `${backend}: ${name}`,
    withinMs: 180_000,
    async run() {
      open ??= await openDesk(machine, backend)
      return await tell(open)
    },
  })
  return [
    story('plug by pilot volts, card, contactor line high, mirror agrees, registers become MeterValues', async (desk) => {
      await desk.charging()
      const state = await desk.plant.look()
      equal([machine.level(lines.contactor), machine.level(lines.mirror), state.pilot], [1, 1, 'C'], 'contactor, mirror, pilot')
      near(state.duty ?? 0, 16 / 0.6, 0.01, 'duty')
      // The first samples may be of before the contactor closed.
      const hasRisen = (each: Transaction) => (energies(each).at(-1) ?? 0) > (energies(each)[0] ?? 0) + 10
      const transaction = await until(desk.clock, 'MeterValues that rise', () => newest(desk), hasRisen, 30_000)
      const counted = energies(transaction)
      const { importWh } = await desk.plant.look()
      near(counted.at(-1) ?? 0, importWh, 60, 'the last register value, Wh')
      if (!card.endsWith(transaction.start.idTag)) throw new Error(`the card is ${transaction.start.idTag}`)
      return `${transaction.start.idTag}, ${counted.at(-1)} Wh, duty ${state.duty?.toFixed(2)} %, ${state.beats} edges of the dead-man line`
    }),
    story('the card again: X1 first, then the car leaves C, then the contactor opens', async (desk) => {
      await desk.charging()
      await desk.present()
      const state = await desk.plant.until('the contactor line falls', ({ isCoilOn }) => !isCoilOn)
      equal(state.duty, 100, 'duty')
      if (when(state, 'state B') > when(state, 'coil off')) throw new Error('the contactor opened under load')
      equal(await stopped(desk), 'Local')
    }),
    story('residual current: opens at once, state F, Faulted until the car is unplugged', async (desk) => {
      await desk.charging()
      const { tookMs } = await opensAfter(desk, { hasResidualCurrent: true }, 1_000)
      await desk.reached(/^Faulted GroundFailure/)
      await desk.plant.set({ hasResidualCurrent: false, isReady: false })
      equal(newest(desk).stop, undefined, 'the end of the transaction')
      equal(desk.status().startsWith('Faulted'), true, 'latched')
      await desk.home()
      equal(await stopped(desk), 'EVDisconnected')
      return words(tookMs)
    }),
    story('emergency stop: opens at once, and goes away by itself', async (desk) => {
      await desk.charging()
      const { tookMs } = await opensAfter(desk, { isEmergencyStopped: true }, 1_000)
      await desk.reached(/^Faulted OtherError EmergencyStop/)
      equal(await stopped(desk), 'EmergencyStop')
      await desk.home()
      return words(tookMs)
    }),
    story('the car opens S2: the contactor follows', async (desk) => {
      await desk.charging()
      const state = await opensAfter(desk, { isReady: false }, 2_000)
      const tookMs = when(state, 'coil off') - when(state, 'state B')
      await desk.reached(/^SuspendedEV/)
      return `${words(tookMs)} (100 ms on a board; this machine is slower)`
    }),
    story('a car without diode is refused', async (desk) => {
      await desk.charging()
      const { tookMs } = await opensAfter(desk, { hasDiode: false }, 2_000)
      await desk.reached(/^Faulted OtherError EvDiode/)
      await desk.home()
      return words(tookMs)
    }),
    story('the converter goes away: the pilot is stale, opens', async (desk) => {
      await desk.charging()
      const began = desk.clock.monotonic()
      machine.writeModel('ads1115', 'absent')
      const state = await desk.plant.until('the contactor line falls', ({ isCoilOn }) => !isCoilOn, 2_000)
      await desk.reached(/^Faulted OtherError PilotStale/)
      machine.writeModel('ads1115', 'ok')
      await desk.home()
      return words(when(state, 'coil off') - began)
    }),
    story('the meter falls silent: a normal stop, PowerMeterFailure, and back when it answers', async (desk) => {
      await desk.charging()
      const state = await opensAfter(desk, { isMeterSilent: true }, 60_000)
      if (when(state, 'state B') > when(state, 'coil off')) throw new Error('the contactor opened under load')
      await desk.reached(/PowerMeterFailure/)
      await desk.home()
      return words(state.tookMs)
    }),
    story('welded: stays closed, latched, also when the contacts come loose', async (desk) => {
      await desk.charging()
      await desk.plant.set({ isWelded: true })
      await desk.present()
      await desk.reached(/^Faulted PowerSwitchFailure ContactorWelded/)
      equal([machine.level(lines.contactor), machine.level(lines.mirror)], [0, 1], 'contactor line and mirror')
      await desk.plant.set({ isWelded: false })
      await desk.plant.until('contacts open', ({ areContactsClosed }) => !areContactsClosed)
      await desk.plant.set({ isPlugged: false, isReady: false })
      await desk.plant.until('unplugged', ({ pilot }) => pilot === 'A')
      equal(desk.status(), 'Faulted PowerSwitchFailure ContactorWelded', 'latched')
    }),
    {
      name: `${backend}: ended in good order: every output OFF, pilot in state F`,
      async run() {
        const desk = open
        open = undefined
        if (desk === undefined) throw new Error('the charger never ran')
        await desk.close()
        equal([lines.contactor, lines.residualTest, lines.deadMan].map(machine.level), [0, 0, 0], 'outputs')
        return `PWM ${readFileSync(`${pwm.model}/channel${pwm.channel}`, 'utf8').trim()}`
      },
    },
    {
      name: `${backend}: the guard is killed while current flows: what is left, and what the dead-man relay does`,
      withinMs: 180_000,
      async run() {
        const desk = await openDesk(machine, backend)
        try {
          await desk.charging()
          const ended = once(desk.charger, 'close')
          desk.charger.kill('SIGKILL')
          await ended
          const state = await desk.plant.until('the dead-man relay drops out', ({ areContactsClosed }) => !areContactsClosed, 2_000)
          // Upstream lets go of the character device's lines; sysfs keeps driving; a PWM chip runs on whatever happens.
          const line = machine.level(lines.contactor)
          equal(line, backend === 'sysfs' ? 1 : 0, 'contactor line')
          const safe = spawnSync(process.execPath, [program('main'), 'safe-state', '--board', desk.boardFile], { encoding: 'utf8' })
          const after = await desk.plant.look()
          equal(
            [machine.level(lines.contactor), machine.level(lines.deadMan), after.duty],
            [0, 0, 0],
            `safe-state; it said ${safe.stdout}${safe.stderr}; lines and duty`,
          )
          return `contactor line ${line}, contacts open, duty still ${state.duty?.toFixed(2)} %; after safe-state (exit code ${safe.status}) 0, 0, 0 %`
        } finally {
          await desk.close()
        }
      },
    },
  ]
}
