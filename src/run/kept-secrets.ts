import type { StationConfig } from '../config/station.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import { basicAuthorization } from '../ocpp/connection-url.ts'
import type { Store } from '../store/store.ts'
import { keptPlace } from './csms-place.ts'
import { keptDevicePassword } from './device-password.ts'
import { keptCredentials } from './station-credentials.ts'

/** What must not leave in an archive, however it came into a line: the AuthorizationKey, the one before while the newest is on trial, the
 *  one for a central system that was chosen at the charger, the passwords of the station file and of this device, and the tokens of the
 *  doors, in the spellings and the encodings in which they travel. */
export function secretsOf(
  { id, network, control, http, mqtt, stateDirectory }: Pick<StationConfig, 'id' | 'network' | 'control' | 'http' | 'mqtt' | 'stateDirectory'>,
  core: ChargePoint,
  store: Store,
): readonly string[] {
  const place = keptPlace(store)
  const keys = [
    core.settings.get('authorizationKey'),
    place.key ?? '',
    ...keptCredentials(store)
      .entries()
      .map(([, { key }]) => key),
  ]
  const users = [...new Set([id, place.identity ?? id])]
  const written = keys.flatMap((key) => [key, key.toLowerCase(), key.toUpperCase()])
  const sent = [...keys.flatMap((key) => [Buffer.from(key, 'utf8'), Buffer.from(key, 'hex')]), Buffer.from(network.password ?? [])]
  const encoded = sent
    .filter(({ length }) => length > 0)
    .flatMap((bytes) => [bytes.toString('utf8'), bytes.toString('hex'), ...users.map((user) => basicAuthorization(user, bytes).slice('Basic '.length))])
  const atDoors = [
    control?.token,
    http?.token,
    http?.password,
    mqtt?.broker.password,
    http?.login === undefined ? undefined : keptDevicePassword(stateDirectory),
  ]
  return [...new Set([...atDoors.map((each) => each ?? ''), ...written, ...encoded])].sort((one, other) => other.length - one.length)
}
