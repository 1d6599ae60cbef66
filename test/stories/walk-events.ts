import { isoOf } from '../../src/base/moment.ts'
import { hours, millis, minutes, seconds } from '../../src/base/units.ts'
import type { RaisedFault } from '../../src/core/charge-point.ts'
import type { Message, RequestOf } from '../../src/ocpp/message.ts'
import { ChangeAvailability, ClearCache, GetConfiguration, RemoteStartTransaction, UnlockConnector } from '../../src/ocpp16/messages/core.ts'
import { GetDiagnostics, UpdateFirmware } from '../../src/ocpp16/messages/firmware-management.ts'
import { GetLocalListVersion, SendLocalList } from '../../src/ocpp16/messages/local-auth-list.ts'
import { triggerableMessages } from '../../src/ocpp16/messages/remote-trigger.ts'
import { CancelReservation, ReserveNow } from '../../src/ocpp16/messages/reservation.ts'
import { ExtendedTriggerMessage, extendedTriggerableMessages, GetLog } from '../../src/ocpp16/messages/security.ts'
import { ClearChargingProfile, GetCompositeSchedule, SetChargingProfile } from '../../src/ocpp16/messages/smart-charging.ts'
import type { ChargingProfile } from '../../src/ocpp16/messages/types.ts'
import type { Seeded } from '../seeded.ts'
import { cards, type WalkWorld } from './walk-world.ts'

export type Event = readonly [name: string, act: () => void]

/** Most things follow quickly upon each other, some late. */
export function pauseOf(chance: Seeded): number {
  return chance.pick([millis(chance.between(0, 300)), seconds(chance.between(0, 3)), seconds(chance.between(0, 15)), seconds(chance.between(0, 90))])
}

const breakable = [
  'emergencyStop',
  'residualCurrent',
  'noClose',
  'evNotFollowing',
  'overCurrent',
  'overTemperature',
  'diode',
  'pilotShort',
  'pilotStale',
  'ventilation',
  'voltage',
  'phaseLoss',
  'lock',
  'tamper',
  'mainsOff',
] as const
const raisable: readonly RaisedFault[] = ['evCommunication', 'ground', 'weakSignal', 'other', 'reader']
const changeable = [
  ['MeterValueSampleInterval', ['0', '10', '60']],
  ['MinimumStatusDuration', ['0', '0', '0', '5']],
  ['StopTransactionOnInvalidId', ['true', 'false']],
  ['MaxEnergyOnInvalidId', ['0', '500']],
  ['StopTransactionOnEVSideDisconnect', ['true', 'true', 'false']],
  ['LocalPreAuthorize', ['true', 'false']],
  ['LocalAuthListEnabled', ['true', 'true', 'false']],
  ['ConnectionTimeOut', ['20', '60', '0']],
  ['HeartbeatInterval', ['0', '10', '300']],
  ['AuthorizationCacheEnabled', ['true', 'false']],
  ['AuthorizeRemoteTxRequests', ['true', 'false']],
  ['FreeVendIdTag', ['FREE']],
  ['FreeVendActive', ['false', 'false', 'true']],
] as const
const garbage = [
  '',
  '[]',
  '[2,"x"]',
  '[3,"nobody",{}]',
  '[4,"nobody","GenericError","",{}]',
  '[2,"x","Nonsense",{}]',
  '{"a":1}',
  '[2,"y","RemoteStartTransaction",{"idTag":5}]',
] as const

type Chooser = (chance: Seeded, w: WalkWorld) => Event

/** Trouble ends by itself, sooner or later. */
function passing(chance: Seeded, w: WalkWorld, name: string, begin: () => void, end: () => void): Event {
  const lasts = seconds(chance.between(0, chance.pick([2, 20, 200])))
  return [
    name,
    () => {
      begin()
      w.clock.after('passes', lasts, end)
    },
  ]
}

