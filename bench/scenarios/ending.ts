import { seconds } from '../../src/base/units.ts'
import { Unmet } from './expecting.ts'
import { differences } from './pattern.ts'
import type { FrameRecord } from './record.ts'
import { type Ending, millisOf } from './scenario.ts'
import { isSameStatus } from './steps.ts'
import type { World } from './world.ts'

/** A transaction as the central system was told of it. */
interface Told {
  readonly idTag: unknown
  readonly connectorId: unknown
  readonly transactionId: unknown
  readonly meterStart: number
  readonly started: string
  readonly meterStop: number | undefined
  readonly energyWh: number | undefined
  readonly reason: unknown
  readonly stopped: string | undefined
  /** MeterValues with its number. */
  readonly samples: number
  readonly isEnded: boolean
}

type Fields = Readonly<Record<string, unknown>>
const usualWait = '60s'
const begunIsOver = seconds(2)

/** Waits until everything is as the end wants it. @throws Unmet with what is not */
export async function ended(world: World, { within = usualWait, ...ending }: Ending = {}): Promise<void> {
  // What the last step began is not over yet: a stop waits for the last register.
  await world.time.pass(begunIsOver)
  const missing = () => missingOf(world, ending)
  await world.time.until(() => missing() === undefined, millisOf(within))
  const words = missing()
  if (words !== undefined) throw new Unmet(`${words} (waited ${within} for it)`)
}

function missingOf({ lives, record, central, meant }: World, { undelivered = 0, status = {}, transactions }: Omit<Ending, 'within'>): string | undefined {
  if (!lives.isRunning) return 'expected a station that runs at the end, and it does not'
  const { waiting, undeliverable } = lives.station.door.reports()
  if (waiting + undeliverable !== undelivered)
    return `expected ${undelivered} reports that the central system was not told, and there are ${waiting} that wait and ${undeliverable} that it would not take`
  for (const [connector, expected] of Object.entries(meant(status))) {
    const found = lives.station.view(Number(connector))?.status
    if (!isSameStatus(expected, found)) return `expected connector ${connector} to be ${expected} at the end, and it is ${found ?? 'not there'}`
  }
  const [odd] = central?.system.transactions.oddities ?? []
  if (odd !== undefined) return `the central system was told something odd: ${odd.what} (transaction ${odd.transactionId})`
  return transactions === undefined ? undefined : transactionsMissing(meant(transactions), transactionsIn(record))
}

function transactionsMissing(wanted: readonly unknown[], told: readonly Told[]): string | undefined {
  const listed = `the central system was told of:\n${told.map((each) => `    ${JSON.stringify(each)}`).join('\n')}`
  if (wanted.length !== told.length) return `expected ${wanted.length} transactions, and ${told.length} were told; ${listed}`
  for (const [at, pattern] of wanted.entries()) {
    const [first] = differences(pattern, told[at])
    if (first !== undefined) return `transaction ${at + 1} is not as expected: ${first.path}: expected ${first.expected}, came ${first.came}; ${listed}`
  }
  return undefined
}

/** The transactions whose start was taken, in the order of the answers; an answer that was lost does not count. */
function transactionsIn({ all }: FrameRecord): readonly Told[] {
  const taken = all.filter(({ kind, from, answer }) => kind === 'call' && from === 'station' && answer?.kind === 'result')
  const of = (action: string) =>
    taken.filter((frame) => frame.action === action).map(({ payload, answer }) => ({ request: payload as Fields, answer: answer?.payload as Fields }))
  const stops = of('StopTransaction')
  const samples = of('MeterValues')
  return of('StartTransaction').map(({ request, answer }) => {
    const { transactionId } = answer
    const stop = stops.find((each) => each.request['transactionId'] === transactionId)?.request
    const [meterStart, meterStop] = [Number(request['meterStart']), stop === undefined ? undefined : Number(stop['meterStop'])]
    return {
      ...{ idTag: request['idTag'], connectorId: request['connectorId'], transactionId, meterStart, meterStop },
      started: String(request['timestamp']),
      stopped: stop === undefined ? undefined : String(stop['timestamp']),
      energyWh: meterStop === undefined ? undefined : meterStop - meterStart,
      reason: stop === undefined ? undefined : (stop['reason'] ?? 'Local'),
      samples: samples.filter((each) => each.request['transactionId'] === transactionId).length,
      isEnded: stop !== undefined,
    }
  })
}
