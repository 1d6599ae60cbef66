import type { Clock } from '../../src/base/clock.ts'
import type { Log } from '../../src/base/log.ts'
import type { Millis } from '../../src/base/units.ts'
import { type Health, problemOf } from '../bus/health.ts'
import type { ByteLine } from '../bus/serial.ts'
import { roundedDown } from './duty.ts'
import { checksOff, faultWords, isTripped, type OpenEvseStatus, states, statusOf } from './openevse-state.ts'
import { type Rapi, type RapiLine, rapi, rapiBytes } from './rapi.ts'
import type { Wish } from './wish.ts'

const heartbeatEvery: Millis = 2_000
/** s, and A: without a heartbeat for so long it offers no more than this. The least current is 6 A. */
const supervision = '10 6'
/** A line that brings nothing for so long is opened again: a USB adapter that was pulled out may not tell. */
const reopenAfter: Millis = 5_000

/** Brings the device to what is wished, one command at a turn, and asks for its state in between. */
export class OpenEvse {
  readonly #line: ByteLine
  readonly #rapi: Rapi
  readonly #clock: Clock
  readonly #health: Health
  readonly #log: Log
  readonly #seen: (status: OpenEvseStatus) => void
  readonly #restarted: () => void
  readonly #off: () => void
  #status: OpenEvseStatus | undefined
  /** What $SC was last answered with; undefined: it may be anything. */
  #amps: number | undefined
  /** The last current that it did not take. */
  #refusal = ''
  #isPrepared = false
  #hasSupervision = true
  #heartbeatAt: Millis = Number.NEGATIVE_INFINITY
  #heardAt: Millis
  #tests: ((isWell: boolean) => void)[] = []
  #hasLeft = false

  /** @param seen it said its state; @param restarted it began anew: a turn should come soon */
  constructor(line: ByteLine, clock: Clock, health: Health, log: Log, seen: (status: OpenEvseStatus) => void, restarted: () => void) {
    this.#line = line
    this.#clock = clock
    this.#health = health
    this.#log = log
    this.#seen = seen
    this.#restarted = restarted
    this.#rapi = rapi(line, clock)
    this.#off = this.#rapi.told.on((told) => this.#hear(told))
    this.#heardAt = clock.monotonic()
  }

