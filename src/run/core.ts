import type { NetworkMeters } from '../../hal/types.ts'
import type { Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { nearest } from '../base/nearest.ts'
import { type Millis, minutes, seconds } from '../base/units.ts'
import { identityFieldOf, identityWith } from '../config/identity.ts'
import type { Identity, StationConfig } from '../config/station.ts'
import { type ChargePointParts, chargePoint } from '../core/assemble.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import type { StopReason } from '../core/facts.ts'
import { memoryWatch } from '../core/memory-watch.ts'
import type { SettingValues } from '../core/settings.ts'
import type { FilePorts } from '../core/transfer.ts'
import { type Link, link } from '../ocpp/link.ts'
import type { AuthorizationKeyEncoding } from '../ocpp/security.ts'
import type { Dial } from '../ocpp/socket.ts'
import { type Ocpp16, ocpp16, ocpp16Door, ocpp16Readers } from '../ocpp16/adapter.ts'
import { applyFactory, findKey, standardKeys } from '../ocpp16/settings.ts'
import type { GuardPort } from '../safety/port.ts'
import type { Store } from '../store/store.ts'
import { type CsmsPlace, csmsPlace } from './csms-place.ts'
import { takesFactoryValues, tookFactoryValues } from './factory-values.ts'
import { withNetworkMeters } from './network-meters.ts'
import { type StationCredentials, stationCredentials } from './station-credentials.ts'
import { type KeptFacts, upkeep } from './upkeep.ts'

/** What a station is made of, beside its guard: everything that touches the world is handed in. */
export interface CoreParts {
  readonly id: string
  readonly csmsUrl: string
  /** The guard, in this process or in another one. */
  readonly guard: GuardPort
  /** Meters behind the network, for the core's eyes only. */
  readonly networkMeters?: NetworkMeters
  /** Lets go of the guard, after the last offer was withdrawn: what follows depends on where it lives. */
  readonly leaveGuard: () => void
  readonly identity: Identity
  /** Factory values of OCPP keys and of the identity: applied when the store is new. */
  readonly settings: Readonly<Record<string, string>>
  /** Where each of them was written, for the error about it. */
  readonly settingsOrigins?: StationConfig['settingsOrigins']
  readonly password: Uint8Array | undefined
  /** How an AuthorizationKey is written, `auto` by default. */
  readonly authKeyEncoding?: AuthorizationKeyEncoding
  /** What the disk of the state directory has left; undefined: it cannot be told. */
  readonly freeBytes?: () => number | undefined
  readonly bootAfterReconnect: boolean
  readonly preBootTransactions: boolean
  /** Each car charges without a card, under this one. */
  readonly freeVend?: { readonly token: string } | undefined
  readonly silentOffline?: boolean
  /** Undefined: neither firmware updates nor logs to send. */
  readonly files?: FilePorts | undefined
  /** Load management; undefined: there is none here. */
  readonly site?: ChargePointParts['site'] | undefined
  /** What is kept of what was delivered, where memory is dear; as on a charger when absent. */
  readonly keeps?: KeptFacts | undefined
  /** How long a connection may take to be made, ms; the link's own when absent. */
  readonly dialTimeout?: Millis | undefined
  /** Rest between our CALLs, ms; none when absent. */
  readonly gapBetweenCallsMs?: Millis
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly dial: Dial
  /** Uniform in 0..1. */
  readonly chance: () => number
  /** UUIDs; random ones by default. */
  readonly newId?: () => string
}

export interface CoreStation {
  readonly core: ChargePoint
  readonly link: Link
  readonly place: CsmsPlace
  readonly credentials: StationCredentials
  readonly door: Ocpp16
  /** As BootNotification tells it. */
  readonly identity: Identity
  /** Withdraws the offers, waits until the contactors are open, keeps the facts, closes the connection. */
  shutDown(reason: StopReason): Promise<void>
  /** Lets go of everything at once, as a crash would, but withdraws the offers. */
  drop(): void
}

/** An intended exit takes 3 s at the most: this much of it for the car, the rest for delivery and closing. */
const openWithin = seconds(2)
const deliverWithin = seconds(0.5)
const closeWithin = seconds(0.2)
const memoryEvery = minutes(5)

/** Core and OCPP door over a guard, which is let go when they cannot be had. @throws ConfigError for settings that are none */
export function coreStation(parts: CoreParts): CoreStation {
  try {
    return assembled(parts)
  } catch (error) {
    parts.leaveGuard()
    throw error
  }
}

function assembled(parts: CoreParts): CoreStation {
  const { clock, log, store } = parts
  let makeRoom = () => false
  const core = chargePoint({
    guard: parts.networkMeters === undefined ? parts.guard : withNetworkMeters(parts.guard, parts.networkMeters),
    store,
    clock,
    log: log.with({ part: 'core' }),
    newId: parts.newId ?? (() => crypto.randomUUID()),
    factory: vendorSettings(parts),
    makeRoom: () => makeRoom(),
    files: parts.files,
    ...(parts.site === undefined ? {} : { site: parts.site }),
  })
  const ocppLog = log.with({ part: 'ocpp' })
  const place = csmsPlace({ store, log: ocppLog, configured: { url: parts.csmsUrl, identity: parts.id } })
  const connection = link({
    dial: parts.dial,
    clock,
    log: ocppLog,
    chance: parts.chance,
    address: () => ({ url: place.url, identity: place.identity, subprotocol: ocpp16, password: credentials.password() }),
    pingInterval: () => seconds(core.settings.get('webSocketPingInterval')),
    pingIntervalChanged: core.settings.changed,
    ...(parts.dialTimeout === undefined ? {} : { dialTimeout: parts.dialTimeout }),
  })
  const credentials = stationCredentials({ ...parts, place, core, link: connection, log: ocppLog, encoding: parts.authKeyEncoding ?? 'auto' })
  const furnished = furnish(parts, core)
  const identity = { ...furnished, firmwareVersion: parts.files?.installer.version ?? furnished.firmwareVersion }
  core.begun()
  const door = ocpp16Door({
    core,
    store,
    clock,
    log: ocppLog,
    link: connection,
    identity: bootRequest(identity),
    chance: parts.chance,
    options: { bootAfterReconnect: parts.bootAfterReconnect, gapBetweenCallsMs: parts.gapBetweenCallsMs ?? 0 },
    ...(parts.newId === undefined ? {} : { newId: parts.newId }),
  })
  const memory = memoryWatch(parts.freeBytes ?? (() => undefined), core.security)
  const chores = upkeep({ store, core, clock, log, readers: ocpp16Readers, refused: memory.refused, keeps: parts.keeps })
  makeRoom = chores.makeRoom
  const memoryTimer = clock.every('memory', memoryEvery, memory.check)
  const letGo = () => {
    chores.stop()
    memoryTimer.stop()
    door.close()
    credentials.close()
    core.close()
    parts.leaveGuard()
  }
  return {
    core,
    link: connection,
    place,
    credentials,
    door,
    identity,
    async shutDown(reason) {
      await core.shutDown(reason, openWithin)
      await drained(door, clock)
      letGo()
      await closed(connection, clock)
      chores.flush()
    },
    drop() {
      letGo()
      connection.disconnect()
    },
  }
}

/** Waits until the last facts are delivered, but not long: undelivered ones are kept. */
async function drained({ reporter, registration }: Ocpp16, clock: Clock): Promise<void> {
  if (!registration.isOnline || reporter.behind === 0) return
  await new Promise<void>((resolve) => {
    const timer = clock.after('last delivery', deliverWithin, resolve)
    reporter.drained.on(() => {
      timer.stop()
      resolve()
    })
  })
}

/** Closes the connection in good order; a central system that does not answer that is not waited for. */
async function closed(connection: Link, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.after('closing', closeWithin, resolve)
    connection.disconnect(() => {
      timer.stop()
      resolve()
    })
  })
}

