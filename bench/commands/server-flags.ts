import { hostname } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import { ConfigError } from '../../src/base/errors.ts'
import { builtDashboard } from '../csms/built-dashboard.ts'
import { databaseOf } from '../csms/database.ts'
import type { Listen } from '../csms/listen.ts'
import type { ServeOptions } from '../csms/serve.ts'

// The flags of a central system: `csms` and `all` have them.

export interface ServerFlags {
  readonly host: string
  readonly port: number | undefined
  readonly http: string | undefined
  readonly heartbeat: number
  readonly cards: readonly string[] | undefined
  readonly knownOnly: boolean | undefined
  readonly database: string | undefined
  readonly keep: number | 'forever'
  readonly token: string | undefined
  readonly tariff: number
  readonly currency: string
  readonly tiles: string | undefined
  readonly tilesAttribution: string | undefined
  readonly cors: readonly string[] | undefined
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly sites: string | undefined
  readonly broker: string | undefined
  readonly cluster: string | undefined
  readonly process: string | undefined
}

const usual = { ocpp: 9000, http: 8080 } as const

export function databaseFlag(command: Command): Command {
  return command.option(
    '--database <file>',
    'SQLite file; :memory: keeps nothing (default: PostgreSQL of $DATABASE_URL, else csms.db in ~/.local/state/pilotwire-bench)',
  )
}

export function withServerFlags(command: Command): Command {
  return databaseFlag(command)
    .option('--host <address>', 'address to listen on; 0.0.0.0 for every one', '127.0.0.1')
    .option('--port <port>', `port for stations; 0 for any that is free (default: ${usual.ocpp}, or any other when that is taken)`, whole('port', 0, 65_535))
    .option('--http <port|host:port|off>', `dashboard and REST (default: ${usual.http}, or any other when that is taken)`)
    .option('--keep <days>', 'how long samples are kept; transactions and the energy of each day stay. forever: all of it', days, 30)
    .option('--token <token>', 'what REST and the dashboard want to see (default: $PILOTWIRE_BENCH_TOKEN, else one made by chance and printed)')
    .option('--sites <file>', 'sites and chargers to take in at start: YAML, JSON or GeoJSON, or a name of those that come along: jeju')
    .option('--known-only', 'only stations that are in the database may connect')
    .option('--cards <list>', 'cards that are good, with commas between, where the database says nothing of one; every card when left out', listed)
    .option('--heartbeat <seconds>', 'heartbeat interval told to the stations', whole('heartbeat', 0, 2_147_483_647), 300)
    .option('--tariff <price>', 'price of a kWh, where the site has none of its own', price, 0.35)
    .option('--currency <code>', 'of the prices, ISO 4217', currency, 'EUR')
    .option('--tiles <url>', 'map tiles, https://HOST/{z}/{x}/{y}.png; a map of its own when left out')
    .option('--tiles-attribution <text>', 'what the map says of its tiles')
    .option('--cors <origin>', 'a web page of another origin that may ask; as often as wanted', origins)
    .option('--tls-cert <file>', 'certificate, PEM: stations come with wss://')
    .option('--tls-key <file>', 'its private key, PEM')
    .option(
      '--broker <url>',
      'MQTT broker that several processes of one database have in common, mqtt://HOST; user and password in $PILOTWIRE_BENCH_BROKER_USER and _PASSWORD',
    )
    .option('--cluster <name>', 'name of this central system at the broker, where several share it (default: default)')
    .option('--process <name>', 'name of this process among them, each its own (default: that of the computer and the number of the process)')
}

/** What the flags and the environment say, but for the time, the log and what is printed. @throws ConfigError */
export function serveOptionsOf(
  flags: ServerFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Omit<ServeOptions, 'clock' | 'log' | 'version' | 'notice'> {
  const ocpp: Listen = { host: flags.host, port: flags.port ?? usual.ocpp, mayMove: flags.port === undefined }
  return {
    ocpp,
    http: httpOf(flags.http, flags.host),
    tls: tlsOf(flags),
    database: databaseOf(flags.database, environment),
    keepDays: flags.keep === 'forever' ? undefined : flags.keep,
    token: tokenOf(flags.token, environment['PILOTWIRE_BENCH_TOKEN']),
    heartbeat: flags.heartbeat,
    cards: flags.cards,
    isKnownOnly: flags.knownOnly ?? false,
    process: flags.process ?? (flags.broker === undefined ? 'csms' : `${hostname()}-${process.pid}`),
    broker: flags.broker,
    brokerLogin: { user: environment['PILOTWIRE_BENCH_BROKER_USER'], password: environment['PILOTWIRE_BENCH_BROKER_PASSWORD'] },
    cluster: flags.cluster,
    currency: flags.currency,
    tariffPerKwh: flags.tariff,
    corsOrigins: flags.cors ?? [],
    tiles: flags.tiles,
    tilesAttribution: flags.tilesAttribution,
    dashboard: builtDashboard(),
  }
}

/** `8081`, `0.0.0.0:8081`, `[::1]:8081`, `off`. @throws ConfigError */
export function httpOf(text: string | undefined, host: string): Listen | undefined {
  if (text === 'off') return undefined
  if (text === undefined) return { host, port: usual.http, mayMove: true }
  const [, bracketed, plain, digits = ''] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text) ?? []
  if (digits === '' || Number(digits) > 65_535) throw new ConfigError('--http', '', `${text} is no port`, 'Write 8080, HOST:8080, or off')
  return { host: bracketed ?? plain ?? host, port: Number(digits), mayMove: false }
}

/** Short ones are guessed. */
const shortestToken = 8

function tokenOf(flag: string | undefined, environment: string | undefined): string | undefined {
  const token = flag ?? (environment === '' ? undefined : environment)
  // It travels in a header; it is not quoted here.
  if (token !== undefined && (token.length < shortestToken || !/^[\x21-\x7e]+$/.test(token))) {
    const source = flag === undefined ? 'PILOTWIRE_BENCH_TOKEN' : '--token'
    throw new ConfigError(source, '', 'is no token', `Take at least ${shortestToken} letters, digits and signs, without spaces`)
  }
  return token
}

function tlsOf({ tlsCert, tlsKey }: ServerFlags): ServeOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsKey === undefined) throw new ConfigError('--tls-key', '', 'is missing', 'A certificate needs its private key')
  if (tlsCert === undefined) throw new ConfigError('--tls-cert', '', 'is missing', 'A private key needs its certificate')
  return { cert: tlsCert, key: tlsKey }
}

/** A whole number for commander. */
export function whole(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`${what} is a whole number from ${least} to ${most}.`)
    return value
  }
}

function days(text: string): number | 'forever' {
  if (text === 'forever') return text
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 36_500) throw new InvalidArgumentError('days are a whole number from 1 to 36500, or forever.')
  return value
}

function price(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value > 1_000_000) throw new InvalidArgumentError('the tariff is a price like 0.35.')
  return value
}

function currency(text: string): string {
  if (!/^[A-Za-z]{3}$/.test(text)) throw new InvalidArgumentError('the currency has three letters: EUR, KRW.')
  return text.toUpperCase()
}

function listed(list: string): readonly string[] {
  return list
    .split(',')
    .map((card) => card.trim())
    .filter((card) => card !== '')
}

function origins(text: string, before: readonly string[] = []): readonly string[] {
  if (!URL.canParse(text) || new URL(text).origin !== text) throw new InvalidArgumentError('an origin is a URL without a path: https://tool.example.')
  return [...before, text]
}
