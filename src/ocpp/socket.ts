import type { Listenable } from '../base/signal.ts'

/** One WebSocket connection, or what stands in for it in simulated time. Text frames in, text frames out. */
export interface Socket {
  /** False when the socket is not open: the frame was not sent. */
  send(text: string): boolean
  readonly received: Listenable<string>
  /** Once, whoever closed it. `code` as of RFC 6455; 1006 when the network dropped. */
  readonly closed: Listenable<{ readonly code: number; readonly reason: string }>
  /** A ping on its way; true when its pong came, false after `timeout` or on close. */
  ping(): void
  readonly pong: Listenable<void>
  close(code?: number, reason?: string): void
  /** Drops the connection without a closing handshake, as a cut wire does. */
  terminate(): void
}

/** Why a connection could not be made, for the log and for the back-off. */
export class DialError extends Error {
  override readonly name = 'DialError'
  readonly reason: 'refused' | 'unauthorized' | 'notFound' | 'noSubprotocol' | 'redirected' | 'http' | 'timeout' | 'tls' | 'network'
  constructor(reason: DialError['reason'], description: string, cause?: unknown) {
    super(description, { cause })
    this.reason = reason
  }
}

/** Where to connect and as whom. */
export interface Address {
  /** Without the identity: `ws://host:9000/ocpp`. */
  readonly url: string
  /** Charge point identity; percent-encoded into the last path segment by whoever dials. */
  readonly identity: string
  /** `ocpp1.6`. */
  readonly subprotocol: string
  /** HTTP basic authentication (security profile 1 and 2): user is the identity. */
  readonly password: Uint8Array | undefined
}

/** Makes one connection. Rejects with `DialError`. */
export type Dial = (address: Address, signal: AbortSignal) => Promise<Socket>