/** Applies factory values to a new store; returns the identity, which keeps what the factory said.
 *  @throws ConfigError for a key that OCPP does not know, or a value that is not one of its key's */
function furnish({ store, settings, settingsOrigins = {}, identity, log }: CoreParts, core: ChargePoint): Identity {
  const kept = store.documents<Readonly<Record<string, string>>>('factory')
  const entries = Object.entries(settings)
  // A security profile asks whether there is a password: last, wherever it stands.
  const isLast = ([name]: readonly [string, string]) => Number(name.toLowerCase() === 'securityprofile')
  const keys = entries.filter(([name]) => identityFieldOf(name) === undefined).sort((one, other) => isLast(one) - isLast(other))
  const wrong = (key: string, problem: string, remedy: string) => {
    const { source, field } = settingsOrigins[key] ?? { source: 'settings', field: key }
    return new ConfigError(source, field, problem, remedy)
  }
  const unknown = keys.find(([key]) => !standardKeys.some((each) => each.toLowerCase() === key.toLowerCase()))
  if (unknown !== undefined) throw wrong(unknown[0], 'no such OCPP 1.6 configuration key', meant(unknown[0]))
  if (!takesFactoryValues(store)) return identityWith(identity, kept.get('identity') ?? {})
  // All or nothing: a directory that knew half of the values would count as used, and the mended file would come too late.
  store.atomically(() => {
    for (const [key, value] of keys) {
      const outcome = applyFactory(core, key, value)
      const isSecret = key.toLowerCase() === 'authorizationkey'
      if (outcome === 'refused') throw wrong(key, isSecret ? 'is not a value of this key' : `"${value}" is not a value of this key`, findKey(key)?.effect ?? '')
      if (outcome !== 'set') log.warn({ key, outcome }, 'a factory value has no effect here and was left out')
    }
    kept.put('identity', Object.fromEntries(entries.filter(([name]) => identityFieldOf(name) !== undefined)))
    kept.put('settings', Object.fromEntries(keys.filter(([key]) => key.toLowerCase() !== 'authorizationkey')))
    tookFactoryValues(store)
  })
  return identityWith(identity, kept.get('identity') ?? {})
}

/** What the owner of the station decided, until a central system sets the key for it. */
function vendorSettings({ preBootTransactions, freeVend, silentOffline = false }: CoreParts): Partial<SettingValues> {
  const vend = freeVend === undefined ? {} : { freeVend: true, freeVendToken: freeVend.token }
  return { preBootTransactions, silentOfflineTransactions: silentOffline, ...vend }
}

function meant(key: string): string {
  const near = nearest(key, standardKeys)
  return near === undefined ? 'Remove it, or see `GetConfiguration` for the keys' : `Did you mean ${near}?`
}

/** OCPP 1.6 §6.3: what is not known is left out. */
export function bootRequest(identity: Identity) {
  const optional = {
    chargePointSerialNumber: identity.chargePointSerial,
    chargeBoxSerialNumber: identity.chargeBoxSerial,
    iccid: identity.iccid,
    imsi: identity.imsi,
    meterType: identity.meterType,
    meterSerialNumber: identity.meterSerial,
  }
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined && value !== ''))
  return { chargePointVendor: identity.vendor, chargePointModel: identity.model, firmwareVersion: identity.firmwareVersion, ...known }
}