const car: Chooser = (chance, w) => {
  const { evse } = chance.pick(w.plants)
  // The outlet that is there when it comes to it: a power cut brings another one.
  const at = () => w.plants[evse - 1] as (typeof w.plants)[number]
  const plug: Event = [`plug ${evse}`, () => at().plugIn()]
  const wants = { wantsAmps: chance.pick([32, 32, 16, 8]), phases: chance.pick([3, 3, 1] as const), reaction: chance.pick([0, 200, 5_000]) }
  return chance.pick<Event>([
    plug,
    plug,
    plug,
    [
      `another car at ${evse}: ${wants.wantsAmps} A x ${wants.phases}`,
      () => {
        if (at().isPlugged) return
        at().setEv(wants)
        at().plugIn()
      },
    ],
    [`unplug ${evse}`, () => at().unplug()],
    [`unplug ${evse} at the car`, () => at().unplugEv()],
    [`cable ${evse}`, () => at().plugCable()],
    passing(
      chance,
      w,
      `suspend ${evse}`,
      () => at().suspend(),
      () => at().resume(),
    ),
    [`full ${evse}`, () => at().full()],
    passing(
      chance,
      w,
      `delay ${evse}`,
      () => at().delay(true),
      () => at().delay(false),
    ),
  ])
}

const person: Chooser = (chance, w) => {
  const { evse } = chance.pick(w.plants)
  const card = chance.pick(cards)
  const limit = chance.pick([0, 10])
  return chance.pick<Event>([
    [`swipe ${card}`, () => w.swipe(card)],
    [`swipe ${card} at ${evse}`, () => w.swipe(card, evse)],
    [`swipe ${card} at ${evse}`, () => w.swipe(card, evse)],
    [`stop ${evse}`, () => w.core?.stop(evse, 'local')],
    passing(
      chance,
      w,
      `limit ${evse} to ${limit} A`,
      () => w.core?.limit(evse, 'local', limit),
      () => w.core?.limit(evse, 'local', undefined),
    ),
  ])
}

const breaks: Chooser = (chance, w) => {
  const { evse } = chance.pick(w.plants)
  const at = () => w.plants[evse - 1]
  const [fault, raised] = [chance.pick(breakable), chance.pick(raisable)]
  const mend = () => {
    at()?.setFault(fault, false)
    w.clock.after('technician', seconds(2), () => w.core?.guard.clear(evse))
  }
  return chance.pick<Event>([
    passing(chance, w, `break ${fault} ${evse}`, () => at()?.setFault(fault, true), mend),
    passing(
      chance,
      w,
      `raise ${raised} ${evse}`,
      () => w.core?.raise(evse, raised),
      () => w.core?.raise(evse, undefined),
    ),
  ])
}

const net: Chooser = (chance, w) => {
  const { network, poor } = w
  /** What was lost in it is lost for good: a connection does not go on without it. */
  const endSilence = () => {
    network.cut()
    network.silence(false)
  }
  const outage = (reason: Parameters<typeof network.dials>[0]) => () => {
    network.dials(reason)
    network.cut()
  }
  const off = chance.between(0, 5_000)
  return chance.pick<Event>([
    ['cut', () => network.cut()],
    passing(chance, w, 'outage', outage('refused'), () => network.dials('accept')),
    passing(chance, w, 'stall', outage('stall'), () => network.dials('accept')),
    passing(chance, w, 'silence', () => network.silence(true), endSilence),
    passing(
      chance,
      w,
      'swallow',
      () => {
        poor.swallows = 0.6
      },
      () => {
        poor.swallows = 0
      },
    ),
    ['interrupt', () => w.link?.interrupt(off)],
    ['reconnect', () => w.link?.reconnect()],
    passing(
      chance,
      w,
      'disconnect',
      () => w.link?.disconnect(),
      () => w.link?.connect(),
    ),
  ])
}

const machine: Chooser = (chance, w) => {
  const by = chance.pick([-1, 1]) * chance.pick([seconds(chance.between(1, 100)), minutes(chance.between(1, 100)), hours(chance.between(1, 30))])
  const step: Event = [`the clock steps by ${Math.round(by / 1_000)} s`, () => w.stepClock(by)]
  return chance.pick<Event>([['power cut', () => w.cutPower()], ['kill -9', () => w.die()], ['kill -9', () => w.die()], step, step])
}

const ask =
  (w: WalkWorld) =>
  <M extends Message>(name: string, message: M, request: RequestOf<M>): Event => [name, () => void w.csms.call('CP-1', message, request)]

