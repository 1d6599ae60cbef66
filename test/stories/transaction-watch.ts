import type { RequestOf } from '../../src/ocpp/message.ts'
import type { MeterValues, StartTransaction, StopTransaction } from '../../src/ocpp16/messages/core.ts'
import type { MeterValue } from '../../src/ocpp16/messages/types.ts'

type Start = RequestOf<typeof StartTransaction>
type Stop = RequestOf<typeof StopTransaction>
type Meter = RequestOf<typeof MeterValues>

/** Per transaction: its start, then its samples, then its stop, all with the number that the central system gave, with times and a register
 *  that only rise. Goes by what the station sent, and by the answers that reached it. */
export interface TransactionWatch {
  sent(action: string, payload: unknown): void
  /** `response`: undefined for a CALLERROR. */
  answered(action: string, request: unknown, response: unknown): void
}

interface Known {
  readonly connectorId: number
  readonly startedAt: string
  readonly meterStart: number
  lastAt: string
  lastWh: number
  stop: Stop | undefined
  isOver: boolean
}

/** MeterValues carry Wh with a fraction, Start and Stop whole ones. */
const rounding = 1

export function watchTransactions(blame: (words: string) => void): TransactionWatch {
  const known = new Map<number, Known>()
  const follow = (id: number, one: Known, { timestamp, sampledValue }: MeterValue, what: string) => {
    const [context = 'Sample.Periodic'] = sampledValue.map((each) => each.context)
    // Clock-aligned samples stand on their boundary, and what a trigger asks for passes the queue.
    if (context !== 'Sample.Clock' && context !== 'Trigger') {
      if (timestamp < one.lastAt) blame(`${what} of transaction ${id} of ${timestamp} after ${one.lastAt}`)
      one.lastAt = timestamp
    }
    const register = sampledValue.find(
      ({ measurand = 'Energy.Active.Import.Register', phase }) => measurand === 'Energy.Active.Import.Register' && phase === undefined,
    )
    if (register === undefined || context === 'Trigger') return
    const wh = Number(register.value) * (register.unit === 'kWh' ? 1_000 : 1)
    if (wh < one.lastWh - rounding) blame(`${what} of transaction ${id}: ${wh} Wh after ${one.lastWh} Wh`)
    one.lastWh = Math.max(one.lastWh, wh)
  }
  const sample = ({ connectorId, transactionId, meterValue }: Meter) => {
    if (transactionId === undefined) return
    const one = known.get(transactionId)
    if (one === undefined) return blame(`MeterValues of transaction ${transactionId}, which has no start`)
    if (one.isOver) blame(`MeterValues of transaction ${transactionId} after its stop`)
    if (one.connectorId !== connectorId) blame(`MeterValues of transaction ${transactionId} at connector ${connectorId}`)
    for (const each of meterValue) follow(transactionId, one, each, 'MeterValues')
  }
  const stopped = (stop: Stop) => {
    const { transactionId: id, timestamp, meterStop, transactionData = [] } = stop
    const one = known.get(id)
    if (one === undefined) return blame(`StopTransaction ${id} without a start`)
    if (one.isOver) blame(`StopTransaction ${id} again after its answer`)
    if (one.stop !== undefined && JSON.stringify(one.stop) !== JSON.stringify(stop)) blame(`StopTransaction ${id} differs from itself`)
    if (one.stop !== undefined) return
    const data: Known = { ...one, lastAt: one.startedAt, lastWh: one.meterStart }
    for (const each of transactionData) follow(id, data, each, 'transactionData')
    one.stop = stop
    if (timestamp < one.lastAt || timestamp < data.lastAt) blame(`StopTransaction ${id} of ${timestamp} after ${one.lastAt}`)
    const lastWh = Math.max(one.lastWh, data.lastWh)
    if (meterStop < lastWh - rounding) blame(`StopTransaction ${id} with ${meterStop} Wh after ${lastWh} Wh`)
  }
  return {
    sent(action, payload) {
      if (action === 'MeterValues') sample(payload as Meter)
      if (action === 'StopTransaction') stopped(payload as Stop)
    },
    answered(action, request, response) {
      if (action === 'StopTransaction') {
        const one = known.get((request as Stop).transactionId)
        if (one !== undefined && response !== undefined) one.isOver = true
      }
      if (action !== 'StartTransaction' || response === undefined) return
      const { connectorId, timestamp, meterStart } = request as Start
      const { transactionId } = response as { transactionId: number }
      if (known.has(transactionId)) blame(`the start of transaction ${transactionId} again after its answer`)
      known.set(transactionId, {
        ...{ connectorId, meterStart },
        ...{ startedAt: timestamp, lastAt: timestamp, lastWh: meterStart, stop: undefined, isOver: false },
      })
    },
  }
}
