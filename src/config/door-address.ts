import { isIP } from 'node:net'
import { ConfigError } from '../base/errors.ts'

/** `9100`, `localhost:9100`, `0.0.0.0:9100`, `[::1]:9100`; on loopback without a host. @param flag where it stood @throws ConfigError */
export function addressFrom(flag: string, typed: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(typed)
  const port = Number(parts?.[3])
  const bracketed = parts?.[1]
  if (parts === null || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) {
    throw new ConfigError(flag, '', `"${typed.slice(0, 100)}" is not [HOST:]PORT`, 'Write 9100, 127.0.0.1:9100 or [::1]:9100')
  }
  return { host: bracketed ?? parts[2] ?? '127.0.0.1', port }
}

/** As `addressFrom` reads it: `127.0.0.1:9100`, `[::1]:9100`. */
export function writtenAddress({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
