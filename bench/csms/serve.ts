import { randomBytes } from 'node:crypto'
import type { Clock } from '../../src/base/clock.ts'
import type { Log } from '../../src/base/log.ts'
import { serveAlone } from './alone.ts'
import { noteAttendance } from './attendance.ts'
import { keptBooks } from './books/kept-books.ts'
import { type CentralSystem, centralSystem } from './central-system.ts'
import { type Database, makeRoom } from './database.ts'
import { openDoor } from './door.ts'
import { type Listen, listening } from './listen.ts'
import type { Live } from './live.ts'
import { localLive } from './local-live.ts'
import { dispatchOver } from './ocpp/dispatch.ts'
import type { Dispatch } from './ocpp/station-request.ts'
import type { RestDoor, RestParts } from './rest/parts.ts'
import { openBenchStore } from './store/open.ts'
import type { BenchStore } from './store/store.ts'

/** A whole central system. */
export interface ServeOptions
  extends Pick<RestParts, 'version' | 'currency' | 'tariffPerKwh'>,
    Partial<Pick<RestParts, 'corsOrigins' | 'tiles' | 'tilesAttribution' | 'dashboard'>> {
  /** The time of the stations and of everything that is kept. */
  readonly clock: Clock
  /** By which the REST door paces what it pushes, where `clock` is not the machine's. */
  readonly restClock?: Clock
  readonly log: Log
  /** Of the port for stations: who was turned away, and why. `log` when left out. */
  readonly doorLog?: Log
  /** Where stations come in; undefined: only those in this process, by `system.attach`. */
  readonly ocpp: Listen | undefined
  /** REST and dashboard; undefined: neither. */
  readonly http: Listen | undefined
  /** Files in PEM: stations come with wss://. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  readonly database: Database
  /** How long samples are kept, days; undefined: for ever. */
  readonly keepDays?: number | undefined
  /** Of REST; made by chance when left out. */
  readonly token?: string | undefined
  /** Told to the stations, s. */
  readonly heartbeat?: number
  /** The good cards, where the database knows nothing of one; every card when left out. */
  readonly cards?: readonly string[] | undefined
  /** Only stations that are in the database may connect. */
  readonly isKnownOnly?: boolean
  /** Name of this process among those of the same database. */
  readonly process: string
  /** MQTT broker by which several processes reach each other's stations. */
  readonly broker?: string | undefined
  readonly brokerLogin?: { readonly user: string | undefined; readonly password: string | undefined }
  /** Name of this central system at the broker, where several share it. */
  readonly cluster?: string | undefined
  /** Done before the doors open. */
  readonly prepare?: ((store: BenchStore) => Promise<void>) | undefined
  /** Told of a port that was taken and another one that is used instead. */
  readonly notice?: (words: string) => void
}

export interface Served {
  /** `ws://127.0.0.1:9000`; undefined without a port. */
  readonly ocppUrl: string | undefined
  /** `http://127.0.0.1:8080`; undefined without a port. */
  readonly httpUrl: string | undefined
  /** Opens the dashboard without a question: the token stands behind the #, where it is never sent. */
  readonly dashboardUrl: string | undefined
  readonly token: string
  readonly system: CentralSystem
  readonly store: BenchStore
  readonly dispatch: Dispatch
  readonly live: Live
  /** Stops listening, closes the connections (1001), and returns when everything is in the database. */
  close(): Promise<void>
}

/** Puts a central system together and starts it: what is kept first, the doors last. What was opened is closed again when a later part fails.
 *  @throws ConfigError for a port, a database, a broker or a certificate that cannot be had */
