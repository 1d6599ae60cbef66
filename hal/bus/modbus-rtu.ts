import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Modbus } from './modbus.ts'
import { type Ask, type Reply, replyLength, requestOf, rtuFrame } from './modbus-frame.ts'
import { LateReplies } from './modbus-late.ts'
import { askWords, type Carrier, deviceName, type Job, modbusMaster, type PoliteSettings } from './modbus-master.ts'
import { findReply } from './modbus-reply.ts'
import type { ByteLine, SerialSettings } from './serial.ts'
import { type Waiter, waiter } from './waiter.ts'

/** As the board file has them. The line behind a serial server (RTU over TCP) is taken for one of 9600 baud: its own time is part of `timeoutMs`. */
export type RtuSettings = PoliteSettings & { readonly [K in keyof Omit<SerialSettings, 'path'>]?: SerialSettings[K] | undefined }

/** Reopened when nothing was heard for so long: a USB adapter that was pulled out does not always tell. */
const silentMs = 10_000
/** After a fault the line must be quiet for so long before the next request ... */
const quietMs = 50
/** ... but on a line that never is, it is not waited for longer. */
const longestDrainMs = 1_000

/** A master on a serial line, or behind a server that passes the same bytes over TCP.
 *  @param name of the bus, as the board file says
 *  @param line is closed with the master */
export function modbusRtu(name: string, line: ByteLine, settings: RtuSettings, o: { readonly clock: Clock; readonly log: Log }): Modbus {
  return modbusMaster(name, new RtuCarrier(name, line, settings, o), settings, o.clock)
}

class RtuCarrier implements Carrier {
  readonly #name: string
  readonly #line: ByteLine
  readonly #clock: Clock
  readonly #log: Log
  readonly #charMs: Millis
  readonly #timeoutMs: Millis
  /** Silence between frames. */
  readonly #gapMs: Millis
  readonly #pause: Waiter
  readonly #late = new LateReplies()
  readonly #unsubscribe: readonly (() => void)[]
  /** Undefined: no reply has come yet that would tell whether the adapter hears itself. */
  #echoes: boolean | undefined
  #received: Uint8Array = new Uint8Array()
  /** The line was busy, in either direction. */
  #busyMs: Millis
  /** Something came, or the line was opened. */
  #heardMs: Millis
  #isSilenceTold = false
  #examine: (() => void) | undefined
  #isClosed = false

  constructor(name: string, line: ByteLine, settings: RtuSettings, { clock, log }: { clock: Clock; log: Log }) {
    const { baud = 9_600, parity = 'none', stopBits = 1, gapMs = 100 } = settings
    this.#name = name
    this.#line = line
    this.#clock = clock
    this.#log = log
    this.#charMs = ((9 + (parity === 'none' ? 0 : 1) + stopBits) * 1_000) / baud
    // Modbus over serial line V1.02 §2.5.1.1: 3.5 characters, above 19200 baud a fixed 1.75 ms.
    this.#gapMs = Math.max(gapMs, baud > 19_200 ? 1.75 : 3.5 * this.#charMs)
    this.#timeoutMs = settings.timeoutMs ?? (baud <= 2_400 ? 1_000 : 500)
    this.#pause = waiter(clock, 'modbus silence')
    this.#busyMs = clock.monotonic()
    this.#heardMs = clock.monotonic()
    this.#unsubscribe = [line.received.on((bytes) => this.#hear(bytes)), line.opened.on(() => this.#begin())]
  }

  next(waiting: readonly Job[]): ReturnType<Carrier['next']> {
    return this.#late.next(waiting, this.#clock.monotonic())
  }

