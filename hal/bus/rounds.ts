import type { Clock, Timer } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'

/** A turn that is taken again and again, one at a time, until `close`. */
export interface Rounds {
  /** Cuts the present pause short; during a turn: the next one follows at once. */
  wake(): void
  close(): void
}

/** Takes `turn`, waits for as long as it says (ms), and takes it again. A turn handles its own device errors: what it throws is a bug,
 *  and nobody catches it. The first turn begins with the next turn of the event loop. */
export function rounds(name: string, clock: Clock, turn: () => Promise<Millis>): Rounds {
  let timer: Timer | undefined
  let isBusy = false
  let isWoken = false
  let isClosed = false
  const wait = (pause: Millis) => {
    if (isClosed) return
    timer = clock.after(name, pause, () => {
      timer = undefined
      void go()
    })
  }
  const go = async () => {
    isBusy = true
    isWoken = false
    const pause = await turn()
    isBusy = false
    wait(isWoken ? 0 : pause)
  }
  wait(0)
  return {
    wake() {
      isWoken = true
      if (isBusy || isClosed || timer === undefined) return
      timer.stop()
      wait(0)
    },
    close() {
      isClosed = true
      timer?.stop()
    },
  }
}

/** What `promise` says, or after `limit` ms a DeviceError 'timeout': a driver of a bus that hangs would hang with it. */
export function within<T>(device: string, clock: Clock, limit: Millis, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(`${device} answers`, limit, () => reject(new DeviceError(device, 'timeout')))
    promise.then(resolve, reject).finally(() => timer.stop())
  })
}

/** Time that passes. */
export function pause(name: string, clock: Clock, by: Millis): Promise<void> {
  return new Promise((resolve) => {
    clock.after(name, by, resolve)
  })
}
