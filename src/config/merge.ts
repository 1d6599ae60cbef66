import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { type LogLevel, logLevels } from '../base/log.ts'
import { nearest } from '../base/nearest.ts'
import { mostConnectors, withConnectors } from './board.ts'
import { checkedCsmsUrl, checkedIdentity, checkedOcpp } from './connection.ts'
import { controlFrom } from './control-address.ts'
import { readBoard, readSettings, readStation } from './files.ts'
import { frameLogFrom } from './frame-log.ts'
import { readSecret } from './read.ts'
import type { LogConfig, NetworkConfig, StationConfig } from './station.ts'
import type { StationFile } from './station-file.ts'

/** What stood on the command line, as it was typed. */
export interface Flags {
  readonly station?: string
  readonly board?: string
  readonly id?: string
  readonly csms?: string
  readonly ocpp?: string
  readonly state?: string
  readonly control?: string
  readonly http?: string
  readonly mqtt?: string
  readonly settings?: string
  readonly connectors?: string
  readonly log?: string
  /** Where tagged lines of the frames go: a file, or `-`. */
  readonly frames?: string
  readonly console?: boolean
  readonly respawn?: boolean
  readonly automaticEv?: boolean
  /** Guard and core as two processes. */
  readonly split?: boolean
}

/** The automatic EV is there to be watched. */
const automaticEvSettings = { MeterValueSampleInterval: '10' }

export type Environment = Readonly<Record<string, string | undefined>>

/** Flags over environment over station file over defaults. @throws ConfigError naming the flag, variable or field at fault */
export async function stationConfig(flags: Flags, environment: Environment, version: string): Promise<StationConfig> {
  const file: StationFile = flags.station === undefined ? {} : await readStation(flags.station)
  const beside = flags.station === undefined ? '.' : dirname(flags.station)
  const id = idFrom(flags, file)
  const ocpp = checkedOcpp(flags.ocpp ?? file.network?.ocpp ?? '1.6', { source: '--ocpp', field: '' })
  const board = flags.board === undefined ? await readBoard(file.board ?? 'simulated', beside) : await readBoard(flags.board)
  const connectors = flags.connectors === undefined ? undefined : countFrom('--connectors', flags.connectors, 1, mostConnectors)
  const withConsole = flags.console ?? false
  const given = flags.settings === undefined ? {} : readSettings(flags.settings)
  return {
    id,
    csmsUrl: csmsUrlFrom(flags, file),
    ocpp,
    board: connectors === undefined ? board : withConnectors(board, connectors),
    connectors,
    stateDirectory: flags.state === undefined ? defaultStateDirectory(id, environment) : resolve(flags.state),
    control: controlFrom(flags.control, file.doors?.control, { path: flags.station ?? '', directory: beside }),
    ...(await furtherDoors(flags, file, { path: flags.station ?? '', directory: beside })),
    settings: overridden({ ...(flags.automaticEv ? automaticEvSettings : {}), ...file.settings }, given),
    settingsOrigins: {
      ...origins(file.settings ?? {}, flags.station ?? '', 'settings.'),
      ...origins(given, flags.settings ?? '', ''),
    },
    identity: { vendor: 'Pilotwire', model: 'Pilotwire', firmwareVersion: version, ...file.identity },
    defaultTag: file.defaultTag ?? 'PILOTWIRE',
    network: networkFrom(file, beside),
    console: withConsole,
    respawn: flags.respawn ?? false,
    automaticEv: flags.automaticEv ?? false,
    log: logFrom(flags, environment, file, beside, withConsole),
    offPeak: file.offPeak === undefined ? undefined : { windows: [], randomDelayS: 600, ...file.offPeak },
    site: file.site === undefined ? undefined : (await import('./site.ts')).siteFrom(file.site, board, flags.station ?? ''),
    vendorOptions: {
      bootAfterReconnect: false,
      preBootTransactions: false,
      silentOffline: false,
      gapBetweenCallsMs: 0,
      authKeyEncoding: 'auto',
      ...file.vendorOptions,
    },
  }
}

/** Most stations have none of them: what reads them is loaded where one is asked for. */
async function furtherDoors(flags: Flags, { doors }: StationFile, at: { readonly path: string; readonly directory: string }) {
  return {
    http: flags.http === undefined && doors?.http === undefined ? undefined : (await import('./http-door.ts')).httpFrom(flags.http, doors?.http, at),
    mqtt: flags.mqtt === undefined && doors?.mqtt === undefined ? undefined : (await import('./mqtt-door.ts')).mqttFrom(flags.mqtt, doors?.mqtt, at),
  }
}

function idFrom(flags: Flags, file: StationFile): string {
  const id = flags.id ?? file.id
  if (id === undefined) throw new ConfigError('--id', '', 'the charge point has no identity', 'Give --id ID, or id in the station file')
  return checkedIdentity(id, flags.id === undefined ? { source: flags.station ?? '', field: 'id' } : { source: '--id', field: '' })
}

