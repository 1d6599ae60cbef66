import type { Transaction } from '../../bench/csms/books/booking.ts'
import { silentLog } from '../../src/base/log.ts'
import { isoOf } from '../../src/base/moment.ts'
import type { Fact } from '../../src/core/facts.ts'
import { openStore } from '../../src/store/open.ts'
import type { Central } from './central.ts'

/** The plant's register, at a kill or after the clean end of a session. */
export interface Checkpoint {
  readonly kind: 'killed' | 'ended'
  readonly atMs: number
  readonly registerWh: number
}

/** What one charger went through. */
export interface Life {
  readonly id: string
  readonly state: string
  readonly checkpoints: readonly Checkpoint[]
  readonly sessions: number
  readonly complaints: readonly string[]
  readonly exitCode: number | undefined
}

export interface Verdict {
  readonly figures: {
    readonly kills: number
    readonly transactions: number
    readonly cutOff: number
    readonly startsResent: number
    readonly stopsResent: number
    readonly answersSwallowed: number
    readonly connectionsCut: number
    readonly samples: number
    /** The largest energy between the plant's register and meterStop, Wh; and of those that a kill cut off. */
    readonly worstGapWh: number
    readonly worstGapOfCutOffWh: number
    /** What flows in one sample interval, Wh. */
    readonly sampleWh: number
  }
  /** What is wrong; empty is the aim. */
  readonly faults: readonly string[]
}

/** 32 A, three phases, and mains half a per cent above 230 V. */
const mostWatts = 3 * 32 * 231.2
/** Timers of a busy machine come late: a sample or the meter's second, by so much (s). */
const lateness = 0.25

export function verdictOn(lives: readonly Life[], { book, figures }: Central, sampleInterval: number): Verdict {
  const faults: string[] = []
  const blame = (words: string) => void faults.push(words)
  const sampleWh = (mostWatts * sampleInterval) / 3_600
  let [worstGapWh, worstGapOfCutOffWh] = [0, 0]
  for (const life of lives) {
    const own = book.all.filter(({ station }) => station === life.id).toSorted((a, b) => startOf(a) - startOf(b))
    judgeOrder(own, blame)
    judgeLedger(life, own, blame)
    for (const each of own) {
      const gap = gapOf(each, life)
      if (gap === undefined) continue
      const isCutOff = each.stop?.reason === 'Reboot' || each.stop?.reason === 'PowerLoss'
      worstGapWh = Math.max(worstGapWh, gap)
      if (isCutOff) worstGapOfCutOffWh = Math.max(worstGapOfCutOffWh, gap)
      const most = isCutOff ? sampleWh + (mostWatts * lateness) / 3_600 + 1 : 1.5
      if (gap < 0 || gap > most) blame(`${nameOf(each)}: ${gap.toFixed(2)} Wh between the plant's register and meterStop, reason ${each.stop?.reason}`)
    }
    if (life.exitCode !== 0) blame(`${life.id}: ended with exit code ${life.exitCode} when asked to stop`)
    faults.push(...life.complaints.map((line) => `${life.id}: ${line}`))
  }
  faults.push(...book.oddities.map((odd) => `${odd.station}: ${odd.what}: ${JSON.stringify(odd.request)}`))
  const count = (kind: Checkpoint['kind']) => lives.reduce((sum, { checkpoints }) => sum + checkpoints.filter((each) => each.kind === kind).length, 0)
  return {
    figures: {
      kills: count('killed'),
      transactions: book.all.length,
      cutOff: book.all.filter(({ stop }) => stop?.reason === 'Reboot').length,
      startsResent: book.startsResent,
      stopsResent: book.all.reduce((sum, { stopsResent }) => sum + stopsResent, 0),
      answersSwallowed: figures.swallowed,
      connectionsCut: figures.cut,
      samples: book.all.reduce((sum, { samples }) => sum + samples.length, 0),
      worstGapWh: round(worstGapWh),
      worstGapOfCutOffWh: round(worstGapOfCutOffWh),
      sampleWh: round(sampleWh),
    },
    faults,
  }
}

const round = (value: number) => Math.round(value * 100) / 100
const startOf = ({ start }: Transaction) => Date.parse(start.timestamp)
const nameOf = ({ station, id }: Transaction) => `${station}, transaction ${id}`

