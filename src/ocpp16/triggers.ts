import { isoOf, type Moment } from '../base/moment.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import type { Message, RequestOf } from '../ocpp/message.ts'
import type { Peer } from '../ocpp/peer.ts'
import type { Triggers } from './handlers/remote-trigger.ts'
import type { HeartbeatTimer } from './heartbeat.ts'
import { Heartbeat, MeterValues, StatusNotification } from './messages/core.ts'
import { DiagnosticsStatusNotification, FirmwareStatusNotification } from './messages/firmware-management.ts'
import { LogStatusNotification, SignedFirmwareStatusNotification } from './messages/security.ts'
import { diagnosticsStatus, firmwareStatus, logStatus } from './notices.ts'
import type { TransactionNumbers } from './numbers.ts'
import type { StatusNotifier } from './status-notifier.ts'
import { wireValue } from './translate.ts'

/** Messages that may wait for their turn before a trigger is refused. */
const mostWaiting = 100

export interface TriggerParts {
  readonly core: ChargePoint
  readonly peer: Peer
  readonly numbers: TransactionNumbers
  readonly heart: HeartbeatTimer
  readonly statuses: StatusNotifier
  readonly bootNow: () => void
  readonly now: () => Moment
  /** Lets one message of this action out, whether the station is accepted or not. */
  readonly release: (action: string) => void
}

/** What this station sends when it is asked to. */
export function triggers({ core, peer, numbers, heart, statuses, bootNow, now, release }: TriggerParts): Triggers {
  const send = <M extends Message>(message: M, request: RequestOf<M>) => {
    release(message.action)
    void peer.call(message, request)
  }
  return {
    isFull: () => peer.waiting >= mostWaiting,
    bootNotification: bootNow,
    heartbeat() {
      release(Heartbeat.action)
      heart.send()
    },
    statusNotification(connector) {
      release(StatusNotification.action)
      statuses.report(connector)
    },
    meterValues(connector) {
      const sampledValue = core.sampleNow(connector).map((value) => wireValue(value, 'trigger'))
      const transaction = core.view(connector).transaction
      const transactionId = transaction === undefined ? undefined : numbers.numberOf(transaction.id)
      send(MeterValues, {
        connectorId: connector,
        meterValue: [{ timestamp: isoOf(now()), sampledValue }],
        ...(transactionId === undefined ? {} : { transactionId }),
      })
    },
    diagnosticsStatus() {
      // What GetLog asked for has a number, and a message of its own.
      const last = core.logs?.last
      const isRunning = last?.status === 'uploading' && last.request === undefined
      send(DiagnosticsStatusNotification, { status: diagnosticsStatus[isRunning ? 'uploading' : 'idle'] })
    },
    logStatus() {
      const last = core.logs?.last
      const running = last?.status === 'uploading' ? last.request : undefined
      // N01.FR.12: only Idle comes without a number.
      send(LogStatusNotification, running === undefined ? { status: logStatus.idle } : { status: logStatus.uploading, requestId: running })
    },
    firmwareStatus() {
      const status = core.firmware?.status ?? 'idle'
      send(FirmwareStatusNotification, { status: firmwareStatus[underWay.includes(status) ? status : 'idle'] })
    },
    // No signed update was ever taken: there are no certificates for them yet.
    signedFirmwareStatus: () => send(SignedFirmwareStatusNotification, { status: 'Idle' }),
  }
}

const underWay: readonly string[] = ['downloading', 'downloaded', 'installing']
