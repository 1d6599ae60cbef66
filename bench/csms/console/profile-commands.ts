import { GetDiagnostics, UpdateFirmware } from '../../../src/ocpp16/messages/firmware-management.ts'
import { GetLocalListVersion, SendLocalList } from '../../../src/ocpp16/messages/local-auth-list.ts'
import { CancelReservation, ReserveNow } from '../../../src/ocpp16/messages/reservation.ts'
import { GetLog } from '../../../src/ocpp16/messages/security.ts'
import { ClearChargingProfile, GetCompositeSchedule } from '../../../src/ocpp16/messages/smart-charging.ts'
import { profileCommands201 } from './profile-commands201.ts'
import { type Ask, atStation, byVersion, type Command, inEither, numberAt, type Problem, problem, withNumber, withWord } from './reading.ts'

const reserve: Ask = ([connector = '', idTag = '', min = '15'], { now }) =>
  withNumber('connector', connector, (connectorId) =>
    withNumber('min', min, (minutes) => ({
      message: ReserveNow,
      payload: { connectorId, idTag, expiryDate: isoAt(now + minutes * 60_000), reservationId: connectorId },
    })),
  )

const unlimit: Ask = ([connector]) => {
  if (connector === undefined) return { message: ClearChargingProfile, payload: {} }
  return withNumber('connector', connector, (connectorId) => ({ message: ClearChargingProfile, payload: { connectorId } }))
}

const list: Ask = (cards, { now }) => {
  if (cards.length === 0) return { message: GetLocalListVersion, payload: {} }
  const localAuthorizationList = cards.map((idTag) => ({ idTag, idTagInfo: { status: 'Accepted' } }))
  return { message: SendLocalList, payload: { listVersion: numberAt(now), updateType: 'Full', localAuthorizationList } }
}

const update: Ask = ([location = ''], { now }) => ({ message: UpdateFirmware, payload: { location, retrieveDate: isoAt(now) } })

const isoAt = (epochMs: number) => new Date(epochMs).toISOString()

/** The console's words for the feature profiles beside Core. What they choose by themselves (numbers, levels) needs no memory: a reservation
 *  and a limit have the number of their connector, so that the next one takes their place. */
export const profileCommands: Readonly<Record<string, Command>> = {
  reserve: {
    shape: '[station] <connector> <card> [min]',
    help: 'keep a connector for a card, 15 min when not said; connector 0: any one. Its number is the connector',
    read: atStation(2, 3, byVersion({ '1.6': reserve, '2.0.1': profileCommands201.reserve })),
  },
  cancel: {
    shape: '[station] <reservation>',
    help: 'take a reservation back',
    read: atStation(1, 1, ([id = ''], _situation, version) =>
      withNumber('reservation', id, (reservationId) => ({
        message: version === '1.6' ? CancelReservation : profileCommands201.CancelReservation,
        payload: { reservationId },
      })),
    ),
  },
  limit: {
    shape: '[station] <A|W> [connector]',
    help: 'allow so much, for instance 10, 10A (each phase) or 3700W: at a connector, or all connectors together',
    read: atStation(
      1,
      2,
      inEither(([size = '', connector = '0']) => withSize(size, (limit) => withNumber('connector', connector, (evse) => ({ kind: 'limit', evse, limit })))),
    ),
  },
  unlimit: {
    shape: '[station] [connector]',
    help: 'remove the charging profiles of a connector, all of the station when none is named',
    read: atStation(0, 1, byVersion({ '1.6': unlimit, '2.0.1': profileCommands201.unlimit })),
  },
  composite: {
    shape: '[station] [connector] [s] [A|W]',
    help: 'what the charging profiles come to in the next seconds, 3600 when not said; connector 0: the whole station',
    read: atStation(0, 3, ([connector = '0', s = '3600', unit], _situation, version) =>
      withNumber('connector', connector, (id) =>
        withNumber('s', s, (duration) => {
          const asked = (more: object) =>
            version === '1.6'
              ? { message: GetCompositeSchedule, payload: { connectorId: id, duration, ...more } }
              : { message: profileCommands201.GetCompositeSchedule, payload: { evseId: id, duration, ...more } }
          if (unit === undefined) return asked({})
          return withWord('composite', unit, ['A', 'W'], (chargingRateUnit) => asked({ chargingRateUnit }))
        }),
      ),
    ),
  },
  list: {
    shape: '[station] [card ...]',
    help: 'send the local list: these cards and no other are good offline; without a card ask for its version',
    read: atStation(0, 1_000, byVersion({ '1.6': list, '2.0.1': profileCommands201.list })),
  },
  diagnostics: {
    shape: '[station] <url>',
    help: 'upload diagnostics to http://, https://, ftp://, ftps:// or ftpes://; OCPP 1.6 alone',
    read: atStation(1, 1, ([location = ''], _situation, version) =>
      version === '1.6' ? { message: GetDiagnostics, payload: { location } } : problem(`OCPP ${version} has no GetDiagnostics: log uploads them`),
    ),
  },
  log: {
    shape: '[station] <url> [diagnostics|security]',
    help: 'upload a log, in OCPP 1.6 with the messages of the security whitepaper; diagnostics when not said',
    read: atStation(1, 2, ([remoteLocation = '', kind = 'diagnostics'], { now }, version) =>
      withWord('log', kind, ['DiagnosticsLog', 'SecurityLog'], (logType) => ({
        message: version === '1.6' ? GetLog : profileCommands201.GetLog,
        payload: { logType, requestId: numberAt(now), log: { remoteLocation } },
      })),
    ),
  },
  update: {
    shape: '[station] <url>',
    help: 'fetch new firmware now and install it',
    read: atStation(1, 1, byVersion({ '1.6': update, '2.0.1': profileCommands201.update })),
  },
}

function withSize<T>(word: string, then: (limit: { readonly amps: number } | { readonly watts: number }) => T): T | Problem {
  const [, figures, unit = 'A'] = /^(\d{1,9}(?:\.\d)?)([aw]?)$/i.exec(word) ?? []
  if (figures === undefined) return problem(`limit ${word}: amperes or watts with at most one decimal, for instance 10, 13.5A or 3700W`)
  return then(unit.toUpperCase() === 'W' ? { watts: Number(figures) } : { amps: Number(figures) })
}
