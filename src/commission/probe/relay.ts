import { createInterface } from 'node:readline'
import { lineName } from '../../../hal/bus/gpio.ts'
import type { WiredBoardSpec, WiredEvseSpec } from '../../../hal/spec/board.ts'
import type { OutputSpec } from '../../../hal/spec/words.ts'
import type { Board, EvseHardware, Output } from '../../../hal/types.ts'
import type { Clock } from '../../base/clock.ts'
import { ConfigError } from '../../base/errors.ts'
import { type Millis, seconds } from '../../base/units.ts'
import { type Bench, enoughOf, type OutletOptions, outletOf, pause, wiredBoard, withOutlet } from './bench.ts'
import { type Relay, relays } from './relays.ts'

const clickFor: Millis = seconds(0.5)
/** How often it is looked whether a car came, and half of the dead-man's wave: the tick of the guard. */
const lookEvery: Millis = 20
/** The charge pump of a dead-man relay needs some edges before the relay pulls in. */
const pumpFor: Millis = 300

/** An expander is read beside its writes. */
const readBackAfter: Millis = 200

export type ClickOutcome = { readonly kind: 'clicked'; readonly said: string } | { readonly kind: 'refused'; readonly why: string }

export interface Clicked {
  readonly board: Board
  readonly evse: EvseHardware
  readonly spec: WiredEvseSpec
  readonly clock: Clock
}

/** Switches one output ON for half a second, after the person confirmed it. */
export async function probeRelay(relay: Relay, options: OutletOptions & { readonly yes?: boolean }, bench: Bench): Promise<0 | 1> {
  const { stdout, stdin } = bench.terminal
  const spec = await wiredBoard(options.board)
  const number = options.outlet ?? 1
  const outlet = outletOf(spec, number)
  const wire = wireOf(relay, spec, outlet)
  if (wire === undefined)
    throw new ConfigError(
      'probe relay',
      relay,
      `outlet ${number} of ${spec.name} has none`,
      `Of those that can be clicked it has: ${havingWire(spec, outlet) || 'none'}`,
    )
  if (options.yes !== true) {
    stdout.write(`${warningOf(relay, number, wire)} Type yes to go on: `)
    if ((await typed(stdin)) !== 'yes') {
      stdout.write('\nNothing was switched.\n')
      return 1
    }
  }
  return await withOutlet(options, spec, bench, async (board, evse) => {
    const click = async () => {
      evse.controller.pilot.drive({ kind: 'steady' })
      await settled(evse, bench.clock)
      return await clickRelay(relay, { board, evse, spec: outlet, clock: bench.clock })
    }
    // A person who presses ctrl-C wants it OFF now: the board is closed, which puts it OFF.
    const outcome = await Promise.race([click(), enoughOf(bench).then(() => interrupted)])
    stdout.write(outcome.kind === 'clicked' ? `Clicked: ${outcome.said}.\n` : `Not switched: ${outcome.why}.\n`)
    return outcome.kind === 'clicked' ? 0 : 1
  })
}

const interrupted: ClickOutcome = { kind: 'refused', why: 'it was interrupted, and every output is OFF' }

function wireOf(relay: Relay, spec: WiredBoardSpec, { controller, shuntTrip, indicator }: WiredEvseSpec): OutputSpec | undefined {
  if (relay === 'contactor') return controller.contactor?.output
  if (relay === 'shunt-trip') return shuntTrip
  return relay === 'dead-man' ? spec.deadMan : indicator?.[relay]
}

const havingWire = (spec: WiredBoardSpec, outlet: WiredEvseSpec) => relays.filter((each) => wireOf(each, spec, outlet) !== undefined).join(', ')

function warningOf(relay: Relay, number: number, wire: OutputSpec): string {
  const name = lineName(wire)
  if (relay === 'contactor')
    return `The contactor of outlet ${number} (${name}) closes for half a second: the outlet is LIVE for that time. Is no car plugged in, and nobody at the wires?`
  if (relay === 'shunt-trip')
    return `The shunt trip of outlet ${number} (${name}) is fired: the breaker in front TRIPS, and has to be switched on again by hand.`
  if (relay === 'dead-man') return `The dead-man output (${name}) toggles for half a second. Its relay must pull in, and drop out within 200 ms after that.`
  return `${relay} of outlet ${number} (${name}) is ON for half a second.`
}

/** Clicks. A contactor is not closed unless the pilot says that no car is there, and opens at once when that changes. */
export async function clickRelay(relay: Relay, clicked: Clicked): Promise<ClickOutcome> {
  const { board, evse, clock } = clicked
  if (relay === 'contactor') return await clickContactor(clicked)
  if (relay === 'dead-man') {
    if (board.deadMan === undefined) return { kind: 'refused', why: 'the board has no dead-man output' }
    const feeding = feed(board.deadMan, clock)
    await pause(clock, clickFor)
    feeding.stop()
    return { kind: 'clicked', said: 'it toggled. A relay that did not pull in, or stayed in, is no dead-man' }
  }
  const output = relay === 'shunt-trip' ? evse.shuntTrip : evse.indicator?.[relay]
  if (output === undefined) return { kind: 'refused', why: `outlet ${evse.number} has no ${relay}` }
  output.on()
  await pause(clock, clickFor)
  const wasOn = output.isOn
  output.off()
  await pause(clock, readBackAfter)
  return { kind: 'clicked', said: readBackWords(wasOn, output.isOn) }
}

