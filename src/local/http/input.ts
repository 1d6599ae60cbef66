import type { IncomingMessage } from 'node:http'
import type { TSchema } from 'typebox'
import { dangerousIn, depthOf, isDangerous } from '../../base/json-text.ts'
import { mistakeIn } from '../../base/mistake.ts'
import { typedBy } from '../../base/typed-text.ts'
import { type Input, Refusal, type Route } from '../rest/route.ts'
import { decoded } from './target.ts'

/** What a route takes. */
export type Takes = Pick<Route, 'params' | 'query' | 'body'>

/** Bytes of a body. */
const largestBody = 65_536
/** Brackets within brackets. */
const deepest = 32
const mostQueryFields = 50

/** Everything that came with a request, checked against what the route declares. @throws Refusal naming the field */
export async function inputOf(takes: Takes, params: Readonly<Record<string, string>>, query: string, request: IncomingMessage): Promise<Input> {
  // In the order in which a person reads a request; the body last, because it has to be waited for.
  const checkedParams = takes.params === undefined ? undefined : fitting(takes.params, typedBy(takes.params, params), 'path')
  const asked = queryFrom(query)
  const checkedQuery = takes.query === undefined ? undefined : fitting(takes.query, typedBy(takes.query, asked), 'query')
  const surplus = takes.query === undefined ? Object.keys(asked)[0] : undefined
  if (surplus !== undefined) throw new Refusal(422, 'Unknown field', 'There is no such field: nothing is asked for behind "?" here.', `query.${surplus}`)
  return { params: checkedParams, query: checkedQuery, body: await bodyFrom(takes.body, request) }
}

function fitting(schema: TSchema, value: unknown, place: 'path' | 'query' | 'body'): unknown {
  const mistake = mistakeIn(schema, value)
  if (mistake === undefined) return value
  const field = [place, ...mistake.at].join('.')
  throw new Refusal(422, 'Not a valid value', `${field} ${mistake.problem}. ${mistake.remedy}`.trimEnd(), field)
}

/** `a=1&b=2`. @throws Refusal for a name that stands twice, or is no text */
function queryFrom(query: string): Readonly<Record<string, string>> {
  const fields = query.split('&').filter((each) => each !== '')
  if (fields.length > mostQueryFields) throw new Refusal(400, 'Too many fields', `Write at most ${mostQueryFields} behind "?".`)
  const found = new Map<string, string>()
  for (const each of fields) {
    const equals = each.indexOf('=')
    const name = decoded(spaced(equals < 0 ? each : each.slice(0, equals)))
    const value = decoded(spaced(equals < 0 ? '' : each.slice(equals + 1)))
    if (name === undefined || value === undefined) throw new Refusal(400, 'Not readable', 'What stands behind "?" is not percent-encoded UTF-8.')
    if (isDangerous(name)) throw new Refusal(400, 'Not a name', 'This name may not be used.', `query.${name}`)
    if (found.has(name)) throw new Refusal(400, 'Given twice', `query.${name} is there more than once. Keep one.`, `query.${name}`)
    found.set(name, value)
  }
  return Object.fromEntries(found)
}

const spaced = (text: string) => text.replaceAll('+', ' ')

async function bodyFrom(schema: TSchema | undefined, request: IncomingMessage): Promise<unknown> {
  const bytes = await bytesOf(request)
  if (bytes.length === 0 && schema === undefined) return undefined
  // No body is an empty one: a route whose fields may all be left out needs none.
  const value = bytes.length === 0 ? {} : jsonFrom(bytes, request.headers['content-type'])
  if (schema !== undefined) return fitting(schema, value, 'body')
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return undefined
  throw new Refusal(422, 'Unexpected body', 'Nothing has to be sent with this request. Leave the body out.', 'body')
}

/** @throws Refusal when it is too large */
function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new Refusal(413, 'Too large', `A body has at most ${largestBody} bytes.`, 'body')
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > largestBody) {
        chunks.length = 0
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('close', () => reject(new Refusal(400, 'Incomplete', 'The request ended before its body did.', 'body')))
  })
}

function jsonFrom(bytes: Buffer, type: string | undefined): unknown {
  if (!/^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i.test(type?.trim() ?? '')) {
    throw new Refusal(415, 'Not JSON', 'Send JSON, and say so: "Content-Type: application/json".', 'body')
  }
  const text = textOf(bytes)
  if (depthOf(text) > deepest) throw new Refusal(400, 'Too deep', `Brackets stand in at most ${deepest} others.`, 'body')
  const value = parsed(text)
  const dangerous = dangerousIn(value)
  if (dangerous !== undefined) throw new Refusal(400, 'Not a name', `${dangerous} may not be the name of a field.`, 'body')
  return value
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal(400, 'Not text', 'The body is not UTF-8.', 'body')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words quote what was sent, and with it perhaps a password.
    throw new Refusal(400, 'Not JSON', 'The body is not JSON. Look for a missing or surplus quote, comma or bracket.', 'body')
  }
}
