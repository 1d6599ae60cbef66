import { largestAmps } from './inputs.ts'
import type { Scene } from './interlocks.ts'
import { lockMoves, times, unlockBelow } from './limits.ts'

/** Rules 11 and 17: when the plug may be let go, and how the lock is moved. */

/** Never while the contacts may carry current, whatever the pilot says, nor while a mirror contact that is there says nothing. */
export function mayUnlock({ state, inputs }: Scene, hasWeld: boolean): boolean {
  return !state.isCommanded && inputs.mirror !== true && state.mirrorLostSince === undefined && !hasWeld && !((largestAmps(inputs.reading) ?? 0) > unlockBelow)
}

/** Moves the lock towards what is wanted, one pulse at a time. */
export function moveLock(scene: Scene, hasWeld: boolean): void {
  const { state, timing, inputs, hardware } = scene
  const lock = hardware.controller.lock
  if (lock === undefined) return
  const wanted = state.isLockHeld ? 'locked' : 'unlocked'
  if (inputs.lock === wanted) {
    state.lockMovesTo = undefined
    state.lockFailures = 0
    return
  }
  const isRetry = state.lockMovesTo === wanted
  // A pulse of 600 ms is never cut short by the next one.
  if (state.lockMovedAt !== undefined && !timing.passed(state.lockMovedAt, isRetry ? times.lockRetry : 1_000)) return
  if (wanted === 'unlocked' && !mayUnlock(scene, hasWeld)) return
  if (isRetry && state.lockFailures < 3) state.lockFailures++
  const tenthLast = state.lockMoves.at(-lockMoves)
  if (tenthLast !== undefined && !timing.passed(tenthLast, times.lockWindow)) return
  state.lockMoves = [...state.lockMoves, timing.now].slice(-lockMoves)
  state.lockMovedAt = timing.now
  state.lockMovesTo = wanted
  if (wanted === 'locked') lock.lock()
  else lock.unlock()
}

/** What has become of an unlock that was asked for; undefined: wait. */
export function unlockOutcome({ state, inputs, timing }: Scene, hasWeld: boolean): 'unlocked' | 'failed' | undefined {
  // A plug stays locked while an offer is valid. After its end a normal stop may still be under way: that is waited for.
  if (state.hasOffer || hasWeld) return 'failed'
  if (inputs.lock === 'unlocked') return 'unlocked'
  return timing.passed(state.unlockAskedAt, times.unlockAtMost) ? 'failed' : undefined
}
