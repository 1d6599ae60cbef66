import type { Clock, Timer } from '../../src/base/clock.ts'
import { DeviceError, wordsOf } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { ByteLine } from './serial.ts'

/** A line that opens itself again, whatever is behind it: pauses grow from 1 s to 30 s. */

const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** A line that was opened again within so long is not opened once more at once. */
const newMs = 2_000

/** What was opened, until it is lost. */
export interface OpenLine {
  readonly received: Listenable<Uint8Array>
  /** Gone by itself; with the reason in words. Never after `close`. */
  readonly lost: Listenable<string>
  /** Resolves when the bytes have left. */
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

export interface ReopeningLine extends ByteLine {
  /** The first try is over, whether it worked or not. */
  readonly tried: Promise<void>
}

/** @param open rejects with an error whose words are for a person: what was tried, and the remedy */
export function reopeningLine(name: string, open: () => Promise<OpenLine>, o: { readonly clock: Clock; readonly log: Log }): ReopeningLine {
  return new Line(name, open, o)
}

class Line implements ReopeningLine {
  readonly name: string
  readonly received = signal<Uint8Array>()
  readonly opened = signal<void>()
  readonly tried: Promise<void>
  readonly #open: () => Promise<OpenLine>
  readonly #clock: Clock
  readonly #log: Log
  #line: OpenLine | undefined
  #unsubscribe: readonly (() => void)[] = []
  /** Why it is not open; undefined while it is. */
  #problem: string | undefined = 'not opened yet'
  #pauseMs = firstPauseMs
  #openedAt: Millis = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined
  #isTrying = false
  #isClosed = false

  constructor(name: string, open: () => Promise<OpenLine>, { clock, log }: { clock: Clock; log: Log }) {
    this.name = name
    this.#open = open
    this.#clock = clock
    this.#log = log
    this.tried = this.#try()
  }

  get isOpen(): boolean {
    return this.#line !== undefined
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#line === undefined) throw new DeviceError(this.name, 'absent', new Error(this.#isClosed ? 'closed' : this.#problem))
    try {
      await this.#line.write(bytes)
    } catch (error) {
      throw new DeviceError(this.name, 'absent', error)
    }
  }

  reopen(): void {
    if (this.#isClosed || this.#line === undefined) return
    // A far end that says nonsense as soon as it is there must not make a circle of it.
    const isNew = this.#clock.monotonic() - this.#openedAt < newMs
    void this.#letGo().then(() => (isNew ? this.#tryLater() : this.#try()))
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.stop()
    void this.#letGo()
  }

  async #try(): Promise<void> {
    if (this.#isClosed || this.#isTrying || this.#line !== undefined) return
    this.#timer?.stop()
    this.#isTrying = true
    try {
      const line = await this.#open()
      if (this.#isClosed) await line.close()
      else this.#hold(line)
    } catch (error) {
      this.#failed(wordsOf(error))
    } finally {
      this.#isTrying = false
    }
  }

  #hold(line: OpenLine): void {
    this.#line = line
    this.#openedAt = this.#clock.monotonic()
    this.#unsubscribe = [
      line.received.on((bytes) => {
        // What comes proves that it works, once it has held: one that comes and goes is tried with growing pauses.
        if (this.#clock.monotonic() - this.#openedAt >= longestPauseMs) this.#pauseMs = firstPauseMs
        this.received.emit(bytes)
      }),
      line.lost.on((reason) => {
        void this.#letGo()
        this.#failed(reason)
      }),
    ]
    // One that is opened again because its device is silent is no news.
    if (this.#problem !== undefined) this.#log.info({ line: this.name }, 'line opened')
    this.#problem = undefined
    this.opened.emit()
  }

  #failed(problem: string): void {
    if (this.#isClosed) return
    // The same reason again and again is one line of the log.
    if (problem !== this.#problem) this.#log.warn({ line: this.name, problem }, 'line not open: trying again')
    this.#problem = problem
    this.#tryLater()
  }

  #tryLater(): void {
    if (this.#isClosed) return
    this.#timer?.stop()
    this.#timer = this.#clock.after('line reopening', this.#pauseMs, () => void this.#try())
    this.#pauseMs = Math.min(longestPauseMs, 2 * this.#pauseMs)
  }

  /** Never rejects: what is gone needs no good-bye. */
  async #letGo(): Promise<void> {
    const line = this.#line
    this.#line = undefined
    for (const off of this.#unsubscribe) off()
    this.#unsubscribe = []
    try {
      await line?.close()
    } catch (error) {
      this.#log.debug({ line: this.name, problem: wordsOf(error) }, 'line did not close well')
    }
  }
}
