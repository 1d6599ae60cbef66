import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { type BoardSpec, simulatedOf, simulatedSchema } from './board.ts'
import { checked } from './check.ts'
import { checkHttpDoor } from './http-door.ts'
import { identityFieldOf, identityLengths } from './identity.ts'
import { parseFile, parseJson, readText } from './read.ts'
import { type StationFile, stationSchema } from './station-file.ts'

/** @throws ConfigError naming the file, the field and the remedy */
export async function readStation(path: string): Promise<StationFile> {
  const { value, lineOf } = await parseFile(path, 'station file')
  const station = checked(path, stationSchema, value, lineOf)
  checkSettings(path, 'settings.', station.settings ?? {})
  const both = (problem: string, field: string) => new ConfigError(path, field, problem, 'Keep one of the two')
  if (station.network?.password !== undefined && station.network.passwordFile !== undefined)
    throw both('password and passwordFile are both there', 'network.password')
  if (station.doors?.control?.token !== undefined && station.doors.control.tokenFile !== undefined)
    throw both('token and tokenFile are both there', 'doors.control.token')
  checkHttpDoor(path, station.doors?.http)
  return station
}

/** A board by its name (a file of `board-configs/`) or by the path of its file, relative to `directory`.
 *  @param source where the name was written @throws ConfigError */
export async function readBoard(nameOrPath: string, directory = '.', source = '--board'): Promise<BoardSpec> {
  const path = /[/\\]|\.(ya?ml|json)$/i.test(nameOrPath) ? resolve(directory, nameOrPath) : shippedBoard(nameOrPath, source)
  const { value, lineOf } = await parseFile(path, 'board file')
  if ((value as { readonly kind?: unknown } | null)?.kind !== 'wired') return simulatedOf(checked(path, simulatedSchema, value, lineOf), path)
  const { wiredOf, wiredSchema } = await import('./wired-board.ts')
  return wiredOf(checked(path, wiredSchema, value, lineOf), dirname(path))
}

/** Factory values: a JSON object of OCPP configuration keys and values, all strings. @throws ConfigError */
export function readSettings(path: string): Readonly<Record<string, string>> {
  const value = parseJson(path, readText(path, 'settings file'))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(path, '', 'is not a JSON object', 'Write {"MeterValueSampleInterval":"10"}')
  }
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === 'string') continue
    const remedy = typeof each === 'object' ? 'Write the value as one string' : `Put the value in quotes: "${key}":"${String(each)}"`
    throw new ConfigError(path, key, 'is not a string', remedy)
  }
  checkSettings(path, '', value as Record<string, string>)
  return value as Record<string, string>
}

/** Lengths as of OCPP 1.6: keys CiString50, values CiString500, the identity's as BootNotification.req has them. */
function checkSettings(source: string, prefix: string, settings: Readonly<Record<string, string>>): void {
  const seen = new Map<string, string>()
  for (const [key, value] of Object.entries(settings)) {
    const field = `${prefix}${key}`
    if (key === '' || key.length > 50) throw new ConfigError(source, field, 'a key has 1 to 50 characters', 'Use the name of an OCPP configuration key')
    const twin = seen.get(key.toLowerCase())
    if (twin !== undefined) throw new ConfigError(source, field, `is the same key as ${twin}: the case of letters does not count`, 'Keep one of the two')
    seen.set(key.toLowerCase(), key)
    const identity = identityFieldOf(key)
    const longest = identity === undefined ? 500 : identityLengths[identity]
    if (value.length > longest || (identity !== undefined && value === '')) {
      throw new ConfigError(source, field, `has ${value.length} characters`, `Use ${identity === undefined ? 'at most' : '1 to'} ${longest}`)
    }
  }
}

const fileEnding = /\.(json|ya?ml)$/i

/** Names of the boards that come with the package. */
export function boardNames(): readonly string[] {
  return readdirSync(shippedBoards())
    .filter((each) => fileEnding.test(each))
    .map((each) => each.replace(fileEnding, ''))
    .sort()
}

function shippedBoard(name: string, source: string): string {
  const directory = shippedBoards()
  const file = readdirSync(directory).find((each) => fileEnding.test(each) && each.replace(fileEnding, '') === name)
  if (file !== undefined) return join(directory, file)
  const names = boardNames()
  const meant = nearest(name, names)
  throw new ConfigError(
    source,
    '',
    `there is no board "${name}"`,
    `${meant === undefined ? '' : `Did you mean ${meant}? `}Known: ${names.join(', ')}; or name a file (./board.yaml)`,
  )
}

/** `board-configs/` of this package: beside `src/` in the repository, beside `dist/` where it is installed. */
function shippedBoards(): string {
  let directory = import.meta.dirname
  while (!existsSync(join(directory, 'board-configs')) && dirname(directory) !== directory) directory = dirname(directory)
  return join(directory, 'board-configs')
}
