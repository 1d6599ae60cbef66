import { table } from '../csms/console/table.ts'
import type { Token, Transaction } from '../csms/rest/shapes.ts'
import type { BenchStore } from '../csms/store/store.ts'
import type { Played } from './play.ts'

/** The sessions of a day as a table, their sum, and what went wrong: lines to print. */
export async function summaryOf(store: BenchStore, cards: readonly Token[], currency: string, played: readonly Played[]): Promise<readonly string[]> {
  const { items } = await store.transactions.page({ offset: 0, limit: 1_000 })
  const troubles = played.flatMap(({ step, failure }) => (step.trouble === undefined || failure !== undefined ? [] : [step.trouble]))
  return [
    ...sessionTable([...items].reverse(), new Map(cards.map(({ tag, name }) => [tag.toLowerCase(), name ?? tag])), currency),
    ...(troubles.length === 0 ? [] : ['', 'What went wrong, and how it was dealt with:']),
    ...troubles.map(({ what, remedy }) => `- ${what}: ${remedy}`),
    ...played.flatMap(({ step, number, failure }) => (failure === undefined ? [] : [`- NOT dealt with: ${number}. ${step.words}: ${failure}`])),
  ]
}

function sessionTable(sessions: readonly Transaction[], names: ReadonlyMap<string, string>, currency: string): readonly string[] {
  const nameOf = (tag: string | undefined) => (tag === undefined ? '-' : (names.get(tag.toLowerCase()) ?? tag))
  const rows = sessions.map((each) => [
    each.charger_id,
    nameOf(each.tag),
    timeIn(each.started_at),
    timeIn(each.stopped_at),
    each.reason ?? '-',
    (each.energy_wh / 1_000).toFixed(2),
    (each.cost ?? 0).toFixed(2),
  ])
  const sum = (of: (each: Transaction) => number) => sessions.reduce((total, each) => total + of(each), 0)
  const total = [`${sessions.length} sessions`, '', '', '', '', (sum(({ energy_wh }) => energy_wh) / 1_000).toFixed(2), sum(({ cost = 0 }) => cost).toFixed(2)]
  return table([['station', 'card', 'from', 'to', 'ended by', 'kWh', currency], ...rows, total], 5)
}

const timeIn = (iso: string | undefined) => iso?.slice(11, 16) ?? '-'
