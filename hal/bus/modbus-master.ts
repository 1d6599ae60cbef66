import type { Clock, Timer } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'
import { type Modbus, ModbusException, type ReadRequest, type WriteRequest } from './modbus.ts'
import { type Ask, checkAsk, isRead, type Reply } from './modbus-frame.ts'
import { type Waiter, waiter } from './waiter.ts'

/** The queue of a bus: one request in flight, retries, writes before reads. What a serial line and TCP have in common. */

/** One request as its caller wants it. */
export interface Job {
  readonly ask: Ask
  /** Registers that the read may be widened to, and in which steps. */
  readonly most: number
  readonly step: number
  readonly gapMs: Millis
}

/** What goes over the wire next: a job, widened or not; without `job`: a request whose reply nobody wants. */
export interface Choice {
  readonly job: Job | undefined
  readonly ask: Ask
  readonly gapMs: Millis
}

export interface Carrier {
  /** Which of the jobs (in the order of their turn) goes next, or how long none may. */
  next(waiting: readonly [Job, ...Job[]]): Choice | { readonly waitMs: Millis }
  /** One try. Only when the last one has ended. @throws DeviceError */
  exchange(ask: Ask, gapMs: Millis): Promise<Reply>
  close(): void
}

/** What a board file says about any Modbus bus. */
export interface PoliteSettings {
  readonly gapMs?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly retries?: number | undefined
}

interface Waiting extends Job {
  readonly isUrgent: boolean
  triesLeft: number
  resolve(words: Uint16Array): void
  reject(error: Error): void
}

export function modbusMaster(name: string, carrier: Carrier, settings: PoliteSettings, clock: Clock): Modbus {
  return new Master(name, carrier, 1 + (settings.retries ?? 2), clock)
}

/** Acknowledged, or busy: to be asked again later. */
const passing: readonly number[] = [5, 6]
/** A gateway says that the device is silent. */
const gatewayTimeout = 11

/** Who is closed tells its device to be off: such writes have so long to leave, three frames with 100 ms between them. */
const lastWordsMs = 500

class Master implements Modbus {
  readonly name: string
  readonly #carrier: Carrier
  readonly #tries: number
  readonly #pause: Waiter
  readonly #clock: Clock
  #lastWords: Timer | undefined
  #waiting: readonly Waiting[] = []
  #isRunning = false
  #isClosed = false

  constructor(name: string, carrier: Carrier, tries: number, clock: Clock) {
    this.name = name
    this.#carrier = carrier
    this.#tries = tries
    this.#clock = clock
    this.#pause = waiter(clock, 'modbus queue')
  }

  async read(request: ReadRequest): Promise<Uint16Array> {
    const { unit, from, at, count, most = count, step = 1, gapMs = 0, isUrgent = false } = request
    const ask: Ask = { unit, fn: from === 'input' ? 4 : 3, at, count }
    const words = await this.#queue({ ask, most: Math.min(most, 125, 0x10000 - at), step, gapMs }, isUrgent)
    return words.slice(0, count)
  }

  async write({ unit, at, values, gapMs = 0 }: WriteRequest): Promise<void> {
    await this.#queue({ ask: { unit, fn: values.length === 1 ? 6 : 16, at, values }, most: 0, step: 1, gapMs })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#refuse(({ ask }) => isRead(ask))
    if (this.#waiting.length === 0) this.#end()
    else {
      this.#lastWords = this.#clock.after('modbus closes', lastWordsMs, () => this.#end())
      this.#pause.wake()
    }
  }

  #end(): void {
    this.#lastWords?.stop()
    this.#carrier.close()
    this.#refuse(() => true)
    this.#pause.wake()
  }

  #refuse(which: (job: Waiting) => boolean): void {
    const refused = this.#waiting.filter(which)
    this.#waiting = this.#waiting.filter((each) => !which(each))
    for (const each of refused) each.reject(this.#closed(each.ask))
  }

  #queue(job: Job, isUrgent = false): Promise<Uint16Array> {
    checkAsk(job.ask)
    if (this.#isClosed) return Promise.reject(this.#closed(job.ask))
    return new Promise((resolve, reject) => {
      this.#insert({ ...job, isUrgent, triesLeft: this.#tries, resolve, reject }, 'last')
      if (this.#isRunning) this.#pause.wake()
      else void this.#run()
    })
  }

  /** First or last among its kind: writes switch things off, reads can wait, urgent ones less. */
  #insert(job: Waiting, place: 'first' | 'last'): void {
    const rank = ({ ask, isUrgent }: Waiting) => (isRead(ask) ? (isUrgent ? 1 : 2) : 0)
    const at = this.#waiting.findIndex((each) => (place === 'first' ? rank(each) >= rank(job) : rank(each) > rank(job)))
    this.#waiting = at < 0 ? [...this.#waiting, job] : this.#waiting.toSpliced(at, 0, job)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    // Those that are asked for in the same moment are chosen among together.
    await Promise.resolve()
    for (let [first, ...others] = this.#waiting; first !== undefined; [first, ...others] = this.#waiting) {
      const choice = this.#carrier.next([first, ...others])
      if ('waitMs' in choice) await this.#pause.wait(choice.waitMs)
      else await this.#serve(choice)
    }
    this.#isRunning = false
    if (this.#isClosed) this.#end()
  }

  async #serve({ job, ask, gapMs }: Choice): Promise<void> {
    const waiting = this.#waiting.find((each) => each === job)
    this.#waiting = this.#waiting.filter((each) => each !== job)
    try {
      const reply = await this.#carrier.exchange(ask, gapMs)
      if (waiting !== undefined) this.#settle(waiting, reply)
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error
      if (waiting !== undefined) this.#fail(waiting, error, error.problem !== 'absent')
    }
  }

  #settle(job: Waiting, reply: Reply): void {
    if (reply.kind === 'words') job.resolve(reply.words)
    else if (reply.kind === 'written') job.resolve(new Uint16Array())
    else if (reply.code === gatewayTimeout) this.#fail(job, new DeviceError(this.#device(job.ask), 'timeout', new ModbusException(this.name, reply.code)), true)
    else this.#fail(job, new ModbusException(this.#device(job.ask), reply.code), passing.includes(reply.code))
  }

  #fail(job: Waiting, error: Error, isPassing: boolean): void {
    job.triesLeft--
    if (this.#isClosed) job.reject(this.#closed(job.ask))
    else if (isPassing && job.triesLeft > 0) this.#insert(job, 'first')
    else job.reject(error)
  }

  #device(ask: Ask): string {
    return deviceName(this.name, ask)
  }

  #closed(ask: Ask): DeviceError {
    return new DeviceError(this.#device(ask), 'absent', new Error('the bus was closed'))
  }
}

/** What a unit is called in errors: `meters unit 5`. */
export function deviceName(bus: string, ask: Ask): string {
  return `${bus} unit ${ask.unit}`
}

/** What a request was, in words for a person: `function 4, registers 0x0048 to 0x004b`. */
export function askWords(ask: Ask): string {
  const count = isRead(ask) ? ask.count : ask.values.length
  const hex = (at: number) => `0x${at.toString(16).padStart(4, '0')}`
  return `function ${ask.fn}, ${count === 1 ? `register ${hex(ask.at)}` : `registers ${hex(ask.at)} to ${hex(ask.at + count - 1)}`}`
}
