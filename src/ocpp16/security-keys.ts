import type { Key } from './key-kinds.ts'

/** The configuration keys of the security whitepaper (ed. 3 §7) that need no certificate. */
export const securityKeys: readonly Key[] = [
  {
    key: 'AuthorizationKey',
    access: 'w',
    effect: 'Password for the connection. Never told.',
    values: '32 to 40 hexadecimal digits, or text',
    read: () => '',
    // What cannot be a password would lock the station out of its central system.
    write: (core, value) => core.credentials?.changeKey(value) === true,
  },
  {
    key: 'SecurityProfile',
    access: 'rw',
    profile: 'Security',
    effect:
      'Security profile of the connection, only ever raised: 1 wants an AuthorizationKey of 16 bytes; 2 and 3 want certificates, for which there is no store yet.',
    values: '0 to 3',
    read: (core) => String(core.settings.get('securityProfile')),
    write: (core, value) => /^\d$/.test(value.trim()) && core.credentials?.raiseProfile(Number(value)) === true,
  },
]