/** What the plant's register had gone on to when the session was over, minus meterStop. */
function gapOf(transaction: Transaction, { checkpoints }: Life): number | undefined {
  const checkpoint = checkpoints.find(({ atMs }) => atMs >= startOf(transaction))
  if (checkpoint === undefined || transaction.stop === undefined) return undefined
  return checkpoint.registerWh - transaction.stop.meterStop
}

/** One start, one stop, one after the other, energy never counted back. */
function judgeOrder(own: readonly Transaction[], blame: (words: string) => void): void {
  for (const [index, each] of own.entries()) {
    const { start, stop, samples } = each
    if (stop === undefined) {
      blame(`${nameOf(each)}: has no stop`)
      continue
    }
    if (stop.meterStop < start.meterStart) blame(`${nameOf(each)}: meterStop ${stop.meterStop} below meterStart ${start.meterStart}`)
    if (Date.parse(stop.timestamp) < startOf(each)) blame(`${nameOf(each)}: stops ${stop.timestamp} before it starts ${start.timestamp}`)
    const registers = samples.flatMap(({ sampledValue }) => sampledValue.filter(({ unit }) => unit === 'Wh').map(({ value }) => Number(value)))
    if (registers.some((wh) => wh > stop.meterStop)) blame(`${nameOf(each)}: a sample of ${Math.max(...registers)} Wh above meterStop ${stop.meterStop}`)
    const late = samples.filter(({ timestamp }) => Date.parse(timestamp) > Date.parse(stop.timestamp))
    if (late.length > 0) blame(`${nameOf(each)}: ${late.length} samples later than its stop`)
    const next = own[index + 1]
    if (next === undefined) continue
    if (startOf(next) < Date.parse(stop.timestamp)) blame(`${nameOf(next)} starts before ${nameOf(each)} stops`)
    if (next.start.meterStart < stop.meterStop) blame(`${nameOf(next)}: meterStart ${next.start.meterStart} below the last meterStop ${stop.meterStop}`)
  }
}

/** What the charger's own ledger says must be in the book, each once: a start that was resent with other contents would stand there
 *  twice, a stop with a wrong id under another start. */
function judgeLedger({ id, state }: Life, own: readonly Transaction[], blame: (words: string) => void): void {
  const store = openStore({ directory: state, log: silentLog })
  try {
    const ledger = store.ledger<Fact>()
    for (const { entry, reason } of ledger.undeliverable('ocpp1.6')) blame(`${id}: undeliverable ${entry.fact.kind}: ${reason}`)
    if (ledger.position('ocpp1.6') !== ledger.last) blame(`${id}: ${ledger.last - ledger.position('ocpp1.6')} facts were not delivered`)
    const entries = ledger.after(0, Number.MAX_SAFE_INTEGER)
    const starts = entries.filter(({ fact }) => fact.kind === 'transactionStarted')
    if (starts.length !== own.length) blame(`${id}: ${starts.length} transactions in the ledger, ${own.length} in the book`)
    for (const { at, subject, fact } of starts) {
      if (fact.kind !== 'transactionStarted') continue
      const ends = entries.filter((entry) => entry.subject === subject && entry.fact.kind === 'transactionEnded')
      if (ends.length !== 1) blame(`${id}: ${ends.length} ends of the transaction that began ${isoOf(at)}`)
      const booked = own.find(({ start }) => start.timestamp === isoOf(at) && start.idTag === fact.token)
      const end = ends[0]
      if (end?.fact.kind !== 'transactionEnded') continue
      if (booked?.stop === undefined) blame(`${id}: the transaction that began ${isoOf(at)} is not whole in the book`)
      else if (booked.stop.meterStop !== Math.floor(end.fact.meterWh) || booked.stop.timestamp !== isoOf(end.at))
        blame(`${nameOf(booked)}: has another transaction's stop`)
    }
    const ended = own.reduce((sum, { start, stop }) => sum + (stop?.meterStop ?? 0) - start.meterStart, 0)
    if (own.length > 0 && ended === 0) blame(`${id}: no energy at all was sold`)
  } finally {
    store.close()
  }
}
