import * as schema from '../../base/schema.ts'
import type { Session as CoreSession } from '../../core/sessions.ts'
import type { LocalPorts } from '../ports.ts'
import { paging } from './asked.ts'
import { csv } from './csv.ts'
import { Refusal, type Route, route } from './route.ts'
import { isoAt, sessionOf, tracedSessionOf } from './session-picture.ts'
import { closed, SessionPage, SessionWithTrace } from './shapes.ts'

const usualPage = 50
const SessionPath = schema.object({ id: schema.string({ description: 'Our identifier, a UUID.', minLength: 1, maxLength: 64 }) }, closed)
const anyId = { params: { id: 'a0000000-0000-4000-8000-000000000000' } } as const

const nowOf = ({ context }: LocalPorts) => context.clock.now().epochMs

/** @throws Refusal 404 */
function sessionBy(id: string, { context }: LocalPorts): CoreSession {
  const session = context.chargePoint.sessions.find(id)
  if (session === undefined) throw new Refusal(404, 'No such session', 'There is no session with this id: GET /sessions lists them', 'path.id')
  return session
}

export const sessionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/sessions',
    tag: 'Sessions',
    summary: 'The charging sessions, the newest first',
    access: 'read',
    query: schema.object(
      {
        offset: schema.optional(schema.integer({ description: 'Skips so many; 0 when left out.', minimum: 0, maximum: 1_000_000, default: 0 })),
        ...paging(500, usualPage),
      },
      closed,
    ),
    answer: SessionPage,
    example: { query: { offset: 0, limit: 10 } },
    run({ query: { offset = 0, limit = usualPage } }, ports) {
      const { sessions } = ports.context.chargePoint
      const now = nowOf(ports)
      return { body: { total: sessions.count, offset, sessions: sessions.page(offset, limit).map((each) => sessionOf(each, now)) } }
    },
  }),
  route({
    method: 'GET',
    path: '/sessions/{id}',
    tag: 'Sessions',
    summary: 'One session, with what was measured in it',
    access: 'read',
    params: SessionPath,
    answer: SessionWithTrace,
    example: anyId,
    run: ({ params: { id } }, ports) => ({ body: tracedSessionOf(sessionBy(id, ports), nowOf(ports)) }),
  }),
  route({
    method: 'GET',
    path: '/sessions/{id}/csv',
    tag: 'Sessions',
    summary: 'What was measured in one session, as CSV',
    access: 'read',
    params: SessionPath,
    answer: 'text/csv',
    example: anyId,
    run({ params: { id } }, ports) {
      const session = sessionBy(id, ports)
      const rows = session.trace.map(({ at, powerW, amps, offeredAmps, offeredWatts, energyWh }) => [
        isoAt(at),
        powerW,
        amps,
        offeredAmps,
        energyWh,
        offeredWatts,
      ])
      return { body: csv(['at', 'power_w', 'current_a', 'offered_a', 'energy_wh', 'offered_w'], rows), fileName: `session-${fileTime(session.startedAt)}.csv` }
    },
  }),
  route({
    method: 'GET',
    path: '/sessions-export',
    tag: 'Sessions',
    summary: 'All sessions that are kept, the newest first, as CSV',
    access: 'read',
    answer: 'text/csv',
    example: {},
    run(_input, ports) {
      const { sessions } = ports.context.chargePoint
      const now = nowOf(ports)
      const rows = sessions.page(0, sessions.count).map((each) => {
        const { id, evse, token, startedAt, endedAt, reason, durationS, meterStartWh, meterWh, energyWh, peakW } = sessionOf(each, now)
        return [id, evse, token, startedAt, endedAt ?? undefined, reason ?? undefined, durationS, meterStartWh, meterWh, energyWh, peakW]
      })
      const header = ['id', 'evse', 'token', 'started_at', 'ended_at', 'reason', 'duration_s', 'meter_start_wh', 'meter_wh', 'energy_wh', 'peak_w']
      return { body: csv(header, rows), fileName: 'sessions.csv' }
    },
  }),
]

/** `20260301T120000Z`: fit for a file's name. */
function fileTime(epochMs: number): string {
  return isoAt(epochMs).replaceAll(/[-:]|\.\d+/g, '')
}
