import type { ByteLine } from '../../../hal/bus/serial.ts'
import { type Listenable, signal } from '../../../src/base/signal.ts'

/** The far end of a line: what a slave is wired to. */
export interface Wire {
  readonly received: Listenable<Uint8Array>
  send(bytes: Uint8Array): void
}

export interface MemoryLine {
  readonly line: ByteLine
  readonly wire: Wire
  /** How often the near end was told to reopen. */
  readonly reopened: number
  /** Pulls the adapter out, or puts it in. */
  setOpen(isOpen: boolean): void
}

/** A line in memory: what one end writes is heard by the other at once. */
export function memoryLine(name = 'memory'): MemoryLine {
  const [near, far, opened] = [signal<Uint8Array>(), signal<Uint8Array>(), signal<void>()]
  let isOpen = true
  let reopened = 0
  const line: ByteLine = {
    name,
    get isOpen() {
      return isOpen
    },
    received: near,
    opened,
    async write(bytes) {
      far.emit(bytes)
    },
    reopen() {
      reopened++
      opened.emit()
    },
    close() {
      isOpen = false
    },
  }
  return {
    line,
    wire: {
      received: far,
      send(bytes) {
        if (isOpen) near.emit(bytes)
      },
    },
    get reopened() {
      return reopened
    },
    setOpen(open) {
      isOpen = open
      if (open) opened.emit()
    },
  }
}
