import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { StopReason } from '../core/facts.ts'
import type { CoreStation } from './core.ts'

/** What a shut-down needs of a station. */
type Stoppable = Pick<CoreStation, 'shutDown' | 'drop'> & { readonly core: Pick<CoreStation['core'], 'settings'> }

/** A shut-down that fails half-way is tried again as often as ResetRetries says (OCPP 1.6 §9.1.22); the offers are withdrawn in any case. */
export async function shutDown(station: Stoppable, reason: StopReason, log: Log): Promise<void> {
  for (let retries = station.core.settings.get('resetRetries'); ; retries--) {
    try {
      return await station.shutDown(reason)
    } catch (error) {
      log.error({ error: wordsOf(error), retries }, 'the station did not stop in good order')
      if (retries <= 0) return station.drop()
    }
  }
}
