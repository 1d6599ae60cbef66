import type { Clock } from '../../src/base/clock.ts'
import type { Amps, Millis } from '../../src/base/units.ts'
import type { Lock, PilotDrive } from '../types.ts'
import { ampsFor } from './duty.ts'

/** What a controller of its own is to do: offer a current, offer none (X1), or be off. */
export type Wish = { readonly kind: 'offer'; readonly amps: Amps } | { readonly kind: 'pause' } | { readonly kind: 'off' }

/** The guard waits for so long between opening and closing (safety rule 9). */
const offAtLeast: Millis = 5_000

export interface Wishes {
  readonly now: Wish
  readonly drive: PilotDrive['kind']
  pilot(output: PilotDrive): void
  close(): void
  open(): void
}

/** Turns what the guard says to pilot and contactor into what a controller is told that closes by itself as soon as the car asks.
 *  With a relay in series (`isAlone: false`) the relay is what the guard opens and closes, and the controller follows the pilot alone.
 *  Without one the controller's own output is the contactor. It would close before the guard does: so it is offered nothing while the plug
 *  is not locked and for 5 s after an opening, and when the guard opens while the car asks (`isAsking`) it is switched off.
 *  What else the guard looks at before it closes (the self-test of a residual current monitor) needs the relay in series. */
export function wishes(
  clock: Clock,
  o: { readonly maxAmps: Amps; readonly isAlone: boolean; readonly lock: Lock | undefined; readonly isAsking: () => boolean },
): Wishes {
  let drive: PilotDrive = { kind: 'steady' }
  let openedAt: Millis | undefined
  const isHeld = () => openedAt !== undefined && clock.monotonic() - openedAt < offAtLeast
  return {
    get now(): Wish {
      if (drive.kind === 'off' || drive.kind === 'fault') return { kind: 'off' }
      if (o.isAlone && isHeld()) return { kind: o.isAsking() ? 'off' : 'pause' }
      if (drive.kind === 'steady' || (o.isAlone && o.lock !== undefined && o.lock.position !== 'locked')) return { kind: 'pause' }
      const amps = Math.min(ampsFor(drive.duty), o.maxAmps)
      return amps > 0 ? { kind: 'offer', amps } : { kind: 'pause' }
    },
    get drive() {
      return drive.kind
    },
    pilot(output) {
      drive = output
    },
    close() {
      openedAt = undefined
    },
    open() {
      openedAt = clock.monotonic()
    },
  }
}
