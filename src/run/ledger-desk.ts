import type { Fact } from '../core/facts.ts'
import type { LedgerPort, NotedFact } from '../local/ledger-port.ts'
import { type Ocpp16, ocpp16 } from '../ocpp16/adapter.ts'
import type { Entry, Store } from '../store/store.ts'

/** The ledger as the OCPP door stands in it. */
export function ledgerDesk(store: Store, { reports }: Pick<Ocpp16, 'reports'>): LedgerPort {
  const ledger = store.ledger<Fact>()
  return {
    get last() {
      return ledger.last
    },
    get position() {
      return ledger.position(ocpp16)
    },
    get waiting() {
      return reports().waiting
    },
    after: (after, limit) => ledger.after(after, limit).map(notedOf),
    undeliverable: () => ledger.undeliverable(ocpp16).map(({ entry, reason }) => ({ ...notedOf(entry), reason })),
  }
}

const notedOf = ({ sequence, at, fact }: Entry<Fact>): NotedFact => ({ number: sequence, at: at.epochMs, fact })
