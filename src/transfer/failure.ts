import { wordsOf } from '../base/errors.ts'
import { withoutCredentials } from '../base/shown-address.ts'
import { TransferError, type TransferProblem } from '../core/transfer.ts'
import type { Address } from './address.ts'

/** What this machine refuses, not the other end. */
const ownCodes = new Set(['ENOSPC', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOENT', 'EISDIR', 'ENOTDIR'])

/** Anything that went wrong on the way as the one error that callers know. @param what was tried, `download` */
export function failureOf(
  error: unknown,
  what: string,
  { shown, credentials }: Pick<Address, 'shown' | 'credentials'>,
  problemOf: (error: unknown) => TransferProblem | undefined = () => undefined,
): TransferError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = error instanceof TransferError ? error.problem : problemOf(error)
  const problem = known ?? (ownCodes.has(code) || code.startsWith('ERR_FS_') ? 'local' : 'unreachable')
  // Servers repeat what they were sent. The cause is left out for the same reason.
  const words = withoutCredentials(wordsOf(error) || code)
  const password = credentials?.password ?? ''
  return new TransferError(problem, `${what} ${shown}: ${password === '' ? words : words.replaceAll(password, '(secret)')}`)
}
