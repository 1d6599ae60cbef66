import { ConfigError, DeviceError } from '../../src/base/errors.ts'
import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Edge, InputLine, OutputLine } from '../bus/gpio.ts'
import { healthOf } from '../bus/health.ts'
import type { Opened } from '../bus/wiring.ts'
import type { InputSpec, OutputSpec } from '../spec/words.ts'
import type { PartOptions, Pins } from './pins.ts'

/** A chip with one port of up to 16 pins; bit n of every number is pin n of the chip. */
export interface PortChip {
  /** Proves that it answers, and makes every pin an input, as after power-on. @throws DeviceError */
  begin(): Promise<void>
  /** The levels of outputs, at once. @throws DeviceError */
  writeLatch(latch: number): void
  /** Which pins are inputs, and which have a pull-up, at once. @throws DeviceError */
  writeDirection(inputs: number, pullUps: number): void
  /** Levels at the pins, and what the latch holds. @throws DeviceError */
  read(): Promise<{ readonly levels: number; readonly latch: number }>
  /** The chip still has the directions that it was given. @throws DeviceError */
  isConfigured(inputs: number, pullUps: number): Promise<boolean>
}

/** Which pin of the board is which bit of the chip. */
export interface PinLayout {
  output(pin: number): number | undefined
  input(pin: number): number | undefined
  /** Inputs that are low while something is there. */
  readonly invertedInputs: number
  readonly pulls: readonly ('up' | 'none')[]
  /** For a person: `pins 0 to 15`. */
  readonly words: string
}

const pollPeriod: Millis = 20
/** Inputs that were not read for this long (three polls) cannot be read. */
const freshFor: Millis = 60
/** How often directions are verified: a chip that a brown-out reset has inputs where the relays were. */
const verifyPeriod: Millis = 1_000
/** One wrong answer may be noise on the wires; two in a row are the chip. */
const answersThatCount = 2

interface Line {
  readonly mask: number
  readonly spec: InputSpec
  readonly edges: ReturnType<typeof signal<Edge>>
  isActive: boolean
  differsSince: Millis | undefined
}

/** The lines of one chip, which share its port register.
 *
 *  What the process leaves behind when it is killed: the chip keeps its latch, a relay that was ON stays ON, until the next start (every
 *  pin becomes an input first) or `pilotwire safe-state`. A dead-man relay in front is the remedy. */
