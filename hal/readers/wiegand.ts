import type { Clock, Timer } from '../../src/base/clock.ts'
import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Edge } from '../bus/gpio.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ReaderSpec } from '../spec/wires.ts'
import type { Token, TokenReader } from '../types.ts'
import { presenting } from './tag.ts'

/** Wiegand 26 and 34: a pulse of about 50 us on D0 is a 0, on D1 a 1, 1 to 2 ms apart. Both lines idle high. */

type Spec = Extract<ReaderSpec, { kind: 'wiegand' }>
type Bit = 0 | 1

/** Nothing for so long ends a frame. */
const frameSilence: Millis = 25
/** Pulses closer than this are no pulses of a reader: the narrowest known are 0.2 ms apart. */
const shortestGap: Millis = 0.1

/** The card's number in a frame, most significant byte first: 3 bytes of 26 bits, 4 bytes of 34 bits. Undefined: another length, or wrong parity.
 *  The first bit makes the first half even, the last bit makes the second half odd: a line that is stuck or broken gives neither. */
export function wiegandNumber(bits: readonly Bit[]): Uint8Array | undefined {
  if (bits.length !== 26 && bits.length !== 34) return undefined
  const ones = (part: readonly Bit[]) => part.reduce<number>((sum, bit) => sum + bit, 0)
  const half = bits.length / 2
  if (ones(bits.slice(0, half)) % 2 !== 0 || ones(bits.slice(half)) % 2 !== 1) return undefined
  const data = bits.slice(1, -1)
  return Uint8Array.from({ length: data.length / 8 }, (_, at) => data.slice(8 * at, 8 * at + 8).reduce<number>((byte, bit) => 2 * byte + bit, 0))
}

/** Bits in the order of their times, whatever the order they were told in. Undefined: some are too close together, which is noise. */
export function bitsOf(pulses: readonly Pick<Edge, 'line' | 'at'>[]): readonly Bit[] | undefined {
  const ordered = pulses.toSorted((a, b) => a.at - b.at)
  const isNoise = ordered.some(({ at }, index) => at - (ordered[index - 1]?.at ?? Number.NEGATIVE_INFINITY) < shortestGap)
  return isNoise ? undefined : ordered.map(({ line }) => (line === 0 ? 0 : 1))
}

/** More pulses than the longest frame has: noise (mains hum on a wire that hangs loose), which may go on for ever. */
const mostPulses = 64

/** Gathers pulses into frames, no more than `mostPulses` of each. `take` gets each frame when the silence after it is over. */
function frames(clock: Clock, take: (pulses: readonly Edge[]) => void): { heard(pulse: Edge): void; stop(): void } {
  let pulses: readonly Edge[] = []
  let timer: Timer | undefined
  const end = () => {
    const frame = pulses
    pulses = []
    if (frame.length > 0) take(frame)
  }
  return {
    heard(pulse) {
      const last = pulses.at(-1)
      // By the kernel's times, for an event loop that was busy hears two frames at once.
      if (last !== undefined && pulse.at - last.at >= frameSilence) end()
      pulses = [...pulses.slice(1 - mostPulses), pulse]
      timer?.stop()
      // Timers come before what waits in the kernel: after a busy spell the rest of this frame is heard in between.
      timer = clock.after('wiegand frame', frameSilence, () => {
        timer = clock.after('wiegand frame ends', 1, end)
      })
    },
    stop: () => timer?.stop(),
  }
}

/** @throws DeviceError 'refused' on sysfs, which loses pulses, where the lines are on two chips, and for a line that cannot be had */
export async function openWiegand(spec: Spec, wiring: Wiring): Promise<Opened<TokenReader>> {
  const { clock, log } = wiring
  const presented = signal<Token>()
  const { seen } = presenting(spec, clock, presented.emit)
  const group = await wiring.group([spec.data0, spec.data1])
  const { heard, stop } = frames(clock, (pulses) => {
    const uid = wiegandNumber(bitsOf(pulses) ?? [])
    if (uid !== undefined) return seen(uid)
    log.debug({ pulses: pulses.length }, 'not a Wiegand frame')
  })
  // One edge of each pulse, whichever the polarity in the file.
  const off = group.edges.on((edge) => {
    if (edge.isActive) heard(edge)
  })
  return {
    evse: spec.evse,
    presented,
    close() {
      off()
      stop()
      group.close()
    },
  }
}
