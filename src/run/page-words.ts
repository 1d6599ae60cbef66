import { networkInterfaces } from 'node:os'
import { writtenAddress } from '../config/door-address.ts'
import type { StationConfig } from '../config/station.ts'
import type { Listening } from './doors.ts'

/** Where a browser finds the page, for whoever sits at the console, and how to have its password. A door at every address of the
 *  computer is told by those that a phone can dial. @param addresses of this computer, but for loopback */
export function pageWords({ host, port }: Listening, { id, http }: Pick<StationConfig, 'id' | 'http'>, addresses = ownAddresses()): string {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const hosts = isEverywhere && addresses.length > 0 ? addresses : [isEverywhere ? '127.0.0.1' : host]
  const places = hosts.map((each) => `http://${writtenAddress({ host: each, port })}`).join(' ')
  return `Its page: ${places}${http?.login === 'device' ? ` (its password: "pilotwire password --id ${id}" shows it)` : ''}`
}

/** IPv4: what a person types into a phone. */
function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((each = []) =>
    each.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  )
}
