import type { Clock } from '../../../src/base/clock.ts'
import type { Signal } from '../../../src/base/signal.ts'
import type { Engine } from './engine.ts'
import type { Writer } from './writer.ts'

/** What the books of a store are made of. */
export interface BookParts {
  readonly engine: Engine
  readonly writer: Writer
  readonly clock: Clock
  /** ISO 4217. */
  readonly currency: string
  /** Price of a kWh where the site has none. */
  readonly tariffPerKwh: number
  readonly chargerChanged: Signal<string>
  readonly siteChanged: Signal<string>
  readonly transactionChanged: Signal<{ readonly transaction: number; readonly charger: string }>
}
