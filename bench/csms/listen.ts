import { networkInterfaces } from 'node:os'
import { ConfigError, wordsOf } from '../../src/base/errors.ts'

/** Where to listen. */
export interface Listen {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** Nobody asked for this very port: any free one will do when it is taken. */
  readonly mayMove: boolean
}

/** Opens a door there, or elsewhere when it may move, and says so. @throws ConfigError as `open` does */
export async function listening<T extends { readonly port: number }>(
  what: string,
  { port, mayMove }: Listen,
  open: (port: number) => Promise<T>,
  notice: (words: string) => void = () => {},
): Promise<T> {
  try {
    return await open(port)
  } catch (error) {
    if (!(error instanceof ConfigError) || !mayMove) throw error
    const door = await open(0)
    notice(`Port ${port} is taken: ${what} is at port ${door.port}`)
    return door
  }
}

/** What is said of a door that could not be opened. @param flag of its port */
export function cannotListen(error: unknown, flag: '--port' | '--http', host: string, port: number): ConfigError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return new ConfigError(flag, '', `port ${port} on ${host} is in use`, 'End the program that listens there, or choose another port')
  if (code === 'EACCES') return new ConfigError(flag, '', `port ${port} may not be opened by this user`, 'Choose a port above 1023')
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new ConfigError('--host', '', `${host} is no address of this machine`, 'Use 127.0.0.1, or 0.0.0.0 for every address')
  return new ConfigError(flag, '', `cannot listen on ${host}:${port} (${wordsOf(error)})`, 'Choose another address')
}

/** An address that others can type: `0.0.0.0`, every address of this computer, becomes the first of them in the network, where there is one. */
export function typeable(url: string): string {
  const own = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)
  return own === undefined ? url : url.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:)/, `//${own.address}`)
}
