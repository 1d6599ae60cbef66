import { forgetOldest } from '../../../src/base/forget-oldest.ts'
import type { MeterValue } from '../../../src/ocpp16/messages/types.ts'
import type { Transaction as Row } from '../rest/shapes.ts'
import type { BenchStore } from '../store/store.ts'
import type { StartRequest, StopRequest, Transaction } from './booking.ts'

const mostRunning = 20_000
const mostEnded = 1_000
/** The newest of a transaction. */
const mostSamples = 20

/** The transactions that a process shows of those that its database has: the running ones, and the last that ended. */
export interface Remembered {
  readonly all: readonly Transaction[]
  /** Takes in what an earlier run left running. */
  fill(): Promise<void>
  /** @param reference of OCPP 2.0.1 */
  started(id: number, station: string, start: StartRequest, isResent: boolean, reference?: string): void
  /** OCPP 2.0.1: a running one has its card or its EVSE only now. Undefined: nothing that was not known. */
  learnt(id: number, more: { readonly evse: number | undefined; readonly tag: string | undefined }): Transaction | undefined
  sampled(id: number, values: readonly MeterValue[]): void
  /** One of an earlier run, or of another process, is read anew. */
  ended(id: number, stop: StopRequest, isResent: boolean): Promise<void>
}

export function rememberedTransactions({ transactions }: BenchStore): Remembered {
  const running = new Map<number, Transaction>()
  const ended = new Map<number, Transaction>()
  const run = (transaction: Transaction) => keep(running, transaction, mostRunning)
  return {
    get all() {
      return [...ended.values(), ...running.values()].sort((a, b) => a.id - b.id)
    },
    async fill() {
      const { items } = await transactions.page({ isRunning: true, offset: 0, limit: 1_000 })
      // In the meantime newer things may have been heard of some of them.
      for (const row of items) if (!running.has(row.id) && !ended.has(row.id)) run(earlier(row))
    },
    started(id, station, start, isResent, reference) {
      const known = running.get(id) ?? ended.get(id)
      const own = reference === undefined ? {} : { reference }
      if (known === undefined) return run({ id, station, ...own, start, startsResent: isResent ? 1 : 0, stop: undefined, stopsResent: 0, samples: [] })
      const again = { ...known, startsResent: known.startsResent + (isResent ? 1 : 0) }
      if (known.stop === undefined) run(again)
      else keep(ended, again, mostEnded)
    },
    learnt(id, { evse, tag }) {
      const known = running.get(id)
      if (known === undefined) return undefined
      const { start } = known
      const better = { ...start, connectorId: start.connectorId === 0 ? (evse ?? 0) : start.connectorId, idTag: start.idTag === '' ? (tag ?? '') : start.idTag }
      if (better.connectorId === start.connectorId && better.idTag === start.idTag) return undefined
      const more = { ...known, start: better }
      running.set(id, more)
      return more
    },
    sampled(id, values) {
      for (const map of [running, ended]) {
        const known = map.get(id)
        if (known !== undefined) map.set(id, { ...known, samples: [...known.samples, ...values].slice(-mostSamples) })
      }
    },
    async ended(id, stop, isResent) {
      const known = running.get(id) ?? ended.get(id) ?? (await earlierOne(id))
      if (known === undefined) return
      running.delete(id)
      keep(ended, { ...known, stop: known.stop ?? stop, stopsResent: known.stopsResent + (isResent ? 1 : 0) }, mostEnded)
    },
  }

  async function earlierOne(id: number): Promise<Transaction | undefined> {
    const row = await transactions.one(id)
    return row === undefined ? undefined : earlier(row)
  }
}

function keep(map: Map<number, Transaction>, transaction: Transaction, most: number): void {
  map.set(transaction.id, transaction)
  forgetOldest(map, most)
}

/** As if its start had been heard here. */
export function earlier({ id, charger_id, reference, evse_id, tag, started_at, meter_start_wh, repeated }: Row): Transaction {
  const start = { connectorId: evse_id ?? 0, idTag: tag ?? '', meterStart: meter_start_wh, timestamp: started_at }
  const own = reference === undefined ? {} : { reference }
  return { id, station: charger_id, ...own, start, startsResent: repeated, stop: undefined, stopsResent: 0, samples: [] }
}
