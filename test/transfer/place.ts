import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { TransferError } from '../../src/core/transfer.ts'

const directories: string[] = []
afterAll(() => {
  for (const each of directories) rmSync(each, { recursive: true, force: true })
})

/** A directory of this test's own. */
export function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-transfer-'))
  directories.push(directory)
  return directory
}

/** Bytes that repeat nowhere near. */
export const bytes = (length: number) =>
  Buffer.from(Uint32Array.from({ length: Math.ceil(length / 4) }, (_, at) => Math.imul(at, 2_654_435_761)).buffer).subarray(0, length)

/** Never called off. */
export const onAndOn = () => new AbortController().signal

/** What a transfer that fails says. */
export async function refusal(transfer: Promise<void>): Promise<TransferError> {
  const error = await transfer.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof TransferError)) throw error
  return error
}
