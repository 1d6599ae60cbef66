import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

// scrypt (RFC 7914) with 16 MB and some 50 ms for each: whoever reads the database does not read passwords in it.

const cost = { N: 16_384, r: 8, p: 1 } as const
const keyBytes = 32

const derived = (password: Uint8Array, salt: Uint8Array, length: number, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => scrypt(password, salt, length, options, (error, key) => (error === null ? resolve(key) : reject(error))))

/** `scrypt$16384$8$1$SALT$HASH`, base64. */
export async function hashed(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derived(Buffer.from(password), salt, keyBytes, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$')
}

async function isHashOf(hash: string, password: Uint8Array): Promise<boolean> {
  const [kind, N, r, p, salt = '', key = ''] = hash.split('$')
  if (kind !== 'scrypt') return false
  const wanted = Buffer.from(key, 'base64')
  return timingSafeEqual(await derived(password, Buffer.from(salt, 'base64'), wanted.length, { N: Number(N), r: Number(r), p: Number(p) }), wanted)
}

const mostRemembered = 10_000
/** scrypt takes 16 MB each time; the others wait. */
const mostAtOnce = 4
/** Of one hash, looked at and waiting: whoever guesses at one station must not keep the others waiting. */
const mostOfOne = 8

/** Tells whether a password is the one that was hashed. A good one is remembered by its digest in memory: a thousand stations that come back
 *  after a power cut must not wait for a thousand times scrypt. Rejects when too many are shown for one hash at once. */
export function passwordJudge(): (hash: string, password: Uint8Array) => Promise<boolean> {
  const good = new Map<string, Buffer>()
  const waiting: (() => void)[] = []
  let free = mostAtOnce
  const judge = async (hash: string, password: Uint8Array): Promise<boolean> => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await isHashOf(hash, password)
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
  const shown = new Map<string, number>()
  return async (hash, password) => {
    const digest = createHash('sha256').update(hash).update(password).digest()
    const remembered = good.get(hash)
    if (remembered !== undefined && timingSafeEqual(remembered, digest)) return true
    const others = shown.get(hash) ?? 0
    if (others >= mostOfOne) throw new Error('too many passwords are shown for one station at once')
    shown.set(hash, others + 1)
    try {
      if (!(await judge(hash, password))) return false
    } finally {
      const left = (shown.get(hash) ?? 1) - 1
      if (left > 0) shown.set(hash, left)
      else shown.delete(hash)
    }
    if (good.size >= mostRemembered) good.clear()
    good.set(hash, digest)
    return true
  }
}
