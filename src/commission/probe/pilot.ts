import type { WiredEvseSpec } from '../../../hal/spec/board.ts'
import type { EvseHardware, PilotSample } from '../../../hal/types.ts'
import type { Clock } from '../../base/clock.ts'
import { ConfigError } from '../../base/errors.ts'
import { type Millis, seconds } from '../../base/units.ts'
import { liveText, type Printer } from '../terminal.ts'
import { type Bench, enoughOf, type OutletOptions, outletOf, wiredBoard, withOutlet } from './bench.ts'

/** IEC 61851-1 Annex A: what a person compares a voltmeter with. */
const windows: readonly (readonly [from: number, to: number, words: string])[] = [
  [11, 13, 'A: no car'],
  [8, 10, 'B: a car, not ready'],
  [5, 7, 'C: a car that asks for energy'],
  [2, 4, 'D: a car that asks for energy and ventilation'],
  [-1, 2, 'E: short to earth, or the pilot is off'],
  [-13, -11, 'F: not available'],
]

export function stateWords(volts: number): string {
  return windows.find(([from, to]) => volts >= from && volts <= to)?.[2] ?? 'between the states: check the divider and its scale in the board file'
}

/** @param age of the sample, ms. Without samples: for how long nothing came */
export function printedSample(sample: PilotSample | undefined, age: Millis, staleAfter: Millis, seesNegativePeak: boolean): string {
  if (sample === undefined) return age < seconds(2) ? 'waiting for the first sample' : 'no sample: the converter or controller does not answer'
  if (age > staleAfter) return `STALE: the newest sample is ${(age / 1_000).toFixed(1)} s old, the converter or controller does not answer any more`
  const volts = (value: number) => `${value.toFixed(1).padStart(5)} V`
  const low = seesNegativePeak ? `, low ${volts(sample.lowV)}` : ''
  return `high ${volts(sample.highV)}${low}   ${stateWords(sample.highV)}`
}

const lookEvery: Millis = 200

/** Shows the pilot as it is until it is closed: volts in place, each change of state below the last; elsewhere than on a terminal once a second.
 *  The contactor stays open: only the pilot is driven. */
export function watchPilot({ pilot, staleAfter, seesNegativePeak }: EvseHardware['controller'], clock: Clock, to: Printer): { close(): void } {
  const text = liveText(to)
  const begun = clock.monotonic()
  let before: string | undefined
  let printedAt: Millis | undefined
  const look = () => {
    const now = clock.monotonic()
    const { sample } = pilot
    const words = printedSample(sample, now - (sample?.at ?? begun), staleAfter, seesNegativePeak)
    const state = words.replaceAll(/-?\d+\.\d/g, '')
    if (state === before && to.isTTY !== true && printedAt !== undefined && now - printedAt < seconds(1)) return
    if (state !== before) text.keep()
    text.show(words)
    before = state
    printedAt = now
  }
  const timer = clock.every('probe pilot', lookEvery, look)
  return { close: () => timer.stop() }
}

/** Volts and state of the pilot until ctrl-C. */
export async function probePilot(options: OutletOptions & { readonly pwm?: boolean }, bench: Bench): Promise<0> {
  const spec = await wiredBoard(options.board)
  const outlet = outletOf(spec, options.outlet ?? 1)
  if (options.pwm === true) refusePwm(outlet)
  return await withOutlet(options, spec, bench, async (_board, { controller }): Promise<0> => {
    controller.pilot.drive(options.pwm === true ? { kind: 'pwm', duty: 10 } : { kind: 'steady' })
    bench.terminal.stderr.write(
      `The contactor stays open. ${options.pwm === true ? 'The pilot offers 6 A. ' : 'The pilot is steady: no current is offered. '}ctrl-C ends.\n`,
    )
    const watch = watchPilot(controller, bench.clock, bench.terminal.stdout)
    await enoughOf(bench)
    watch.close()
    controller.pilot.drive({ kind: 'fault' })
    return 0
  })
}

/** A controller of its own closes as soon as a car may take current. */
function refusePwm({ controller }: WiredEvseSpec): void {
  const isItsOwn = controller.kind === 'evse-wb-din' || controller.kind === 'openevse-rapi'
  if (isItsOwn && controller.contactor === undefined)
    throw new ConfigError('--pwm', '', `${controller.kind} closes its contactor by itself when current is offered`, 'Leave --pwm out')
  if (controller.kind === 'socket-outlet') throw new ConfigError('--pwm', '', 'a socket outlet has no pilot', 'Leave --pwm out')
}
