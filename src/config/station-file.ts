import type { Static } from 'typebox'
import { logLevels } from '../base/log.ts'
import * as schema from '../base/schema.ts'
import { callable, httpDoor } from './http-door.ts'
import { mqttDoor } from './mqtt-door.ts'
import { site } from './site.ts'

/** The station file: it describes a *type* of charger, so that everything in it may be left out and the id may come at start-up. */
const closed = { additionalProperties: false } as const
const text = (maxLength: number, description: string) => schema.optional(schema.string({ description, minLength: 1, maxLength }))
const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  schema.optional(schema.unsafe<T[number]>({ type: 'string', enum: [...values], description }))
/** A secret: its value never appears in an error or a log. `writeOnly` marks it. */
const secret = (maxLength: number, description: string) => schema.optional(schema.string({ description, minLength: 1, maxLength, writeOnly: true }))

const identity = schema.object(
  {
    vendor: text(20, 'chargePointVendor of BootNotification, at most 20 characters.'),
    model: text(20, 'chargePointModel of BootNotification, at most 20 characters.'),
    chargePointSerial: text(25, 'chargePointSerialNumber of BootNotification, at most 25 characters.'),
    chargeBoxSerial: text(25, 'chargeBoxSerialNumber of BootNotification, at most 25 characters.'),
    firmwareVersion: text(50, 'firmwareVersion of BootNotification, at most 50 characters. The version of Pilotwire when left out.'),
    iccid: text(20, 'ICCID of the SIM card, at most 20 characters, in quotes.'),
    imsi: text(20, 'IMSI of the SIM card, at most 20 characters, in quotes.'),
    meterType: text(25, 'Type of the main meter, at most 25 characters.'),
    meterSerial: text(25, 'Serial number of the main meter, at most 25 characters, in quotes.'),
  },
  { ...closed, description: 'What stands on the type plate (OCPP 1.6, BootNotification.req).' },
)

const network = schema.object(
  {
    csms: text(2_000, 'URL of the central system without the identity: ws://host:9000/ocpp or wss://...'),
    ocpp: oneOf(['1.6'], 'OCPP version: "1.6", in quotes.'),
    password: secret(64, 'Password of HTTP basic authentication, 1 to 64 characters. Prefer passwordFile.'),
    passwordFile: text(4_096, 'File that holds the password, relative to this file. A line break at its end does not count.'),
    passwordEncoding: oneOf(
      ['text', 'hex'],
      'text: the password goes out as written. hex: it is the hexadecimal form of the bytes (OCPP-J 1.6 §6.2.2). text when left out.',
    ),
    pingIntervalS: schema.optional(
      schema.integer({ description: 'Factory value of WebSocketPingInterval, seconds; 0: no pings.', minimum: 0, maximum: 86_400 }),
    ),
  },
  { ...closed, description: 'The way to the central system.' },
)

const control = schema.object(
  {
    host: text(255, 'Address to listen on, 127.0.0.1 when left out. Beyond loopback a token is required.'),
    port: schema.integer({ description: 'TCP port to listen on; 0: any free one.', minimum: 0, maximum: 65_535 }),
    token: secret(256, 'What a client must show (Authorization: Bearer, or ?token=). Prefer tokenFile.'),
    tokenFile: text(4_096, 'File that holds the token, relative to this file.'),
    hosts: callable,
  },
  { ...closed, description: 'The control door: a WebSocket, a line in, a line out.' },
)

