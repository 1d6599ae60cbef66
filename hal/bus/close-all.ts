import { wordsOf } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'

/** Closes the last opened first. One that cannot be closed (its bus is gone, a disk is full) must not keep the others ON. */
export function closeAll(opened: readonly { close(): void }[], log: Log): void {
  for (const each of opened.toReversed()) {
    try {
      each.close()
    } catch (error) {
      log.error({ error: wordsOf(error) }, 'a device could not be closed in good order')
    }
  }
}