function csmsUrlFrom(flags: Flags, file: StationFile): string {
  const typed = flags.csms ?? file.network?.csms
  if (typed === undefined)
    throw new ConfigError('--csms', '', 'the central system has no URL', 'Give --csms ws://HOST:PORT/PATH, or network.csms in the station file')
  return checkedCsmsUrl(typed, flags.csms === undefined ? { source: flags.station ?? '', field: 'network.csms' } : { source: '--csms', field: '' })
}

/** The state directory of a charge point that is named by its id or by the directory. @throws ConfigError for neither */
export function stateDirectoryOf({ id, state }: { readonly id?: string; readonly state?: string }, environment: Environment): string {
  if (state !== undefined) return resolve(state)
  if (id === undefined) throw new ConfigError('--id', '', 'is missing', 'Give --id ID or --state DIR')
  return defaultStateDirectory(id, environment)
}

/** One directory per id. `.` and `..` are ids too, and must not become paths. */
function defaultStateDirectory(id: string, environment: Environment): string {
  const name = /^\.+$/.test(id) ? id.replaceAll('.', '%2E') : encodeURIComponent(id)
  // systemd: STATE_DIRECTORY is a list separated by colons, the unit's first one counts.
  const given = environment['STATE_DIRECTORY']?.split(':')[0]
  if (given !== undefined && given !== '') return resolve(given, name)
  // XDG Base Directory: a relative path is invalid and ignored.
  const xdg = environment['XDG_STATE_HOME']
  return join(xdg?.startsWith('/') ? xdg : join(environment['HOME'] || homedir(), '.local', 'state'), 'pilotwire', name)
}

function overridden(under: Readonly<Record<string, string>>, over: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys = new Set(Object.keys(over).map((key) => key.toLowerCase()))
  return { ...Object.fromEntries(Object.entries(under).filter(([key]) => !keys.has(key.toLowerCase()))), ...over }
}

function origins(settings: Readonly<Record<string, string>>, source: string, prefix: string): StationConfig['settingsOrigins'] {
  return Object.fromEntries(Object.keys(settings).map((key) => [key, { source, field: `${prefix}${key}` }]))
}

function networkFrom(file: StationFile, beside: string): NetworkConfig {
  const { password, passwordFile, passwordEncoding, pingIntervalS } = file.network ?? {}
  const secret = passwordFile === undefined ? password : readSecret(resolve(beside, passwordFile), 'password')
  if (secret !== undefined && passwordEncoding === 'hex' && !/^([0-9a-f]{2})+$/i.test(secret)) {
    throw new ConfigError(
      'station file',
      'network.password',
      'is not hexadecimal',
      'Write an even number of the digits 0 to 9 and a to f, or passwordEncoding: text',
    )
  }
  return {
    password: secret === undefined ? undefined : new Uint8Array(Buffer.from(secret, passwordEncoding === 'hex' ? 'hex' : 'utf8')),
    pingIntervalS,
  }
}

/** Flag over environment over station file; what a person types at wants only trouble. @throws ConfigError for a level that is none */
export function logFrom(flags: Flags, environment: Environment, file: StationFile, beside: string, withConsole: boolean): LogConfig {
  const given = environment['OCPP_LOG_FILE']
  const logFile = given !== undefined && given !== '' ? resolve(given) : file.log?.file === undefined ? undefined : resolve(beside, file.log.file)
  const frames = /^(1|true|yes|on)$/i.test(environment['OCPP_PROTOCOL_DEBUG'] ?? '')
  // Where a person types, events are printed for reading; only trouble is worth a JSON line between them.
  const usual: LogLevel = withConsole && logFile === undefined ? 'warn' : 'info'
  const variable = environment['OCPP_LOG_LEVEL']
  const named =
    flags.log !== undefined ? levelFrom('--log', flags.log) : variable !== undefined && variable !== '' ? levelFrom('OCPP_LOG_LEVEL', variable) : undefined
  const level = named ?? file.log?.level ?? usual
  const tagged = frameLogFrom(flags.frames, frames, file.log, beside)
  return { level: frames && level !== 'trace' ? 'debug' : level, file: logFile, ...(tagged === undefined ? {} : { frames: tagged }) }
}

function levelFrom(source: string, word: string): LogLevel {
  const level = logLevels.find((each) => each === word.toLowerCase())
  if (level !== undefined) return level
  const meant = nearest(word, logLevels)
  throw new ConfigError(
    source,
    '',
    `there is no log level "${word.slice(0, 40)}"`,
    `${meant === undefined ? '' : `Did you mean ${meant}? `}Known: ${logLevels.join(', ')}`,
  )
}

function countFrom(source: string, word: string, least: number, most: number): number {
  const count = /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN
  if (count >= least && count <= most) return count
  throw new ConfigError(source, '', `"${word.slice(0, 40)}" is not a number from ${least} to ${most}`, `Write ${source} ${least}`)
}