export async function serve(options: ServeOptions): Promise<Served> {
  const opened: (() => unknown)[] = []
  const close = async () => {
    for (let last = opened.pop(); last !== undefined; last = opened.pop()) await last()
  }
  try {
    return { ...(await started(options, opened)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @param opened how to close what was opened, in the order of opening */
async function started(options: ServeOptions, opened: (() => unknown)[]): Promise<Omit<Served, 'close'>> {
  const { clock, log, http, token = randomBytes(18).toString('base64url') } = options
  makeRoom(options.database)
  const store = await storeOf(options)
  opened.push(() => store.close())
  // Let go when all is written.
  opened.unshift(serveAlone(options.database))
  // Whoever was here when this process ended without a word has gone.
  await store.chargers.allGone(options.process)
  await options.prepare?.(store)
  const system = centralSystem({
    ...{ clock, log, ...keptBooks({ store, clock, log }) },
    ...(options.heartbeat === undefined ? {} : { heartbeat: options.heartbeat }),
    ...(options.cards === undefined ? {} : { cards: options.cards }),
  })
  const local = { dispatch: dispatchOver(system), live: localLive(store, system) }
  const cluster = await clusterOf(options, { ...local, store, drop: system.drop })
  if (cluster !== undefined) opened.push(() => cluster.close())
  const { dispatch, live } = cluster ?? local
  const attendance = noteAttendance(system, store, {
    process: options.process,
    log,
    noted: (station, version) => (version === undefined ? cluster?.gone(station) : cluster?.here(station, version)),
  })
  opened.push(() => attendance.close())
  opened.push(() => system.close())
  const ocpp = await ocppDoor(options, system, store)
  if (ocpp !== undefined) opened.push(() => ocpp.close())
  const rest = http === undefined ? undefined : await restDoorOf(options, http, { store, dispatch, live, token })
  if (rest !== undefined) opened.push(() => rest.close())
  return {
    ocppUrl: ocpp?.url,
    httpUrl: rest?.url,
    dashboardUrl: rest === undefined ? undefined : `${rest.url}/#token=${encodeURIComponent(token)}`,
    ...{ token, system, store, dispatch, live },
  }
}

async function storeOf({ database, clock, log, currency, tariffPerKwh, keepDays }: ServeOptions): Promise<BenchStore> {
  return openBenchStore({
    ...(database.url === undefined ? {} : { databaseUrl: database.url }),
    file: database.file,
    clock,
    log,
    currency,
    tariffPerKwh,
    keepDays,
  })
}

async function clusterOf(options: ServeOptions, parts: { dispatch: Dispatch; live: Live; store: BenchStore; drop: (station: string) => void }) {
  const { broker, brokerLogin, cluster, process, clock, log, doorLog = log } = options
  if (broker === undefined) return undefined
  const { joinCluster } = await import('./cluster/join.ts')
  const { dispatch: local, ...rest } = parts
  return joinCluster({ broker, login: brokerLogin, process, cluster, local, ...rest, clock, log: doorLog })
}

async function ocppDoor({ ocpp, log, doorLog = log, tls, isKnownOnly, notice }: ServeOptions, system: CentralSystem, { chargers }: BenchStore) {
  if (ocpp === undefined) return undefined
  return listening(
    'OCPP',
    ocpp,
    (port) =>
      openDoor(system, {
        ...{ host: ocpp.host, port, log: doorLog },
        ...(tls === undefined ? {} : { tls }),
        ...(isKnownOnly === true ? { isKnown: (station: string) => chargers.isKnown(station) } : {}),
        isAuthorized: (station: string, password: Uint8Array | undefined) => chargers.isPassword(station, password),
      }),
    notice,
  )
}

async function restDoorOf(options: ServeOptions, http: Listen, parts: Pick<RestParts, 'store' | 'dispatch' | 'live' | 'token'>): Promise<RestDoor> {
  const { restDoor } = await import('./rest/door.ts')
  const { log, process, version, currency, tariffPerKwh, corsOrigins = [], tiles, tilesAttribution, dashboard } = options
  const whole: RestParts = {
    ...parts,
    ...{ clock: options.restClock ?? options.clock, log, process, version, currency, tariffPerKwh, corsOrigins, tiles, tilesAttribution, dashboard },
  }
  return listening('the dashboard', http, (port) => restDoor(whole, { host: http.host, port }), options.notice)
}