export async function expander(name: string, chip: PortChip, layout: PinLayout, { clock, changed, health: tell }: PartOptions): Promise<Opened<Pins>> {
  const health = healthOf(name, tell)
  const lines = new Set<Line>()
  const used = new Set<number>()
  let inputs = 0xffff
  let pullUps = 0
  let latch = 0
  /** The latch with every output OFF. */
  let offLatch = 0
  /** What the chip said that it holds, and which of it was not heard since it was written. */
  let heldLatch = 0
  let unheard = 0xffff
  /** An OFF that has not arrived. */
  let isOwed = false
  let writes = 0
  let wrongLatches = 0
  let wrongDirections = 0
  /** `changed` was told that the inputs can be read. */
  let areKnown = true
  let verifiedAt: Millis = Number.NEGATIVE_INFINITY
  let readAt: Millis
  let levels: number
  let isPolling = false
  let isClosed = false

  await chip.begin()
  ;({ levels } = await chip.read())
  readAt = clock.monotonic()

  const isFresh = () => clock.monotonic() - readAt <= freshFor
  const rawOf = ({ mask, spec }: Pick<Line, 'mask' | 'spec'>) =>
    (((levels & mask) !== 0) !== ((layout.invertedInputs & mask) !== 0)) !== (spec.activeLow === true)
  const put = (mask: number, isHigh: boolean, of: number) => (isHigh ? of | mask : of & ~mask)

  /** @throws DeviceError */
  const writeLatch = (written = 0xffff) => {
    writes++
    unheard |= written
    chip.writeLatch(latch)
  }
  /** The chip is not as it was left: everything OFF, and nothing is switched ON again by itself. */
  const restore = () => {
    latch = offLatch
    wrongLatches = 0
    wrongDirections = 0
    health.bad(new DeviceError(name, 'refused', new Error('it lost its settings (a dip of its supply?). Its outputs are OFF until they are switched again')))
    try {
      writeLatch()
      chip.writeDirection(inputs, pullUps)
    } catch {
      isOwed = true
    }
  }
  const judgeLatch = (held: number) => {
    if (((held ^ latch) & ~inputs) === 0) {
      heldLatch = held
      unheard = 0
      wrongLatches = 0
      isOwed = false
      return
    }
    // What is ON here and OFF there was lost: it may not come back together with an OFF that is owed.
    const hasLost = ((held ^ latch) & (latch ^ offLatch) & ~inputs) !== 0
    if (isOwed && !hasLost) writeLatch()
    else if (isOwed || ++wrongLatches >= answersThatCount) restore()
  }
  const verify = async () => {
    if (clock.monotonic() - verifiedAt < verifyPeriod) return true
    const before = writes
    if (!(await chip.isConfigured(inputs, pullUps)) && before === writes) {
      if (++wrongDirections >= answersThatCount) restore()
      return false
    }
    verifiedAt = clock.monotonic()
    wrongDirections = 0
    return true
  }
  const follow = (line: Line) => {
    const isActive = rawOf(line)
    if (isActive === line.isActive) {
      line.differsSince = undefined
      return false
    }
    line.differsSince ??= readAt
    if (readAt - line.differsSince < (line.spec.debounceMs ?? 0)) return false
    line.isActive = isActive
    line.differsSince = undefined
    line.edges.emit({ isActive, at: readAt, line: 0 })
    return true
  }
  const forget = () => {
    if (!areKnown || isFresh()) return
    areKnown = false
    changed()
  }
  const poll = async () => {
    forget()
    if (isPolling || isClosed) return
    isPolling = true
    const before = writes
    try {
      const read = await chip.read()
      if (isClosed) return
      levels = read.levels
      readAt = clock.monotonic()
      if (before === writes) judgeLatch(read.latch)
      const moved = [...lines].filter(follow)
      if (moved.length > 0 || !areKnown) changed()
      areKnown = true
      const isVerified = await verify()
      if (isVerified && unheard === 0 && wrongLatches === 0) health.good()
    } catch (error) {
      if (isClosed) return
      // Whatever it held, it may have been reset meanwhile.
      verifiedAt = Number.NEGATIVE_INFINITY
      unheard = 0xffff
      if (!isFresh()) health.bad(error)
    } finally {
      isPolling = false
    }
  }
  const timer = clock.every(`${name} poll`, pollPeriod, () => void poll())

  const taken = (bit: number | undefined, pin: number, what: string): number => {
    if (bit === undefined) throw new ConfigError(`part ${name}`, `pin ${pin}`, `is no ${what}`, `It has ${layout.words}`)
    if (used.has(bit)) throw new ConfigError(`part ${name}`, `pin ${pin}`, 'has two uses', 'Give each line a pin of its own')
    used.add(bit)
    return 1 << bit
  }

  return {
    output(pin, spec: OutputSpec): OutputLine {
      const mask = taken(layout.output(pin), pin, 'output')
      const isHighOn = spec.activeLow !== true
      const switchTo = (isOn: boolean) => {
        latch = put(mask, isOn === isHighOn, latch)
        writeLatch(mask)
      }
      // Level first, then direction: the pin is never driven ON. @throws DeviceError
      offLatch = put(mask, !isHighOn, offLatch)
      switchTo(false)
      inputs &= ~mask
      chip.writeDirection(inputs, pullUps)
      const set = (isOn: boolean) => {
        if (isClosed) return
        try {
          switchTo(isOn)
        } catch (error) {
          // An ON may have arrived all the same: OFF is written until the chip says so.
          latch = put(mask, !isHighOn, latch)
          isOwed = true
          health.bad(error)
          throw error
        }
      }
      return {
        on: () => set(true),
        off: () => set(false),
        get isOn() {
          return (unheard & mask) !== 0 || !isFresh() ? undefined : ((heldLatch & mask) !== 0) === isHighOn
        },
        close() {
          try {
            set(false)
          } catch {
            // It is told, and owed.
          }
        },
      }
    },
    input(pin, spec): InputLine {
      const { pull = 'none' } = spec
      if (!layout.pulls.some((each) => each === pull))
        throw new ConfigError(`part ${name}`, `pin ${pin}`, `has no pull ${pull} of its own`, 'Wire a resistor and leave `pull` out')
      const mask = taken(layout.input(pin), pin, 'input')
      if (pull === 'up') {
        pullUps |= mask
        writes++
        chip.writeDirection(inputs, pullUps)
      }
      const line: Line = { mask, spec, edges: signal<Edge>(), isActive: rawOf({ mask, spec }), differsSince: undefined }
      lines.add(line)
      return {
        get isActive() {
          return isFresh() ? line.isActive : undefined
        },
        edges: line.edges,
        close: () => void lines.delete(line),
      }
    },
    close() {
      if (isClosed) return
      isClosed = true
      timer.stop()
      latch = offLatch
      try {
        writeLatch()
      } catch (error) {
        health.bad(error)
      }
    },
  }
}
