import { systemClock } from '../base/clock.ts'
import { type Ask, callsOver } from './calls.ts'
import type { StationCommands } from './commands.ts'
import { ControlTimeoutError } from './errors.ts'
import { openLines } from './lines.ts'
import type { StationPicture } from './picture.ts'

export type { StationCommands } from './commands.ts'
export { CommandError, ControlConnectionError, ControlTimeoutError } from './errors.ts'
export type { ConnectorPicture, GuardFault, RaisedFault, ServicePicture, StationPicture, Status } from './picture.ts'

export interface ConnectOptions {
  /** What the door asks for, where it asks (`doors.control.tokenFile`). */
  readonly token?: string
  /** How long an answer may take, ms; 90,000 by default (`status charging` may need a minute). */
  readonly timeoutMs?: number
  /** How long to go on dialling until the station is there, ms; 0 by default: one attempt. */
  readonly patienceMs?: number
  /** A connection that breaks is made again by itself: the line whose answer was lost rejects, those after it wait. False by default. */
  readonly reconnect?: boolean
}

/** A station at its control door: each command of the table as a method, named and typed as there. They are answered one at a time, in
 *  the order of the calls. A reply `error ...` rejects with CommandError. */
export interface ControlClient extends StationCommands {
  /** Sends any line; resolves to the words after `ok`. */
  run(line: string, options?: { readonly timeoutMs?: number }): Promise<string>
  /** Asks `status` again and again (every 100 ms) until the state is as wished; resolves to it. Rejects with ControlTimeoutError after
   *  `timeoutMs` (30,000 by default). */
  until(condition: (state: StationPicture) => boolean, options?: { readonly timeoutMs?: number }): Promise<StationPicture>
  /** The same station with other patience: `cp.within(2_000).plugin()`. */
  within(timeoutMs: number): ControlClient
  /** Resolves, with words, when the connection is gone for good. Never rejects. */
  readonly closed: Promise<string>
  /** Leaves; the station goes on. What was not answered rejects with ControlConnectionError. */
  close(): Promise<void>
}

const usualPatienceMs = 90_000
const lookEveryMs = 100

/** Connects to the control door of a station: `await connect('ws://127.0.0.1:9100')`. Rejects with ControlConnectionError, which says why. */
export async function connect(url: string, options: ConnectOptions = {}): Promise<ControlClient> {
  const clock = systemClock()
  const lines = await openLines({ url, token: options.token, reconnect: options.reconnect, clock }, options.patienceMs ?? 0)
  const pause = () => new Promise<void>((resolve) => clock.after('look again', lookEveryMs, resolve))
  const clientWith = (timeoutMs: number): ControlClient => {
    const ask: Ask = (line, patienceMs = timeoutMs) => lines.ask(line, patienceMs)
    const calls = callsOver(ask, timeoutMs)
    return {
      ...calls,
      run: (line, limits) => ask(line, limits?.timeoutMs),
      async until(condition, limits) {
        const limitMs = limits?.timeoutMs ?? 30_000
        const deadline = clock.monotonic() + limitMs
        for (;;) {
          const state = await calls.status()
          if (condition(state)) return state
          if (clock.monotonic() > deadline) throw new ControlTimeoutError(`not so within ${limitMs} ms: ${condition}; it is ${wordsOf(state)}`)
          await pause()
        }
      },
      within: clientWith,
      closed: lines.ended,
      close: lines.close,
    }
  }
  return clientWith(options.timeoutMs ?? usualPatienceMs)
}

/** `1 charging, 2 available` */
function wordsOf({ connectors }: StationPicture): string {
  return connectors.map(({ connector, status }) => `${connector} ${status}`).join(', ')
}