function readBackWords(wasOn: boolean | undefined, isOn: boolean | undefined): string {
  if (wasOn === undefined) return 'it cannot be read back'
  if (!wasOn) return 'it was NOT read back as ON: check its wire'
  return isOn === false ? 'it was read back as ON, and as OFF again' : 'it was read back as ON, but NOT as OFF again: check its wire'
}

/** Why a contactor must not close now. */
export function refusalOf({ board, evse: { controller, protectiveEarth, number }, spec, clock }: Clicked): string | undefined {
  if (board.emergencyStop?.isActive === true) return 'the emergency stop is pressed, or its wire is broken'
  if (board.failure?.isActive === true) return 'the board says that it does not work'
  if (protectiveEarth?.isActive === true) return 'the protective earth is missing'
  if (controller.residualCurrent?.isTripped === true) return 'the residual current monitor has tripped, or its wire is broken'
  // A socket outlet without a contact that tells is the person's to look at.
  if (spec.controller.kind === 'socket-outlet' && spec.controller.plugged === undefined) return undefined
  const { sample } = controller.pilot
  if (sample === undefined || clock.monotonic() - sample.at > controller.staleAfter) return 'the pilot cannot be read: nobody knows whether a car is there'
  const volts = `pilot ${sample.highV.toFixed(1)} V`
  if (sample.highV < 11) return `a car hangs on outlet ${number}, or its pilot is shorted (${volts}): unplug it first`
  return sample.highV > 13 ? `no state has this voltage (${volts}): check the divider and its scale in the board file` : undefined
}

async function clickContactor(clicked: Clicked): Promise<ClickOutcome> {
  const { board, clock } = clicked
  const { contactor } = clicked.evse.controller
  const why = refusalOf(clicked) ?? mirrorRefusal(contactor.isClosed, contactor.hasMirror === true)
  if (why !== undefined) return { kind: 'refused', why }
  // Without it the coil has no supply.
  const feeding = board.deadMan === undefined ? undefined : feed(board.deadMan, clock)
  try {
    if (feeding !== undefined) await pause(clock, pumpFor)
    const changed = refusalOf(clicked)
    if (changed !== undefined) return { kind: 'refused', why: changed }
    contactor.close()
    const broken = await watched(clicked, clickFor)
    const followed = contactor.isClosed
    contactor.open()
    if (broken !== undefined) return { kind: 'refused', why: `it was opened again at once: ${broken}` }
    await pause(clock, clickFor)
    return { kind: 'clicked', said: mirrorWords(clicked.spec, followed, contactor.isClosed) }
  } finally {
    contactor.open()
    feeding?.stop()
  }
}

function mirrorRefusal(isClosed: boolean | undefined, hasMirror: boolean): string | undefined {
  if (isClosed === true)
    return 'the mirror contact says that the contactor is closed already: is it welded, or the mirror wired the other way round (isOpenWhenActive)?'
  return isClosed === undefined && hasMirror ? 'the mirror contact cannot be read' : undefined
}

function mirrorWords({ controller: { kind, contactor } }: WiredEvseSpec, followed: boolean | undefined, after: boolean | undefined): string {
  if (contactor?.mirror === undefined || followed === undefined) return 'there is no mirror contact to tell. Did you hear it?'
  if (!followed && (kind === 'evse-wb-din' || kind === 'openevse-rapi'))
    return `the mirror contact did not follow. That is right where the coil hangs behind the relay of the ${kind}, which closes for a car only. Did you hear the relay?`
  if (!followed) return 'the mirror contact did NOT say closed: check coil, emergency stop, dead-man relay, and how the mirror is wired (isOpenWhenActive)'
  return after === false
    ? 'the mirror contact followed both ways'
    : 'the mirror contact did NOT say open again: the contacts may be WELDED. Switch the supply off'
}

/** Waits, and ends at once when the contactor must not be closed any more. @returns why */
function watched(clicked: Clicked, by: Millis): Promise<string | undefined> {
  const { clock } = clicked
  const until = clock.monotonic() + by
  return new Promise((resolve) => {
    const timer = clock.every('probe relay', lookEvery, () => {
      const why = refusalOf(clicked)
      if (why === undefined && clock.monotonic() < until) return
      timer.stop()
      resolve(why)
    })
  })
}

/** Keeps a dead-man relay in, as the tick of the guard does: 25 edges up a second. */
function feed(output: Output, clock: Clock): { stop(): void } {
  let isHigh = false
  const timer = clock.every('probe dead-man', lookEvery, () => {
    isHigh = !isHigh
    if (isHigh) output.on()
    else output.off()
  })
  return {
    stop() {
      timer.stop()
      output.off()
    },
  }
}

/** The pilot needs a moment from its first drive to its first true sample, a controller of its own longer. */
function settled({ controller: { pilot: of } }: EvseHardware, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const from = clock.monotonic()
    const timer = clock.every('probe settles', 50, () => {
      const at = of.sample?.at ?? 0
      if (at < from + 500 && clock.monotonic() < from + seconds(3)) return
      timer.stop()
      resolve()
    })
  })
}

function typed(input: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input })
    lines.once('line', (line) => {
      resolve(line.trim().toLowerCase())
      lines.close()
    })
    lines.once('close', () => resolve(''))
  })
}