export const stationSchema = schema.object(
  {
    $schema: schema.optional(schema.string({ description: 'For editors; not read.' })),
    id: text(100, 'Charge point identity, 1 to 100 characters. --id overrides it.'),
    identity: schema.optional(identity),
    board: text(4_096, 'Name of a board that comes with Pilotwire, or a board file relative to this file.'),
    defaultTag: text(20, 'The card that "tag" shows when no other is named, at most 20 characters, in quotes.'),
    network: schema.optional(network),
    doors: schema.optional(
      schema.object(
        { control: schema.optional(control), http: schema.optional(httpDoor), mqtt: schema.optional(mqttDoor) },
        { ...closed, description: 'Where people and programs beside the central system come in.' },
      ),
    ),
    settings: schema.optional(
      schema.record(schema.string(), schema.string({ maxLength: 500, description: 'Values are text: put them in quotes, at most 500 characters.' }), {
        description: 'Factory values of OCPP configuration keys, all in quotes. Applied when the state directory is new.',
      }),
    ),
    offPeak: schema.optional(
      schema.object(
        {
          windows: schema.optional(
            schema.array(
              schema.string({
                description: 'HH:MM-HH:MM, in quotes, in the time zone of the computer.',
                pattern: '^([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-3]):[0-5]\\d$',
              }),
              {
                description: 'When a car may charge. The whole day when left out.',
                maxItems: 8,
              },
            ),
          ),
          randomDelayS: schema.optional(
            schema.integer({
              description: 'A start waits a random time up to this, s: a street of chargers must not switch at once. 0 to 1800; 600 when left out.',
              minimum: 0,
              maximum: 1_800,
              default: 600,
            }),
          ),
        },
        { ...closed, description: 'Charges in off-peak windows, after a random delay. The command "now" charges at once. Off when left out.' },
      ),
    ),
    site: schema.optional(site),
    vendorOptions: schema.optional(
      schema.object(
        {
          bootAfterReconnect: schema.optional(
            schema.boolean({
              description: 'BootNotification again after each reconnection, for central systems that wait for it. false when left out.',
              default: false,
            }),
          ),
          preBootTransactions: schema.optional(
            schema.boolean({
              description: 'Charge before a central system ever accepted the station, until it sets PreBootTransactions. false when left out.',
              default: false,
            }),
          ),
          freeVend: schema.optional(
            schema.object(
              { token: schema.string({ description: 'The card that StartTransaction names, 1 to 20 characters, in quotes.', minLength: 1, maxLength: 20 }) },
              { ...closed, description: 'Every car charges without a card, until the central system sets FreeVendActive. Off when left out.' },
            ),
          ),
          silentOffline: schema.optional(
            schema.boolean({
              description:
                'What begins without a central system is never reported to one, until it sets SilentOfflineTransactions. false when left out, as OCPP has it.',
              default: false,
            }),
          ),
          gapBetweenCallsMs: schema.optional(
            schema.integer({
              description:
                "Rest between the end of one message and the station's next, ms, for central systems that lose the second of two quick ones. A request of the central system that is still unanswered is waited for too, 15 s at the most. 0 to 5000; 0 when left out.",
              minimum: 0,
              maximum: 5_000,
              default: 0,
            }),
          ),
          authKeyEncoding: oneOf(
            ['hex', 'text', 'auto'],
            'How the key AuthorizationKey is written. hex: 32 to 40 hexadecimal digits, as OCPP 1.6 has it. text: the characters are the password. auto: hex where it can be that, else text; auto when left out.',
          ),
        },
        { ...closed, description: 'Departures from OCPP that some central systems need.' },
      ),
    ),
    log: schema.optional(
      schema.object(
        {
          level: oneOf(logLevels, 'From which level on lines are written.'),
          file: text(4_096, 'File to append JSON lines to, relative to this file. Standard error when left out.'),
          frames: text(4_096, 'File for a tagged line of each OCPP frame, relative to this file; - is standard output. None when left out.'),
          framesMb: schema.optional(
            schema.integer({
              description: 'Size at which a new frames file is begun, MiB. 1 to 1000; 10 when left out.',
              minimum: 1,
              maximum: 1_000,
              default: 10,
            }),
          ),
          framesKept: schema.optional(
            schema.integer({ description: 'Older frames files that stay: .1 is the newest. 1 to 100; 4 when left out.', minimum: 1, maximum: 100, default: 4 }),
          ),
        },
        { ...closed, description: 'The log.' },
      ),
    ),
  },
  { ...closed, title: 'Pilotwire station file', description: 'A type of charger and its way to the central system.' },
)

export type StationFile = Static<typeof stationSchema>
