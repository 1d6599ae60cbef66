import { GetDiagnostics, UpdateFirmware } from '../../src/ocpp16/messages/firmware-management.ts'
import { GetLocalListVersion, SendLocalList } from '../../src/ocpp16/messages/local-auth-list.ts'
import { CancelReservation, ReserveNow } from '../../src/ocpp16/messages/reservation.ts'
import { GetLog } from '../../src/ocpp16/messages/security.ts'
import { ClearChargingProfile, GetCompositeSchedule, SetChargingProfile } from '../../src/ocpp16/messages/smart-charging.ts'
import { type Asked, atStation, type Command, type Problem, problem, withNumber, withWord } from './reading.ts'

/** The console's words for the feature profiles beside Core. What they choose by themselves (numbers, levels) needs no memory: a reservation
 *  and a limit have the number of their connector, so that the next one takes their place. */
export const profileCommands: Readonly<Record<string, Command>> = {
  reserve: {
    shape: '[station] <connector> <card> [min]',
    help: 'keep a connector for a card, 15 min when not said; connector 0: any one. Its number is the connector',
    read: atStation(2, 3, ([connector = '', idTag = '', min = '15'], { now }) =>
      withNumber('connector', connector, (connectorId) =>
        withNumber('min', min, (minutes) => ({
          message: ReserveNow,
          payload: { connectorId, idTag, expiryDate: isoAt(now + minutes * 60_000), reservationId: connectorId },
        })),
      ),
    ),
  },
  cancel: {
    shape: '[station] <reservation>',
    help: 'take a reservation back',
    read: atStation(1, 1, ([id = '']) => withNumber('reservation', id, (reservationId) => ({ message: CancelReservation, payload: { reservationId } }))),
  },
  limit: {
    shape: '[station] <A|W> [connector]',
    help: 'allow so much, for instance 10, 10A (each phase) or 3700W: at a connector, or all connectors together',
    read: atStation(1, 2, ([size = '', connector = '0'], { now }) =>
      withSize(size, (limit, chargingRateUnit) =>
        withNumber('connector', connector, (connectorId) => ({
          message: SetChargingProfile,
          payload: {
            connectorId,
            csChargingProfiles: {
              chargingProfileId: connectorId,
              stackLevel: 0,
              chargingProfilePurpose: connectorId === 0 ? 'ChargePointMaxProfile' : 'TxDefaultProfile',
              chargingProfileKind: 'Absolute',
              chargingSchedule: { startSchedule: isoAt(now), chargingRateUnit, chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
            },
          },
        })),
      ),
    ),
  },
  unlimit: {
    shape: '[station] [connector]',
    help: 'remove the charging profiles of a connector, all of the station when none is named',
    read: atStation(0, 1, ([connector]) => {
      if (connector === undefined) return { message: ClearChargingProfile, payload: {} }
      return withNumber('connector', connector, (connectorId) => ({ message: ClearChargingProfile, payload: { connectorId } }))
    }),
  },
  composite: {
    shape: '[station] [connector] [s] [A|W]',
    help: 'what the charging profiles come to in the next seconds, 3600 when not said; connector 0: the whole station',
    read: atStation(0, 3, ([connector = '0', s = '3600', unit]) =>
      withNumber('connector', connector, (connectorId) =>
        withNumber('s', s, (duration) => {
          if (unit === undefined) return { message: GetCompositeSchedule, payload: { connectorId, duration } }
          return withWord('composite', unit, ['A', 'W'], (chargingRateUnit) => ({
            message: GetCompositeSchedule,
            payload: { connectorId, duration, chargingRateUnit },
          }))
        }),
      ),
    ),
  },
  list: {
    shape: '[station] [card ...]',
    help: 'send the local list: these cards and no other are good offline; without a card ask for its version',
    read: atStation(0, 1_000, (cards, { now }) => {
      if (cards.length === 0) return { message: GetLocalListVersion, payload: {} }
      const localAuthorizationList = cards.map((idTag) => ({ idTag, idTagInfo: { status: 'Accepted' } }))
      return { message: SendLocalList, payload: { listVersion: numberAt(now), updateType: 'Full', localAuthorizationList } }
    }),
  },
  diagnostics: {
    shape: '[station] <url>',
    help: 'upload diagnostics to http://, https://, ftp://, ftps:// or ftpes://',
    read: atStation(1, 1, ([location = '']) => ({ message: GetDiagnostics, payload: { location } })),
  },
  log: {
    shape: '[station] <url> [diagnostics|security]',
    help: 'upload a log, with the messages of the security whitepaper; diagnostics when not said',
    read: atStation(1, 2, ([remoteLocation = '', kind = 'diagnostics'], { now }) =>
      withWord('log', kind, ['DiagnosticsLog', 'SecurityLog'], (logType) => ({
        message: GetLog,
        payload: { logType, requestId: numberAt(now), log: { remoteLocation } },
      })),
    ),
  },
  update: {
    shape: '[station] <url>',
    help: 'fetch new firmware now and install it',
    read: atStation(1, 1, ([location = ''], { now }) => ({ message: UpdateFirmware, payload: { location, retrieveDate: isoAt(now) } })),
  },
}

const isoAt = (epochMs: number) => new Date(epochMs).toISOString()
/** One that grows: seconds since 1970. */
const numberAt = (epochMs: number) => Math.floor(epochMs / 1_000)

function withSize(word: string, then: (limit: number, unit: 'A' | 'W') => Asked | Problem): Asked | Problem {
  const [, figures, unit = 'A'] = /^(\d{1,9}(?:\.\d)?)([aw]?)$/i.exec(word) ?? []
  if (figures === undefined) return problem(`limit ${word}: amperes or watts with at most one decimal, for instance 10, 13.5A or 3700W`)
  return then(Number(figures), unit.toUpperCase() === 'W' ? 'W' : 'A')
}
