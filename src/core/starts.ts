import type { Clock } from '../base/clock.ts'
import type { Documents } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { StopReason } from './facts.ts'
import type { SecurityLog } from './security.ts'

/** The latest start of this program, and how it ended where it had the time to say so. */
export interface StoredStart {
  /** Of the machine, see `Moment`. */
  readonly boot: string
  readonly ended?: StopReason
}

/** Notes each start of the program as security events: StartupOfTheDevice, and for all but the first why there was another one. */
export interface Starts {
  begun(): void
  /** The program is about to end in good order. */
  ending(reason: StopReason): void
}

export function starts(parts: { readonly kept: Documents<StoredStart>; readonly clock: Clock; readonly security: SecurityLog }): Starts {
  const { kept, clock, security } = parts
  const { boot } = clock.now()
  // A disk that is full is no reason not to start or not to stop; that the events cannot be kept is said already.
  const keep = (start: StoredStart) =>
    attempted(
      () => kept.put('latest', start, 'grouped'),
      () => undefined,
    )
  return {
    begun() {
      const before = kept.get('latest')
      const isSameBoot = before?.boot === boot
      security.note('startupOfTheDevice', isSameBoot ? 'the program was started again' : 'the machine was started')
      if (before !== undefined) security.note('resetOrReboot', whyAgain(before, isSameBoot))
      keep({ boot })
    },
    ending: (ended) => void keep({ boot, ended }),
  }
}

function whyAgain({ ended }: StoredStart, isSameBoot: boolean): string {
  if (ended === 'softReset') return 'soft reset'
  if (ended === 'hardReset') return 'hard reset'
  if (ended !== undefined) return isSameBoot ? 'the program was stopped' : 'the program was stopped and the machine restarted'
  return isSameBoot ? 'the program died' : 'power loss, or the machine was restarted without warning'
}
