import type { Listenable } from '../../src/base/signal.ts'

/** How bytes come and go on a serial line or a TCP connection. A line that was lost is opened again by itself, with pauses that grow from 1 s to 30 s. */
export interface ByteLine {
  readonly name: string
  /** False while the device is gone. A USB adapter that is pulled out may not tell: only silence does. */
  readonly isOpen: boolean
  readonly received: Listenable<Uint8Array>
  /** The line was opened, again or at first. */
  readonly opened: Listenable<void>
  /** Resolves when the bytes have left. @throws DeviceError 'absent' while the device is gone */
  write(bytes: Uint8Array): Promise<void>
  /** Closes and opens again: for a device that is silent for too long. */
  reopen(): void
  close(): void
}

export interface SerialSettings {
  readonly path: string
  readonly baud: number
  readonly parity: 'none' | 'even' | 'odd'
  readonly stopBits: 1 | 2
}
