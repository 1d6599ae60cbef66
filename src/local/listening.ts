import { ConfigError } from '../base/errors.ts'

const reasons: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) => `port ${port} of ${host} is in use`,
  EACCES: (_host, port) => `port ${port} may not be opened by this user`,
  EADDRNOTAVAIL: (host) => `${host} is not an address of this machine`,
  ENOTFOUND: (host) => `there is no host ${host}`,
  EAI_AGAIN: (host) => `there is no host ${host}`,
}

/** Why a door cannot listen, for the person who said where. @param flag `--control`, `--http` */
export function cannotListen(flag: string, host: string, port: number, error: NodeJS.ErrnoException): ConfigError {
  const remedy = error.code === 'EADDRINUSE' ? 'Stop the other program, or choose another port' : 'Choose another host or port'
  const problem = reasons[error.code ?? '']?.(host, port) ?? `cannot listen on ${host}:${port} (${error.code ?? error.message})`
  return new ConfigError(flag, '', problem, remedy)
}
