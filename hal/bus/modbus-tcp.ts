import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Modbus } from './modbus.ts'
import { type Ask, type Reply, replyOf, requestOf, tcpFrame, tcpFrameIn } from './modbus-frame.ts'
import { askWords, type Carrier, deviceName, type Job, modbusMaster, type PoliteSettings } from './modbus-master.ts'
import type { ByteLine } from './serial.ts'
import { type Waiter, waiter } from './waiter.ts'

/** Connected again when nothing was heard for so long: a connection can be dead without telling. */
const silentMs = 10_000

/** A master over Modbus TCP. Each request has a number that its reply repeats, so that a late one cannot pass for another's.
 *  One request is in flight all the same: many gateways have one serial line behind them.
 *  @param line is closed with the master */
export function modbusTcp(name: string, line: ByteLine, settings: PoliteSettings, o: { readonly clock: Clock; readonly log: Log }): Modbus {
  return modbusMaster(name, new TcpCarrier(name, line, settings, o), settings, o.clock)
}

class TcpCarrier implements Carrier {
  readonly #name: string
  readonly #line: ByteLine
  readonly #clock: Clock
  readonly #log: Log
  readonly #gapMs: Millis
  readonly #timeoutMs: Millis
  readonly #pause: Waiter
  readonly #unsubscribe: readonly (() => void)[]
  #transaction = 0
  #received: Uint8Array = new Uint8Array()
  #endedMs: Millis
  #heardMs: Millis
  /** Why it was connected again. */
  #told: string | undefined
  #examine: (() => void) | undefined
  #isClosed = false

  constructor(name: string, line: ByteLine, settings: PoliteSettings, { clock, log }: { clock: Clock; log: Log }) {
    this.#name = name
    this.#line = line
    this.#clock = clock
    this.#log = log
    this.#gapMs = settings.gapMs ?? 100
    this.#timeoutMs = settings.timeoutMs ?? 500
    this.#pause = waiter(clock, 'modbus gap')
    this.#endedMs = -Infinity
    this.#heardMs = clock.monotonic()
    this.#unsubscribe = [line.received.on((bytes) => this.#hear(bytes)), line.opened.on(() => this.#begin())]
  }

  next([job]: readonly [Job, ...Job[]]): ReturnType<Carrier['next']> {
    return { job, ask: job.ask, gapMs: job.gapMs }
  }

  async exchange(ask: Ask, gapMs: Millis): Promise<Reply> {
    const restMs = this.#endedMs + Math.max(this.#gapMs, gapMs) - this.#clock.monotonic()
    if (restMs > 0) await this.#pause.wait(restMs)
    if (this.#isClosed || !this.#line.isOpen) throw this.#error(ask, 'absent', `there is no connection to ${this.#line.name}`)
    const reply = await this.#replyTo(ask)
    this.#endedMs = this.#clock.monotonic()
    if (reply !== undefined) {
      this.#told = undefined
      return reply
    }
    if (!this.#line.isOpen || this.#isClosed) throw this.#error(ask, 'absent', `the connection to ${this.#line.name} was lost`)
    this.#reopenIfSilent()
    throw this.#error(ask, 'timeout', `no reply within ${this.#timeoutMs} ms to ${askWords(ask)}`)
  }

  close(): void {
    this.#isClosed = true
    for (const off of this.#unsubscribe) off()
    this.#examine?.()
    this.#pause.wake()
    this.#line.close()
  }

  #begin(): void {
    this.#received = new Uint8Array()
    this.#heardMs = this.#clock.monotonic()
  }

  #hear(bytes: Uint8Array): void {
    this.#heardMs = this.#clock.monotonic()
    this.#received = Uint8Array.of(...this.#received, ...bytes)
    if (this.#examine === undefined) this.#frames(() => undefined)
    else this.#examine()
  }

  async #replyTo(ask: Ask): Promise<Reply | undefined> {
    this.#transaction = (this.#transaction + 1) & 0xffff
    const transaction = this.#transaction
    return new Promise((resolve) => {
      const examine = () => {
        const reply = this.#frames((frame) => (frame.transaction === transaction && frame.unit === ask.unit ? replyOf(ask, frame.pdu) : undefined))
        if (reply !== undefined || this.#isClosed) end(reply)
      }
      const end = (reply: Reply | undefined) => {
        // A write may fail long after its request was given up.
        if (this.#examine !== examine) return
        timer.stop()
        this.#examine = undefined
        resolve(reply)
      }
      const timer = this.#clock.after('modbus reply', this.#timeoutMs, () => end(undefined))
      this.#examine = examine
      this.#line.write(tcpFrame(transaction, ask.unit, requestOf(ask))).catch(() => end(undefined))
    })
  }

  /** Takes the whole frames off what came; returns what `wanted` finds in one of them. */
  #frames(wanted: (frame: Exclude<ReturnType<typeof tcpFrameIn>, string | undefined>) => Reply | undefined): Reply | undefined {
    let reply: Reply | undefined
    for (let frame = tcpFrameIn(this.#received); frame !== undefined; frame = tcpFrameIn(this.#received)) {
      if (frame === 'garbage') {
        this.#received = new Uint8Array()
        this.#reopen('what comes is no Modbus: connecting again')
        break
      }
      this.#received = this.#received.slice(frame.length)
      reply ??= wanted(frame)
    }
    return reply
  }

  #reopenIfSilent(): void {
    if (this.#clock.monotonic() - this.#heardMs >= silentMs) this.#reopen('nothing is heard: connecting again')
  }

  #reopen(event: string): void {
    this.#heardMs = this.#clock.monotonic()
    // Once, until it is well again.
    if (this.#told !== event) this.#log.warn({ bus: this.#name, line: this.#line.name }, event)
    this.#told = event
    this.#line.reopen()
  }

  #error(ask: Ask, problem: DeviceError['problem'], words: string): DeviceError {
    const remedy = problem === 'absent' ? 'Check address, port and network' : 'Check the unit id, and timeoutMs where a gateway is slow'
    return new DeviceError(deviceName(this.#name, ask), problem, new Error(`${words}. ${remedy}`))
  }
}
