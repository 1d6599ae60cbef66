import { keepJournal } from '../../bench/csms/books/journal.ts'
import { type TransactionBook, transactionBook } from '../../bench/csms/books/transactions.ts'
import { centralSystem } from '../../bench/csms/central-system.ts'
import type { Clock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import { parseFrame } from '../../src/ocpp/frame.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import { acceptWebSockets } from '../../src/ocpp/websocket-server.ts'
import type { Seeded } from '../seeded.ts'

export interface Central {
  readonly url: string
  readonly book: TransactionBook
  /** A request of a station arrived; nothing was done with it yet. */
  readonly arrives: Listenable<{ readonly station: string; readonly action: string }>
  /** From now on the network is as good as a network can be. */
  mend(): void
  readonly figures: { swallowed: number; cut: number }
  close(): Promise<void>
}

/** Share of the answers that get lost behind the central system, which has booked the request by then. Boot and statuses are
 *  no matter of transactions; a boot without an answer would only stop the show for a minute. */
const lost: Readonly<Record<string, number>> = { StartTransaction: 0.35, StopTransaction: 0.35, MeterValues: 0.02, Authorize: 0.02 }
/** Of the lost answers: the connection breaks as well. */
const breaks = 0.5

/** The bench central system with a journal, behind a network that swallows answers. */
export async function openCentral(clock: Clock, journal: string, chance: Seeded): Promise<Central> {
  const book = transactionBook()
  const kept = keepJournal(journal, book, () => clock.now().epochMs)
  const system = centralSystem({ clock, transactions: book })
  const arrives = signal<{ station: string; action: string }>()
  const figures = { swallowed: 0, cut: 0 }
  let isMended = false
  const poor = (socket: Socket, station: string): Socket => {
    const actions = new Map<string, string>()
    return {
      ...socket,
      received: {
        on: (listener) =>
          socket.received.on((text) => {
            const frame = parseFrame(text)
            if (frame.kind === 'call') {
              actions.set(frame.id, frame.action)
              arrives.emit({ station, action: frame.action })
            }
            listener(text)
          }),
      },
      send(text) {
        const frame = parseFrame(text)
        const share = frame.kind === 'result' ? (lost[actions.get(frame.id) ?? ''] ?? 0) : 0
        if (isMended || !chance.happens(share)) return socket.send(text)
        figures.swallowed++
        if (chance.happens(breaks)) {
          figures.cut++
          socket.terminate()
        }
        return true
      },
    }
  }
  const listener = await acceptWebSockets({
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    subprotocols: ['ocpp1.6'],
    accept: ({ socket, identity, remote }) => system.attach(poor(socket, identity), identity, remote),
  })
  return {
    url: `ws://127.0.0.1:${listener.port}`,
    book,
    arrives,
    mend() {
      isMended = true
    },
    figures,
    async close() {
      system.close()
      await listener.close()
      kept.close()
    },
  }
}
