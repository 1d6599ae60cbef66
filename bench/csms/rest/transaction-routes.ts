import * as t from '../../../src/base/schema.ts'
import { nextTurn } from '../../../src/base/turn.ts'
import type { BenchStore } from '../store/store.ts'
import { chargerId, closed, epochOf, given, mostOfPage, paging, searched, siteId, sliceOf, span, tag, transactionId } from './fields.ts'
import { found } from './refusal.ts'
import { type Route, route } from './route.ts'
import { Frame, page, Sample, Token, Transaction, TransactionWithSamples } from './shapes.ts'

/** Pages of samples that are read for one curve: at one a second more than a day. */
const mostPagesOfCurve = 100

/** A curve of at most 1,000 points. */
async function curveOf(store: BenchStore, transaction: number): Promise<{ samples: readonly Sample[]; samples_total: number }> {
  const pageAt = (offset: number) => store.transactions.samples({ transaction, offset, limit: mostOfPage })
  const first = await pageAt(0)
  const step = Math.ceil(first.total / (mostOfPage - 1))
  if (first.total <= mostOfPage) return { samples: first.items, samples_total: first.total }
  const samples: Sample[] = []
  let seen = 0
  for (let at = 0, read = first; at < mostPagesOfCurve && read.items.length > 0; at++, read = await pageAt(at * mostOfPage)) {
    for (const each of read.items) if (seen++ % step === 0 || seen === first.total) samples.push(each)
    // SQLite reads while everything waits: the stations come in between.
    await nextTurn()
  }
  return { samples, samples_total: first.total }
}

const TokenBody = t.object(
  {
    status: Token.properties.status,
    parent_tag: Token.properties.parent_tag,
    expires_at: Token.properties.expires_at,
    name: Token.properties.name,
  },
  closed,
)
const byTag = t.object({ tag }, closed)
const noSuchToken = { 404: 'There is no such card' } as const

export const transactionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/transactions',
    tag: 'Transactions',
    summary: 'Charging sessions, newest first',
    query: t.object(
      {
        charger: t.optional(chargerId),
        site: t.optional(siteId),
        tag: t.optional(tag),
        running: t.optional(t.boolean({ description: 'true: those that run; false: those that ended' })),
        ...span,
        ...paging,
      },
      closed,
    ),
    answer: page(Transaction, 'Transactions'),
    example: { query: { charger: 'CP-1', running: false, from: '2026-05-01T00:00:00Z' } },
    run: ({ query: { charger, site, tag: card, running, from, until, ...slice } }, { store }) =>
      store.transactions.page({
        ...sliceOf(slice),
        ...given({ charger, site, tag: card, isRunning: running, from: epochOf(from, 'query.from'), until: epochOf(until, 'query.until') }),
      }),
  }),
  route({
    method: 'GET',
    path: '/transactions/{id}',
    tag: 'Transactions',
    summary: 'One charging session with its curve',
    params: t.object({ id: transactionId }, closed),
    answer: TransactionWithSamples,
    problems: { 404: 'There is no such transaction' },
    example: { params: { id: 1 } },
    async run({ params: { id } }, { store }) {
      const transaction = found(await store.transactions.one(id), 'transaction', 'path.id', 'GET /transactions lists them.')
      return { ...transaction, ...(await curveOf(store, id)) }
    },
  }),
  route({
    method: 'GET',
    path: '/samples',
    tag: 'Transactions',
    summary: 'Meter values, oldest first',
    query: t.object({ charger: t.optional(chargerId), transaction: t.optional(transactionId), ...span, ...paging }, closed),
    answer: page(Sample, 'Samples'),
    example: { query: { charger: 'CP-1', limit: 500 } },
    run: ({ query: { charger, transaction, from, until, ...slice } }, { store }) =>
      store.transactions.samples({
        ...sliceOf(slice),
        ...given({ charger, transaction, from: epochOf(from, 'query.from'), until: epochOf(until, 'query.until') }),
      }),
  }),
  route({
    method: 'GET',
    path: '/frames',
    tag: 'Frames',
    summary: 'OCPP messages with their secrets taken out, newest first',
    query: t.object(
      {
        charger: t.optional(chargerId),
        action: t.optional(t.string({ description: 'BootNotification ...', minLength: 1, maxLength: 100 })),
        direction: t.optional(Frame.properties.direction),
        kind: t.optional(Frame.properties.kind),
        after: t.optional(t.integer({ description: 'Those with a greater id', minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
        ...paging,
      },
      closed,
    ),
    answer: page(Frame, 'Frames'),
    example: { query: { charger: 'CP-1', action: 'BootNotification', kind: 'call' } },
    run: ({ query: { charger, action, direction, kind, after, ...slice } }, { store }) =>
      store.frames.page({ ...sliceOf(slice), ...given({ charger, action, direction, kind, after }) }),
  }),
]

export const tokenRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/tokens',
    tag: 'Tokens',
    summary: 'Cards of which something is known',
    query: t.object({ text: t.optional(searched), ...paging }, closed),
    answer: page(Token, 'Tokens'),
    example: { query: { text: 'fleet' } },
    run: ({ query: { text: part, ...slice } }, { store }) => store.tokens.page({ ...sliceOf(slice), ...given({ text: part }) }),
  }),
  route({
    method: 'GET',
    path: '/tokens/{tag}',
    tag: 'Tokens',
    summary: 'One card',
    params: byTag,
    answer: Token,
    problems: noSuchToken,
    example: { params: { tag: '04A2B3C4' } },
    run: async ({ params }, { store }) => found(await store.tokens.one(params.tag), 'card', 'path.tag', 'GET /tokens lists them.'),
  }),
  route({
    method: 'PUT',
    path: '/tokens/{tag}',
    tag: 'Tokens',
    summary: 'Says what the stations are told of a card',
    params: byTag,
    body: TokenBody,
    answer: Token,
    problems: noSuchToken,
    example: { params: { tag: '04A2B3C4' }, body: { status: 'Accepted', name: 'Fleet 7', expires_at: '2027-01-01T00:00:00Z' } },
    async run({ params, body }, { store }) {
      epochOf(body.expires_at, 'body.expires_at')
      await store.tokens.put({ ...body, tag: params.tag })
      return found(await store.tokens.one(params.tag), 'card', 'path.tag', 'Somebody took it away meanwhile. Send it again.')
    },
  }),
  route({
    method: 'DELETE',
    path: '/tokens/{tag}',
    tag: 'Tokens',
    summary: 'Forgets a card',
    params: byTag,
    problems: noSuchToken,
    example: { params: { tag: '04A2B3C4' } },
    async run({ params }, { store }) {
      found((await store.tokens.remove(params.tag)) || undefined, 'card', 'path.tag', 'GET /tokens lists them.')
    },
  }),
]
