import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Ledger } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { Fact, SecurityEventName } from './facts.ts'

/** Where anything in the house tells of a security event. It goes to the ledger, and from there to the central system. */
export interface SecurityLog {
  /** @param info at most 255 characters, cut there; never a secret */
  note(event: SecurityEventName, info?: string): void
}

export function securityLog({ ledger, clock, log }: { readonly ledger: Ledger<Fact>; readonly clock: Clock; readonly log: Log }): SecurityLog {
  return {
    note(event, info) {
      log.warn({ event, info }, 'security event')
      const fact: Fact = { kind: 'securityEvent', event, ...(info === undefined ? {} : { info: info.slice(0, 255) }) }
      attempted(
        () => ledger.append(clock.now(), fact, { durability: 'durable' }),
        (error) => log.error({ event, error: error.message }, 'a security event cannot be written to the state directory'),
      )
    },
  }
}
