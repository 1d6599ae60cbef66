import type { Socket } from 'node:net'
import { ConfigError, wordsOf } from '../base/errors.ts'

/** Who is at the other end of a Unix socket, as the kernel says it. */
export interface Peer {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

export interface Credentials {
  /** Undefined: the kernel does not say. */
  peerOf(socket: Socket): Peer | undefined
  /** The number of a user. @throws ConfigError for a name that nobody has */
  userNamed(name: string): number
}

/** socket(7): SOL_SOCKET and SO_PEERCRED of Linux on x86 and ARM. */
const [solSocket, peerCred] = [1, 17]

/** @throws ConfigError where koffi cannot be loaded: without it the guard cannot tell who speaks to it */
export async function credentials(): Promise<Credentials> {
  const koffi = await import('koffi').then(
    (module) => module.default,
    (error: unknown) => {
      throw new ConfigError('koffi', '', `cannot be loaded (${wordsOf(error)})`, 'Install pilotwire with its optional dependencies')
    },
  )
  const libc = koffi.load(null)
  const getsockopt = libc.func('int getsockopt(int fd, int level, int name, void *value, _Inout_ unsigned int *length)')
  const passwd = koffi.struct({ name: 'char *', password: 'char *', uid: 'unsigned int', gid: 'unsigned int' })
  const getpwnam = libc.func('getpwnam', koffi.pointer(passwd), ['str'])
  return {
    peerOf(socket) {
      // Node keeps the descriptor to itself, and every release had it here.
      const { fd = -1 } = (socket as unknown as { readonly _handle?: { readonly fd?: number } })._handle ?? {}
      if (fd < 0) return undefined
      const found = Buffer.alloc(12)
      const length = [found.length]
      if (getsockopt(fd, solSocket, peerCred, found, length) !== 0 || length[0] !== found.length) return undefined
      const [pid = 0, uid = -1, gid = -1] = new Uint32Array(Uint8Array.from(found).buffer)
      return { pid, uid, gid }
    },
    userNamed(name) {
      const found: unknown = getpwnam(name)
      if (found === null) throw new ConfigError('--core-user', '', `there is no user "${name}" on this computer`, 'Name the user that runs `pilotwire core`')
      return (koffi.decode(found, passwd) as { readonly uid: number }).uid
    },
  }
}