  /** True: there is more to do at once. */
  async turn(wish: Wish): Promise<boolean> {
    try {
      if (!this.#isPrepared) await this.#prepare()
      const now = this.#clock.monotonic()
      if (this.#hasSupervision && now - this.#heartbeatAt >= heartbeatEvery) await this.#beat(now)
      if (this.#tests.length > 0) await this.#answerTests()
      if (this.#status === undefined) await this.#askState()
      const didSomething = await this.#follow(wish)
      await this.#askState()
      return didSomething
    } catch (error) {
      this.#lost(problemOf(error))
      return false
    }
  }

  /** Asks with the next turn whether its self-test is on and says that all is well. */
  askSelfTest(answer: (isWell: boolean) => void): void {
    this.#tests.push(answer)
  }

  /** Off at once, as well as it can be told without waiting. */
  leave(): void {
    this.#hasLeft = true
    this.#off()
    this.#rapi.close()
    this.#line.write(rapiBytes('FD')).catch((error) => this.#log.warn({ problem: problemOf(error) }, 'the OpenEVSE was not told to be off'))
  }

  async #ask(words: string): Promise<readonly string[] | undefined> {
    const { isOk, values } = await this.#rapi.ask(words)
    this.#heardAt = this.#clock.monotonic()
    return isOk ? values : undefined
  }

  async #prepare(): Promise<void> {
    this.#hasSupervision = (await this.#ask(`SY ${supervision}`)) !== undefined
    if (!this.#hasSupervision)
      this.#log.warn({ line: this.#line.name }, 'this OpenEVSE has no heartbeat supervision: it keeps its current when this computer dies')
    this.#heartbeatAt = this.#clock.monotonic()
    const off = checksOff((await this.#ask('GE'))?.[1])
    if (off.length > 0) this.#log.warn({ line: this.#line.name, off }, 'checks of this OpenEVSE are switched off')
    this.#isPrepared = true
  }

  /** NK: a heartbeat was missed, and it keeps to 6 A. It is set up again rather than acknowledged: the acknowledgement would raise the current to its
   *  own maximum. */
  async #beat(now: Millis): Promise<void> {
    if ((await this.#ask('SY')) === undefined) {
      this.#amps = undefined
      await this.#ask(`SY ${supervision}`)
    }
    this.#heartbeatAt = now
  }

  async #answerTests(): Promise<void> {
    const tests = this.#tests
    this.#tests = []
    const settings = await this.#ask('GE')
    await this.#askState()
    const isOn = settings !== undefined && !checksOff(settings[1]).some((each) => each.includes('interrupter'))
    const isWell = isOn && this.#status !== undefined && !isTripped(this.#status)
    for (const answer of tests) answer(isWell)
  }

  async #askState(): Promise<void> {
    const [state, , , flags] = (await this.#ask('GS')) ?? []
    const status = statusOf(state, flags)
    if (status === undefined) this.#health.bad('says its state in words of before RAPI 3, or not at all. Bring its firmware up to date')
    else this.#take(status)
  }

  #take(status: OpenEvseStatus): void {
    this.#status = status
    const words = faultWords(status)
    if (words === undefined) this.#health.good()
    else this.#health.bad(`reports a fault: ${words}`)
    this.#seen(status)
  }

  /** $AT state pilot amps flags: it changed. $AB: it began anew, and knows nothing of what it was told. */
  #hear({ word, values }: RapiLine): void {
    this.#heardAt = this.#clock.monotonic()
    if (word === 'AB') {
      this.#isPrepared = false
      this.#amps = undefined
      this.#status = undefined
      this.#restarted()
    }
    if (word !== 'AT') return
    const status = statusOf(values[0], values[3])
    if (status !== undefined) this.#take(status)
  }

  /** $FD opens at once and takes the pilot to -12 V; $FS is +12 V and opens when the car has stopped, after 3 s at most; $FE lets it charge.
   *  True: something was told. */
  async #follow(wish: Wish): Promise<boolean> {
    // In a fault its relay is off and its pilot +12 V. A command would take the fault away, and nobody would see it.
    if (this.#status === undefined || faultWords(this.#status) !== undefined) return false
    const { state } = this.#status
    if (wish.kind === 'off') return state !== states.disabled && (await this.#tell('FD'))
    if (wish.kind === 'pause') return state !== states.sleeping && (await this.#tell('FS'))
    const amps = roundedDown(wish.amps, 1)
    if (this.#amps !== amps && !(await this.#setAmps(amps))) return state !== states.sleeping && (await this.#tell('FS'))
    return (state === states.sleeping || state === states.disabled) && (await this.#tell('FE'))
  }

  async #tell(words: string): Promise<boolean> {
    await this.#ask(words)
    return true
  }

  /** V: volatile, not written into its EEPROM. It answers with what it took, NK where that is not what was asked for: its own limit may be lower.
   *  False: it would offer more than it may. */
  async #setAmps(amps: number): Promise<boolean> {
    const { values } = await this.#rapi.ask(`SC ${amps} V`)
    const taken = Number.parseInt(values[0] ?? '', 10)
    const isTaken = taken <= amps
    this.#amps = isTaken ? amps : undefined
    const refusal = isTaken ? '' : `${amps}: ${values[0]}`
    // It is told again at each turn, and said once.
    if (refusal !== '' && refusal !== this.#refusal)
      this.#log.warn({ line: this.#line.name, amps, taken: values[0] }, 'the OpenEVSE does not take the current that it is told')
    this.#refusal = refusal
    return isTaken
  }

  #lost(problem: string): void {
    if (this.#hasLeft) return
    for (const answer of this.#tests) answer(false)
    this.#tests = []
    if (this.#status !== undefined || !this.#health.isBad) this.#health.bad(problem)
    this.#isPrepared = false
    this.#amps = undefined
    this.#status = undefined
    if (this.#clock.monotonic() - this.#heardAt < reopenAfter) return
    this.#heardAt = this.#clock.monotonic()
    this.#line.reopen()
  }
}
