import * as schema from '../../base/schema.ts'
import type { KeyPicture, LocalPorts } from '../ports.ts'
import { obeyed, paging } from './asked.ts'
import { Refusal, type Route, route } from './route.ts'
import { isoAt } from './session-picture.ts'
import { closed, Done, Setting, Token } from './shapes.ts'

const KeyPath = schema.object({ key: schema.string({ description: 'The OCPP key, in any case.', minLength: 1, maxLength: 50 }) }, closed)
const oneKey = { params: { key: 'MeterValueSampleInterval' } } as const

function settingOf({ value, values, ...rest }: KeyPicture): Setting {
  return { ...rest, value: value ?? null, values: values ?? null }
}

/** @throws Refusal 404 */
function keyBy(name: string, { keys }: LocalPorts): KeyPicture {
  const found = keys.all().find(({ key }) => key.toLowerCase() === name.toLowerCase())
  if (found === undefined) throw new Refusal(404, 'No such setting', 'There is no such OCPP key here: GET /settings lists them', 'path.key')
  return found
}

const mostTokens = 500

export const settingRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/settings',
    tag: 'Settings',
    summary: 'Every OCPP key with its meaning',
    access: 'read',
    answer: schema.array(Setting),
    example: {},
    run: (_input, { keys }) => ({ body: keys.all().map(settingOf) }),
  }),
  route({
    method: 'GET',
    path: '/settings/{key}',
    tag: 'Settings',
    summary: 'One OCPP key',
    access: 'read',
    params: KeyPath,
    answer: Setting,
    example: oneKey,
    run: ({ params: { key } }, ports) => ({ body: settingOf(keyBy(key, ports)) }),
  }),
  route({
    method: 'PUT',
    path: '/settings/{key}',
    tag: 'Settings',
    summary: 'Changes an OCPP key, as ChangeConfiguration of the central system would',
    access: 'change',
    params: KeyPath,
    body: schema.object(
      { value: schema.string({ description: 'As text, whatever its kind: at most 500 characters.', maxLength: 500, writeOnly: true }) },
      closed,
    ),
    answer: Setting,
    example: { ...oneKey, body: { value: '60' } },
    run({ params, body }, ports) {
      const { key, values } = keyBy(params.key, ports)
      switch (ports.keys.set(key, body.value)) {
        case 'set':
          return { body: settingOf(keyBy(key, ports)) }
        case 'unknown':
          throw new Refusal(404, 'No such setting', 'There is no such OCPP key here: GET /settings lists them', 'path.key')
        case 'readOnly':
          throw new Refusal(409, 'Read-only', `${key} is not to be changed: it follows from something else`, 'path.key')
        case 'refused':
          throw new Refusal(422, 'Not a value of this key', `${key} takes: ${values ?? 'nothing'}`, 'body.value')
        case 'notKept':
          throw new Refusal(503, 'The disk takes nothing', 'The state directory takes no writes: make room on its disk', 'body.value')
      }
    },
  }),
  route({
    method: 'GET',
    path: '/tokens',
    tag: 'Settings',
    summary: 'Cards that the station has learnt of by asking the central system',
    access: 'read',
    query: schema.object(paging(5_000, mostTokens), closed),
    answer: schema.array(Token),
    example: { query: {} },
    run: ({ query: { limit = mostTokens } }, { context: { chargePoint } }) => ({
      body: chargePoint
        .learntTokens()
        .slice(0, limit)
        .map(
          // What the local list holds is in no cache.
          ({ token, status, expiresAt, group, storedAt }): Token => ({
            token,
            source: 'cache',
            status,
            expiresAt: expiresAt === undefined ? null : isoAt(expiresAt),
            group: group ?? null,
            learntAt: isoAt(storedAt),
          }),
        ),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/tokens',
    tag: 'Settings',
    summary: 'Forgets the cards that were learnt; the local list of the central system stays',
    access: 'change',
    answer: Done,
    example: {},
    run: (_input, ports) => obeyed(ports, 'forget'),
  }),
]
