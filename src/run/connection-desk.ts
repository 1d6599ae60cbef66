import { ConfigError } from '../base/errors.ts'
import { checkedCsmsUrl, checkedIdentity, checkedOcpp, ocppVersions } from '../config/connection.ts'
import type { ConnectionDesk } from '../local/ports.ts'
import type { Link } from '../ocpp/link.ts'
import type { Registration } from '../ocpp/registration.ts'
import { attempted } from '../store/store-error.ts'
import { type CsmsPlace, isSamePlace } from './csms-place.ts'
import type { StationCredentials } from './station-credentials.ts'

/** The connection as people see it and change it. */
export function connectionDesk(place: CsmsPlace, link: Link, registration: Registration, credentials: StationCredentials): ConnectionDesk {
  return {
    get url() {
      return place.url
    },
    get identity() {
      return place.identity
    },
    version: ocppVersions[0],
    versions: ocppVersions,
    get isChanged() {
      return place.isChanged
    },
    get isAccepted() {
      return registration.isOnline
    },
    get hasPassword() {
      return credentials.password() !== undefined
    },
    get isPasswordWithheld() {
      return credentials.isWithheld
    },
    set({ url = place.url, identity = place.identity, version = ocppVersions[0], password }) {
      const wanted = {
        url: checkedCsmsUrl(url, { source: 'connection', field: 'url' }),
        identity: checkedIdentity(identity, { source: 'connection', field: 'identity' }),
      }
      checkedOcpp(version, { source: 'connection', field: 'version' })
      const refused = (problem: string, remedy: string) => new ConfigError('connection', 'password', problem, remedy)
      const problem = password === undefined ? undefined : credentials.problemOf(password)
      if (problem !== undefined) throw refused(problem, 'It is the AuthorizationKey of OCPP')
      const isNew = !isSamePlace(wanted, place)
      let dialsAnew = false
      const isKept = attempted(
        () => {
          dialsAnew = credentials.move(wanted, password)
        },
        () => {},
      )
      if (!isKept) throw refused('cannot be kept: the state directory takes no writes', 'Make room on its disk')
      if (isNew) registration.renew()
      // Whoever changes it wants to see it work.
      if (link.state === 'disconnected') link.connect()
      else if (!dialsAnew) link.reconnect()
    },
  }
}
