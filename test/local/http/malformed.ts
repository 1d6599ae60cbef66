import type { Route } from '../../../src/local/rest/route.ts'
import type { Seeded } from '../../seeded.ts'

type Fields = Readonly<Record<string, unknown>>

/** A request over HTTP that is whole, with something in it that nobody expects. */
export interface Odd {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND', 'TRACE'] as const
const types = ['application/json', 'application/json; charset=utf-8', 'text/plain', 'application/json;charset=latin1', 'multipart/form-data', ''] as const
const words = [
  '',
  '0',
  '1',
  '2',
  '-1',
  '1e9',
  '9'.repeat(30),
  'NaN',
  'null',
  'true',
  '../..',
  '..%2f..',
  '%00',
  '%',
  '%zz',
  '%ff',
  '%F0%9F%94%8C',
  '__proto__',
] as const
const names = ['amps', 'idTag', 'value', 'line', 'toString', 'constructor', '__proto__', 'hasOwnProperty', 'length', '', ' ', 'url', '$ref'] as const
const lines = [
  '',
  'status',
  'help fault',
  'current 6',
  '"',
  '"'.repeat(50),
  'start',
  'tag \u0000',
  'wait 0',
  'plugin 99',
  'x'.repeat(3_000),
  '__proto__',
  'status toString',
] as const

/** One route after the other, each asked for in ways in which it is not. */
export function oddRequest(route: Route, chance: Seeded): Odd {
  const body = bodyFor(route, chance)
  const type = chance.happens(0.85) ? 'application/json' : chance.pick(types)
  return {
    method: chance.happens(0.9) ? route.method : chance.pick(methods),
    path: pathFor(route, chance),
    headers: {
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
      ...(type === '' ? {} : { 'content-type': type }),
      ...(chance.happens(0.1) ? { [chance.pick(['accept', 'cookie', 'authorization', 'if-none-match', 'x-odd'])]: chance.pick(words) } : {}),
    },
    body,
  }
}

function pathFor({ path, example, query }: Route, chance: Seeded): string {
  const params = (example.params ?? {}) as Fields
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    chance.happens(0.7) ? encodeURIComponent(String(params[name] ?? 1)) : chance.pick(words),
  )
  const known = Object.keys((query as { readonly properties?: Fields } | undefined)?.properties ?? {})
  const fields = Array.from({ length: chance.happens(0.4) ? Math.floor(chance.between(0, 4)) : 0 }, () => {
    const name = known.length > 0 && chance.happens(0.7) ? chance.pick(known) : chance.pick(names)
    return `${name}=${chance.pick(words)}`
  })
  return `/api/v1${filled}${fields.length === 0 ? '' : `?${fields.join('&')}`}`.replace(/[^\x21-\x7e]/g, '+')
}

function bodyFor(route: Route, chance: Seeded): Buffer | undefined {
  if (route.method === 'GET' && chance.happens(0.8)) return undefined
  const good = (route.example.body ?? {}) as Fields
  const text = JSON.stringify(chance.happens(0.7) ? bent(good, chance) : anything(chance, 0)) ?? 'null'
  const roll = chance.next()
  if (roll < 0.7) return Buffer.from(text)
  if (roll < 0.75) return Buffer.from(text.slice(0, Math.floor(chance.between(0, text.length))))
  if (roll < 0.8) return Buffer.from(text.replace('{', `{"${chance.pick(['__proto__', 'constructor', 'prototype'])}":{"polluted":true},`))
  if (roll < 0.85) return Buffer.from('['.repeat(Math.floor(chance.between(1, 5_000))))
  if (roll < 0.9) return Buffer.from(Array.from({ length: 40 }, () => Math.floor(chance.between(0, 256))))
  return roll < 0.91 ? Buffer.from(`"${'x'.repeat(70_000)}"`) : undefined
}

/** A good body with one thing in it changed, left out or added. */
function bent(good: Fields, chance: Seeded): Fields {
  const known = Object.keys(good)
  const name = known.length > 0 && chance.happens(0.8) ? chance.pick(known) : chance.pick(names)
  const { [name]: _left, ...rest } = good
  if (chance.happens(0.2)) return rest
  return { ...rest, [name]: name === 'line' && chance.happens(0.8) ? chance.pick(lines) : anything(chance, 0) }
}

function anything(chance: Seeded, depth: number): unknown {
  const simple = [null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, '', 'x', 'x'.repeat(600), '\ud800', '\u0000', '💥', ...words]
  if (depth > 4 || chance.happens(0.7)) return chance.pick(simple)
  if (chance.happens(0.5)) return Array.from({ length: 3 }, () => anything(chance, depth + 1))
  return { [chance.pick(names)]: anything(chance, depth + 1), [chance.pick(names)]: anything(chance, depth + 1) }
}

/** Bytes that are no HTTP, or HTTP as nobody writes it. */
export function oddBytes(chance: Seeded): Buffer {
  const head = (line: string, fields: readonly string[], rest = '') => Buffer.from([line, ...fields, '', rest].join('\r\n'), 'latin1')
  const host = 'Host: localhost'
  const station = 'GET /api/v1/station HTTP/1.1'
  const limit = 'PUT /api/v1/evses/1/limit HTTP/1.1'
  const json = 'Content-Type: application/json'
  const number = () => Math.floor(chance.between(0, 1e9))
  return chance.pick([
    () => Buffer.from(Array.from({ length: 200 }, () => Math.floor(chance.between(0, 256)))),
    () => Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'),
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => head(station.slice(0, Math.floor(chance.between(1, station.length))), []),
    () => head(station, []),
    () => head(station, [host, host]),
    () => head(station, [`Host: ${chance.pick(['', 'evil.example', '@', '[', '127.0.0.1:99999', '\xff'])}`]),
    () => head(station.replace('1.1', chance.pick(['0.9', '1.0', '1.2', '2.0', '9.9'])), [host]),
    () => head(station, [host, `X-Large: ${'x'.repeat(number() % 20_000)}`]),
    () => head(station, [host, ...Array.from({ length: 300 }, (_, at) => `X-${at}: ${at}`)]),
    () => head(station, [host, 'Bad Header', ': empty', 'X\x00Y: 1']),
    () => head(station, [host, 'Upgrade: websocket', 'Connection: Upgrade']),
    () => head(`CONNECT evil.example:443 HTTP/1.1`, [host]),
    () =>
      head(`GET ${chance.pick(['*', 'http://evil.example/', '//', '/\xff', '/%', '/a b', '', '\\', '/?', '/#', `/${'../'.repeat(20)}etc/passwd`])} HTTP/1.1`, [
        host,
      ]),
    () => head(limit, [host, json, 'Content-Length: -1'], '{}'),
    () => head(limit, [host, json, `Content-Length: ${number()}`], '{"amps":6'),
    () => head(limit, [host, json, 'Content-Length: 2', 'Content-Length: 3'], '{}'),
    () => head(limit, [host, json, 'Content-Length: 2', 'Transfer-Encoding: chunked'], '{}'),
    () => head(limit, [host, json, 'Transfer-Encoding: chunked'], `${chance.pick(['zz', 'ffffffffffff', '-1', '2'])}\r\n{}\r\n0\r\n\r\n`),
    () => head(limit, [host, json, 'Expect: 100-continue', 'Content-Length: 2'], '{}'),
    () => head(station, [host], `${station}\r\n${host}\r\n\r\nDELETE / HTTP/1.1\r\n${host}\r\n\r\n`),
  ] as const)()
}
