import type { Frame } from '../../rest/shapes.ts'
import { type Exchange, type Outcome, outcomeOf } from './exchanges.ts'

/** How it went, as a person picks it. */
export const kinds = ['all', 'answered', 'waiting', 'trouble'] as const
export type Kind = (typeof kinds)[number]

/** Which lines are shown. */
export interface Choice {
  /** Undefined: every action. */
  readonly action: string | undefined
  /** Of the request. */
  readonly direction: Frame['direction'] | undefined
  readonly kind: Kind
  /** Anywhere in action, id or payload, in any case. */
  readonly text: string
}

export const everything: Choice = { action: undefined, direction: undefined, kind: 'all', text: '' }

const kindOf: Readonly<Record<Outcome, Kind>> = {
  waiting: 'waiting',
  accepted: 'answered',
  answered: 'answered',
  refused: 'trouble',
  failed: 'trouble',
  unanswered: 'trouble',
}

/** What a text is looked for in. Goes with its exchange, which is another one once the answer is there. */
const searched = new WeakMap<Exchange, string>()
function searchText(exchange: Exchange): string {
  const known = searched.get(exchange)
  if (known !== undefined) return known
  const { first, answer } = exchange
  const text = [first, answer]
    .flatMap((frame) => (frame === undefined ? [] : [frame.action ?? '', frame.id ?? '', JSON.stringify(frame.payload) ?? '']))
    .join('\n')
    .toLowerCase()
  searched.set(exchange, text)
  return text
}

const isOf = (exchange: Exchange, { direction, kind, text }: Choice) =>
  (direction === undefined || exchange.first.direction === direction) &&
  (kind === 'all' || kindOf[outcomeOf(exchange).outcome] === kind) &&
  (text === '' || searchText(exchange).includes(text.toLowerCase()))

export const actionOf = ({ first }: Exchange): string => first.action ?? `(${first.kind})`

/** Those of the choice, oldest first, and how many there are of each action when the choice of the action is left out. */
export function chosen(
  exchanges: readonly Exchange[],
  choice: Choice,
): { readonly shown: readonly Exchange[]; readonly counts: readonly (readonly [string, number])[] } {
  const counts = new Map<string, number>()
  const shown: Exchange[] = []
  for (const exchange of exchanges) {
    if (!isOf(exchange, choice)) continue
    const action = actionOf(exchange)
    counts.set(action, (counts.get(action) ?? 0) + 1)
    if (choice.action === undefined || choice.action === action) shown.push(exchange)
  }
  // The action that was picked stays in the list, with 0, so that it can be taken back.
  if (choice.action !== undefined && !counts.has(choice.action)) counts.set(choice.action, 0)
  return { shown, counts: [...counts].toSorted(([a], [b]) => a.localeCompare(b)) }
}

/** JSON lines, a frame each, in the order in which they passed. */
export function linesOf(exchanges: readonly Exchange[]): string {
  const frames = exchanges.flatMap(({ first, answer }) => (answer === undefined ? [first] : [first, answer]))
  return frames
    .toSorted((a, b) => (a.at === b.at ? a.number - b.number : a.at < b.at ? -1 : 1))
    .map((frame) => `${JSON.stringify(frame)}\n`)
    .join('')
}
