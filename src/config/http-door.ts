import { resolve } from 'node:path'
import type { Static } from 'typebox'
import { ConfigError } from '../base/errors.ts'
import { isLoopback } from '../base/loopback.ts'
import * as schema from '../base/schema.ts'
import { addressFrom } from './door-address.ts'
import { readSecret } from './read.ts'
import type { HttpConfig } from './station.ts'

const secret = (maxLength: number, minLength: number, description: string) =>
  schema.optional(schema.string({ description, minLength, maxLength, writeOnly: true }))
const path = (description: string) => schema.optional(schema.string({ description, minLength: 1, maxLength: 4_096 }))

/** Characters of a password that a person chose. */
const leastPassword = 8

/** Names under which a door may be called: for the station file. */
export const callable = schema.optional(
  schema.array(schema.string({ description: 'A host name without a port: charger.example.com', minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._-]+$' }), {
    description: 'Further names under which it may be called. Addresses, the own name of the computer and names of the local network need not be listed.',
    maxItems: 20,
  }),
)

export const httpDoor = schema.object(
  {
    host: schema.optional(
      schema.string({
        description: 'Address to listen on, 127.0.0.1 when left out. Beyond loopback a token, a password or login: device is required.',
        minLength: 1,
        maxLength: 255,
      }),
    ),
    port: schema.integer({ description: 'TCP port to listen on; 0: any free one.', minimum: 0, maximum: 65_535 }),
    token: secret(256, 1, 'What a program must show (Authorization: Bearer). Prefer tokenFile.'),
    tokenFile: path('File that holds the token, relative to this file.'),
    password: secret(256, leastPassword, 'What a person types at the page, at least 8 characters. Prefer passwordFile, or login: device.'),
    passwordFile: path('File that holds the password, relative to this file.'),
    login: schema.optional(
      schema.unsafe<'device'>({
        type: 'string',
        enum: ['device'],
        description: 'device: a password of this device alone, made at its first start; `pilotwire password` shows it.',
      }),
    ),
    hosts: callable,
  },
  { additionalProperties: false, description: 'The HTTP door: REST, events and the page of the charger.' },
)

type HttpFile = Static<typeof httpDoor>

/** @throws ConfigError where the same secret stands twice */
export function checkHttpDoor(source: string, door: HttpFile | undefined): void {
  for (const one of ['token', 'password'] as const) {
    if (door?.[one] !== undefined && door[`${one}File`] !== undefined)
      throw new ConfigError(source, `doors.http.${one}`, `${one} and ${one}File are both there`, 'Keep one of the two')
  }
}

/** `[HOST:]PORT` of the flag over the station file's door; what has to be shown comes from the file. @throws ConfigError */
export function httpFrom(flag: string | undefined, door: HttpFile | undefined, file: { readonly path: string; readonly directory: string }): HttpConfig {
  const address = flag === undefined ? { host: door?.host ?? '127.0.0.1', port: door?.port ?? 0 } : addressFrom('--http', flag)
  const token = door?.tokenFile === undefined ? door?.token : readSecret(resolve(file.directory, door.tokenFile), 'token')
  const password = door?.passwordFile === undefined ? door?.password : readSecret(resolve(file.directory, door.passwordFile), 'password')
  if (password !== undefined && password.length < leastPassword)
    throw new ConfigError(file.path, 'doors.http.passwordFile', `holds fewer than ${leastPassword} characters`, 'Choose a longer password')
  if (token === undefined && password === undefined && door?.login === undefined && !isLoopback(address.host)) {
    const [source, field] = flag === undefined ? [file.path, 'doors.http.host'] : ['--http', '']
    throw new ConfigError(
      source,
      field,
      `${address.host} can be reached from elsewhere, and nobody would be asked for a password`,
      'Write doors: { http: { port: 8080, login: device } } in the station file (or passwordFile, or tokenFile), or listen on 127.0.0.1',
    )
  }
  return {
    ...address,
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
    login: door?.login,
    hosts: door?.hosts ?? [],
  }
}
