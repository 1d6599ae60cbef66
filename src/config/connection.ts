import { ConfigError } from '../base/errors.ts'

/** Where a value was written: what is wrong with it is told there. */
export interface Written {
  readonly source: string
  readonly field: string
}

/** The URL of a central system as it is used: without the slash at its end. @throws ConfigError */
export function checkedCsmsUrl(typed: string, { source, field }: Written): string {
  const wrong = (problem: string, remedy: string) => new ConfigError(source, field, problem, remedy)
  const url = URL.parse(typed)
  if (url === null || url.host === '') throw wrong('is not a URL', 'Write ws://HOST:PORT/PATH or wss://HOST/PATH')
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw wrong(`${url.protocol}// is not a WebSocket`, `Write ${url.protocol === 'https:' ? 'wss' : 'ws'}://HOST:PORT/PATH`)
  }
  // The identity becomes the last path segment: nothing may follow the path. A password must not get into logs with the URL.
  if (url.username !== '' || url.password !== '')
    throw wrong('holds a user or password', 'Use network.passwordFile in the station file; the user is the identity')
  if (url.search !== '' || url.hash !== '') throw wrong('holds a query or fragment', 'End it with the path; the identity is appended to it')
  return typed.replace(/\/+$/, '')
}

/** The identity of a charge point. @throws ConfigError */
export function checkedIdentity(id: string, { source, field }: Written): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (id === '' || id.length > 100 || /[\u0000-\u001f\u007f]/.test(id) || !id.isWellFormed()) {
    throw new ConfigError(source, field, 'is not an identity', 'Use 1 to 100 characters without control characters')
  }
  return id
}

/** The OCPP versions that are spoken. */
export const ocppVersions = ['1.6'] as const

/** @throws ConfigError for a version that is not spoken */
export function checkedOcpp(version: string, { source, field }: Written): (typeof ocppVersions)[number] {
  const spoken = ocppVersions.find((each) => each === version)
  if (spoken === undefined) throw new ConfigError(source, field, `version ${version.slice(0, 40)} is not spoken`, `Use ${ocppVersions.join(' or ')}`)
  return spoken
}
