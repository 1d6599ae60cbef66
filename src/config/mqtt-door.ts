import { resolve } from 'node:path'
import type { Static } from 'typebox'
import { ConfigError } from '../base/errors.ts'
import { brokerAddress } from '../base/mqtt/broker-address.ts'
import * as schema from '../base/schema.ts'
import { readSecret, readText } from './read.ts'
import type { MqttConfig } from './station.ts'

const text = (maxLength: number, description: string) => schema.optional(schema.string({ description, minLength: 1, maxLength }))
const path = (description: string) => text(4_096, description)
/** Levels of a topic: no wildcards, nothing that only looks empty, not the broker's own `$SYS`. */
const topic = (description: string) =>
  schema.optional(schema.string({ description, minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$' }))

export const mqttDoor = schema.object(
  {
    url: text(300, 'The broker: mqtt://HOST:1883, or mqtts://HOST:8883 for TLS. --mqtt overrides it.'),
    user: text(256, 'User name at the broker.'),
    password: schema.optional(schema.string({ description: 'Password of the user. Prefer passwordFile.', minLength: 1, maxLength: 256, writeOnly: true })),
    passwordFile: path('File that holds the password, relative to this file. A line break at its end does not count.'),
    caFile: path("PEM file of the authority that signed the broker's certificate, relative to this file. The system's when left out."),
    certFile: path('PEM file of our own certificate, for brokers that ask for one, relative to this file. With keyFile.'),
    keyFile: path('PEM file of its key, relative to this file.'),
    clientId: text(64, 'MQTT client identifier, unique at the broker. pilotwire-ID when left out.'),
    base: topic('What every topic begins with: BASE/ID/... evse when left out.'),
    discovery: schema.optional(
      schema.boolean({
        description: 'Home Assistant finds the charger by itself. false takes what it has found away again. true when left out.',
        default: true,
      }),
    ),
    discoveryPrefix: topic('Prefix of its discovery topics, as it is set there. homeassistant when left out.'),
    limitTtlS: schema.optional(
      schema.integer({
        description: 'A current_limit that names no end of its own is lifted after so long, s. 1 to 604800. It stays when left out.',
        minimum: 1,
        maximum: 604_800,
      }),
    ),
  },
  { additionalProperties: false, description: 'The MQTT door: state, commands and Home Assistant discovery at a broker.' },
)

type MqttFile = Static<typeof mqttDoor>

/** The URL of the flag over that of the station file; everything else comes from the file. @throws ConfigError */
export function mqttFrom(flag: string | undefined, door: MqttFile | undefined, file: { readonly path: string; readonly directory: string }): MqttConfig {
  const wrong = (field: string, problem: string, remedy: string) => new ConfigError(file.path, `doors.mqtt.${field}`, problem, remedy)
  const url = flag ?? door?.url
  if (url === undefined) throw wrong('url', 'is missing', 'Write url: mqtt://HOST:1883, or give --mqtt')
  const [source, field] = flag === undefined ? [file.path, 'doors.mqtt.url'] : ['--mqtt', '']
  const address = brokerAddress(url, source, field)
  const { user, password, passwordFile, caFile, certFile, keyFile } = door ?? {}
  if (password !== undefined && passwordFile !== undefined) throw wrong('password', 'password and passwordFile are both there', 'Keep one of the two')
  if (user === undefined && (password !== undefined || passwordFile !== undefined))
    throw wrong('user', 'is missing, and there is a password', 'MQTT knows no password without a user: add user')
  if ((certFile === undefined) !== (keyFile === undefined))
    throw wrong(certFile === undefined ? 'certFile' : 'keyFile', 'is missing', 'certFile and keyFile go together')
  for (const [name, value] of Object.entries({ caFile, certFile }))
    if (value !== undefined && address.protocol === 'mqtt') throw wrong(name, 'is of no use without TLS', 'Write url: mqtts://HOST:8883')
  const read = (name: 'ca' | 'cert' | 'key', what: string, from: string | undefined) =>
    from === undefined ? {} : { [name]: readText(resolve(file.directory, from), what) }
  const secret = passwordFile === undefined ? password : readSecret(resolve(file.directory, passwordFile), 'password')
  return {
    broker: {
      ...address,
      ...(user === undefined ? {} : { user }),
      ...(secret === undefined ? {} : { password: secret }),
      ...read('ca', 'CA certificate', caFile),
      ...read('cert', 'certificate', certFile),
      ...read('key', 'key', keyFile),
    },
    clientId: door?.clientId,
    base: door?.base ?? 'evse',
    discovery: door?.discovery ?? true,
    discoveryPrefix: door?.discoveryPrefix ?? 'homeassistant',
    limitTtlS: door?.limitTtlS,
    source: file.path === '' ? '--mqtt' : file.path,
  }
}