const central: Chooser = (chance, w) => {
  const { csms, book, poor } = w
  const { evse } = chance.pick(w.plants)
  const card = chance.pick(cards)
  const asks = ask(w)
  const { running } = book
  const [key, values] = chance.pick(changeable)
  const value = chance.pick<string>(values)
  const trigger = chance.pick(triggerableMessages)
  const extended = chance.pick(extendedTriggerableMessages)
  const where = chance.pick([undefined, 0, 1, 2, 3])
  const connector = where === undefined ? {} : { connectorId: where }
  const text = chance.pick(garbage)
  const type = chance.pick(['Soft', 'Soft', 'Hard'] as const)
  const running77 = running.length === 0 ? 77 : chance.pick(running).id
  const available = (to: 'Operative' | 'Inoperative') => void csms.call('CP-1', ChangeAvailability, { connectorId: where ?? 0, type: to })
  return chance.pick<Event>([
    [`remote start ${card} ${where}`, () => void csms.requestStart('CP-1', where, card)],
    [`remote start ${card} ${evse}`, () => void csms.requestStart('CP-1', evse, card)],
    ['remote stop', () => void csms.requestStop('CP-1', running77)],
    [`trigger ${trigger} ${where}`, () => void csms.trigger('CP-1', trigger, where)],
    asks(`extended trigger ${extended} ${where}`, ExtendedTriggerMessage, { requestedMessage: extended, ...connector }),
    [`${key}=${value}`, () => void csms.change('CP-1', key, value)],
    [`${key}=${value}`, () => void csms.change('CP-1', key, value)],
    passing(
      chance,
      w,
      `Inoperative ${where}`,
      () => available('Inoperative'),
      () => available('Operative'),
    ),
    asks('clear cache', ClearCache, {}),
    asks('configuration', GetConfiguration, {}),
    asks(`unlock ${where}`, UnlockConnector, { connectorId: where ?? 1 }),
    [`reset ${type}`, () => void csms.reset('CP-1', type)],
    [`garbage ${text}`, () => void poor.line?.send(text)],
  ])
}

const files: Chooser = (chance, w) => {
  const asks = ask(w)
  const requestId = Math.floor(chance.between(1, 1_000))
  const retrieveDate = isoOf({ ...w.clock.now(), epochMs: w.clock.now().epochMs + seconds(chance.between(-60, 120)) })
  const location = chance.pick(['http://files/good/', 'http://files/slow/', 'http://files/bad/'])
  const often = { retries: 1, retryInterval: 10 }
  return chance.pick<Event>([
    asks('diagnostics', GetDiagnostics, { location, ...often }),
    asks('log', GetLog, { logType: chance.pick(['DiagnosticsLog', 'SecurityLog'] as const), requestId, log: { remoteLocation: location }, ...often }),
    asks('firmware', UpdateFirmware, { location: `${location}firmware`, retrieveDate, ...often }),
  ])
}

const lists: Chooser = (chance, w) => {
  const asks = ask(w)
  const status = chance.pick(['Accepted', 'Accepted', 'Blocked', 'Expired'] as const)
  const entry = { idTag: chance.pick(cards), ...(chance.happens(0.8) ? { idTagInfo: { status } } : {}) }
  const full = cards.filter(() => chance.happens(0.5)).map((idTag) => ({ idTag, idTagInfo: { status: 'Accepted' as const } }))
  const listVersion = Math.floor(chance.between(1, 30))
  return chance.pick<Event>([
    asks('list version', GetLocalListVersion, {}),
    asks(`list ${listVersion}`, SendLocalList, { listVersion, updateType: 'Full', localAuthorizationList: full }),
    asks(`list ${listVersion} differs`, SendLocalList, { listVersion, updateType: 'Differential', localAuthorizationList: [entry] }),
  ])
}

const reservations: Chooser = (chance, w) => {
  const asks = ask(w)
  const reservationId = chance.pick([1, 2, 3])
  const idTag = chance.pick(cards)
  const expiryDate = isoOf({ ...w.clock.now(), epochMs: w.clock.now().epochMs + seconds(chance.between(-10, 300)) })
  const connectorId = chance.pick([0, 1, 1, 2, 2, 3])
  const parent = chance.happens(0.3) ? { parentIdTag: 'FAMILY' } : {}
  const reserve = asks(`reserve ${connectorId} for ${idTag}`, ReserveNow, { connectorId, expiryDate, idTag, reservationId, ...parent })
  return chance.pick<Event>([reserve, reserve, asks('cancel', CancelReservation, { reservationId })])
}