  async exchange(ask: Ask, gapMs: Millis): Promise<Reply> {
    // Function 6 is acknowledged by the very same bytes: an adapter that hears itself must be known before.
    if (ask.fn === 6 && this.#echoes === undefined) await this.#listenForEcho(ask, gapMs)
    this.#mustBeOpen(ask)
    await this.#quiet(Math.max(this.#gapMs, gapMs), Math.max(this.#gapMs, gapMs) + longestDrainMs)
    this.#mustBeOpen(ask)
    const reply = await this.#replyTo(ask)
    if (reply !== undefined) {
      this.#late.answered(ask, reply, this.#clock.monotonic())
      return reply
    }
    throw await this.#givenUp(ask)
  }

  close(): void {
    this.#isClosed = true
    for (const off of this.#unsubscribe) off()
    this.#examine?.()
    this.#pause.wake()
    this.#line.close()
  }

  #mustBeOpen(ask: Ask): void {
    if (this.#isClosed || !this.#line.isOpen) throw this.#error(ask, 'absent', 'the line is not open')
  }

  #begin(): void {
    this.#echoes = undefined
    this.#heardMs = this.#clock.monotonic()
  }

  #hear(bytes: Uint8Array): void {
    this.#busyMs = this.#clock.monotonic()
    this.#heardMs = this.#busyMs
    this.#isSilenceTold = false
    // Between requests nobody is asked: what comes then is late, or noise.
    if (this.#examine === undefined) return
    this.#received = Uint8Array.of(...this.#received, ...bytes).slice(-1_024)
    this.#examine()
  }

  /** Resolves with the reply, or with undefined when the time is over or the line fails. */
  async #replyTo(ask: Ask): Promise<Reply | undefined> {
    const frame = rtuFrame(ask.unit, requestOf(ask))
    this.#received = new Uint8Array()
    this.#late.sent(ask)
    return new Promise((resolve) => {
      const examine = () => {
        const reply = this.#isClosed ? undefined : this.#find(ask, frame)
        if (reply !== undefined || this.#isClosed) end(reply)
      }
      const end = (reply: Reply | undefined) => {
        // A write may fail long after its request was given up.
        if (this.#examine !== examine) return
        timer.stop()
        this.#examine = undefined
        resolve(reply)
      }
      const timer = this.#clock.after('modbus reply', this.#timeoutMs + (frame.length + replyLength(ask)) * this.#charMs, () => end(undefined))
      this.#examine = examine
      const left = () => {
        this.#busyMs = Math.max(this.#busyMs, this.#clock.monotonic())
      }
      this.#line.write(frame).then(left, () => end(undefined))
    })
  }

  #find(ask: Ask, sent: Uint8Array): Reply | undefined {
    const late = this.#late.suspects(this.#clock.monotonic())
    // An acknowledgement of function 6 counts only where it is known not to be an echo.
    const { reply, hasEcho } = findReply(this.#received, ask, { sent, late, echoes: this.#echoes !== false })
    if (ask.fn === 6) return reply
    if (hasEcho) this.#echoes = true
    else if (reply !== undefined) this.#echoes ??= false
    return reply
  }

  async #givenUp(ask: Ask): Promise<DeviceError> {
    const received = this.#received
    if (!this.#isClosed) await this.#quiet(Math.max(quietMs, this.#gapOfFrame), longestDrainMs)
    this.#late.missed(ask, this.#clock.monotonic())
    if (!this.#line.isOpen || this.#isClosed) return this.#error(ask, 'absent', 'the line was lost')
    if (received.length > 0) return this.#error(ask, 'crc', `what came on ${askWords(ask)} is not the reply: ${hexOf(received)}`)
    this.#reopenIfSilent()
    return this.#error(ask, 'timeout', `nothing came within ${this.#timeoutMs} ms on ${askWords(ask)}`)
  }

  get #gapOfFrame(): Millis {
    return 3.5 * this.#charMs
  }

  #reopenIfSilent(): void {
    const now = this.#clock.monotonic()
    if (now - this.#heardMs < silentMs) return
    this.#heardMs = now
    // A bus whose devices are switched off says so once, not each 10 s.
    if (!this.#isSilenceTold) this.#log.warn({ bus: this.#name, line: this.#line.name, silentMs }, 'nothing is heard on the bus: opening its line again')
    this.#isSilenceTold = true
    this.#line.reopen()
  }

  async #listenForEcho(ask: Ask, gapMs: Millis): Promise<void> {
    const { unit, at } = ask
    try {
      await this.exchange({ unit, fn: 3, at, count: 1 }, gapMs)
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error
      // Not even the request itself was heard.
      if (error.problem === 'timeout') this.#echoes ??= false
    }
  }

  /** Waits until nothing moved on the line for `ms`, at most `longestMs`. */
  async #quiet(ms: Millis, longestMs: Millis): Promise<void> {
    const end = this.#clock.monotonic() + longestMs
    while (!this.#isClosed) {
      const rest = Math.min(this.#busyMs + ms, end) - this.#clock.monotonic()
      if (rest <= 0) return
      await this.#pause.wait(rest)
    }
  }

  #error(ask: Ask, problem: DeviceError['problem'], words: string): DeviceError {
    const remedy = {
      timeout: 'Check its supply, A and B (often labelled the other way round), the unit id, baud rate and parity',
      crc: 'Check baud rate, parity, the termination, and that no other master and no second unit of this id is on the line',
      absent: `Check ${this.#line.name}`,
      refused: '',
    }[problem]
    return new DeviceError(deviceName(this.#name, ask), problem, new Error(`${words}. ${remedy}`))
  }
}

function hexOf(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, 32)).toString('hex')
  return bytes.length > 32 ? `${shown}... (${bytes.length} bytes)` : shown
}
