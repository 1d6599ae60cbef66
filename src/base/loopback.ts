import { isIP } from 'node:net'

/** True for a host that only this machine can reach: `localhost`, 127.0.0.0/8 and `::1`, the latter with or without brackets. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
}