function profileOf(chance: Seeded, w: WalkWorld): { readonly connectorId: number; readonly csChargingProfiles: ChargingProfile } {
  const purpose = chance.pick(['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile'] as const)
  const kind = chance.pick(['Absolute', 'Recurring', 'Relative'] as const)
  const unit = chance.pick(['A', 'W'] as const)
  const at = (inS: number) => isoOf({ ...w.clock.now(), epochMs: w.clock.now().epochMs + seconds(inS) })
  const limit = () => Math.round(chance.pick([0, chance.between(0, 10), chance.between(6, 40)]) * (unit === 'A' ? 10 : 690 * 10)) / 10
  const phases = chance.happens(0.2) ? { numberPhases: chance.pick([1, 3]) } : {}
  let from = -1
  const periods = Array.from({ length: Math.floor(chance.between(1, 4)) }, () => {
    from = from < 0 ? 0 : Math.floor(from + chance.between(5, 200))
    return { startPeriod: from, limit: limit(), ...phases }
  })
  const starts = kind === 'Recurring' || (kind === 'Absolute' && chance.happens(0.7)) ? { startSchedule: at(chance.between(-300, 60)) } : {}
  const { running } = w.book
  const transaction = running.length > 0 ? chance.pick(running) : undefined
  const isOwn = purpose === 'TxProfile' && transaction !== undefined
  return {
    connectorId: purpose === 'ChargePointMaxProfile' ? 0 : isOwn ? transaction.start.connectorId : chance.pick([0, 1, 2]),
    csChargingProfiles: {
      chargingProfileId: Math.floor(chance.between(1, 12)),
      stackLevel: Math.floor(chance.between(0, 4)),
      ...(isOwn && chance.happens(0.6) ? { transactionId: transaction.id } : {}),
      chargingProfilePurpose: purpose,
      chargingProfileKind: kind,
      ...(kind === 'Recurring' ? { recurrencyKind: chance.pick(['Daily', 'Weekly'] as const) } : {}),
      ...(chance.happens(0.2) ? { validFrom: at(chance.between(-60, 60)), validTo: at(chance.between(60, 400)) } : {}),
      chargingSchedule: {
        ...(chance.happens(0.8) ? { duration: Math.floor(chance.between(20, 600)) } : {}),
        ...starts,
        chargingRateUnit: unit,
        chargingSchedulePeriod: periods,
      },
    },
  }
}

const charging: Chooser = (chance, w) => {
  const asks = ask(w)
  const profile = profileOf(chance, w)
  const { csChargingProfiles: inner } = profile
  const set = asks(`${inner.chargingProfilePurpose} ${inner.chargingProfileId} at ${profile.connectorId}`, SetChargingProfile, profile)
  const { transactionId: _none, ...own } = { ...inner, chargingProfilePurpose: 'TxProfile' as const }
  const connectorId = chance.pick([0, 1, 2, 3])
  const filter = chance.pick([{}, { id: Math.floor(chance.between(1, 12)) }, { connectorId }, { chargingProfilePurpose: inner.chargingProfilePurpose }])
  return chance.pick<Event>([
    set,
    set,
    set,
    asks('remote start with a profile', RemoteStartTransaction, { connectorId: chance.pick([1, 2]), idTag: chance.pick(cards), chargingProfile: own }),
    asks(`clear ${JSON.stringify(filter)}`, ClearChargingProfile, filter),
    asks(`composite ${connectorId}`, GetCompositeSchedule, { connectorId, duration: Math.floor(chance.between(0, 900)) }),
  ])
}

const usual: readonly Chooser[] = [car, car, car, car, car, person, person, person, breaks, net, central, central, lists, reservations, charging, files]

/** What happens next. The machine itself fails seldom. */
export function eventFor(chance: Seeded, w: WalkWorld): Event {
  return (chance.happens(0.02) ? machine : chance.pick(usual))(chance, w)
}
