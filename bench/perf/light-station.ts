import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Clock, Timer } from '../../src/base/clock.ts'
import { isoOf } from '../../src/base/moment.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import { seconds } from '../../src/base/units.ts'

/** A station that is nothing but its end of OCPP 1.6: one call at a time, what is about transactions is sent until it is acknowledged, and the
 *  line is sought again when it is lost. Hundreds of them cost a central system what real ones cost, and their own process next to nothing. */
export interface LightStation {
  readonly id: string
  readonly isConnected: boolean
  /** Acknowledged by the central system: with the transaction's id. */
  readonly starts: readonly number[]
  readonly stops: readonly number[]
  /** Messages that wait for their acknowledgement. */
  readonly waiting: number
  /** A command came: its action. */
  readonly asked: Listenable<string>
  /** Its BootNotification was accepted. */
  readonly ready: Listenable<void>
  /** Something was acknowledged. */
  readonly taken: Listenable<void>
  begin(tag: string): void
  sample(): void
  end(): void
  close(): void
}

export interface LightOptions {
  /** Without the id. */
  readonly url: string
  readonly id: string
  readonly clock: Clock
  /** Uniform in 0..1. */
  readonly chance: () => number
}

interface Queued {
  readonly action: string
  /** Asked when it is sent: an earlier answer may say the transaction. */
  payload(): unknown
  took?(answer: Readonly<Record<string, unknown>>): void
}

/** Between two attempts, with as much again by chance. */
const pauseMs = 1_000

export function lightStation({ url, id, clock, chance }: LightOptions): LightStation {
  const [asked, ready, taken] = [signal<string>(), signal<void>(), signal<void>()]
  const starts: number[] = []
  const stops: number[] = []
  const queue: Queued[] = []
  let socket: WebSocket | undefined
  let isReady = false
  let sentId: string | undefined
  let timer: Timer | undefined
  let isClosed = false
  let energyWh = 1_000
  let transaction: { id: number | undefined } | undefined

  const now = () => isoOf(clock.now())
  const send = (action: string, payload: unknown) => {
    sentId = randomUUID()
    socket?.send(JSON.stringify([2, sentId, action, payload]))
  }
  const next = () => {
    const head = queue[0]
    if (isReady && sentId === undefined && head !== undefined) send(head.action, head.payload())
  }
  const put = (queued: Queued) => {
    queue.push(queued)
    next()
  }
  const answered = (payload: Readonly<Record<string, unknown>>) => {
    sentId = undefined
    if (!isReady) {
      isReady = payload['status'] === 'Accepted'
      ready.emit()
    } else queue.shift()?.took?.(payload)
    taken.emit()
    next()
  }
  const heard = (text: string) => {
    const [type, messageId, third] = JSON.parse(text) as [number, string, unknown]
    if (type === 2) {
      socket?.send(JSON.stringify([3, messageId, { status: 'Accepted' }]))
      asked.emit(String(third))
    } else if (messageId !== sentId) return
    else if (type === 3) answered(third as Readonly<Record<string, unknown>>)
    else {
      // It could not be kept: it is sent again.
      sentId = undefined
      timer = clock.after('again', pauseMs, next)
    }
  }
  const dial = () => {
    const dialled = new WebSocket(`${url}/${encodeURIComponent(id)}`, 'ocpp1.6', { perMessageDeflate: false, handshakeTimeout: seconds(5) })
    socket = dialled
    dialled.on('open', () => send('BootNotification', { chargePointVendor: 'Bench', chargePointModel: 'Light' }))
    dialled.on('message', (data) => heard(String(data)))
    dialled.on('error', () => {})
    dialled.on('close', () => {
      if (socket === dialled) socket = undefined
      isReady = false
      sentId = undefined
      timer?.stop()
      if (!isClosed) timer = clock.after('line', pauseMs * (1 + chance()), dial)
    })
  }
  dial()

  return {
    id,
    get isConnected() {
      return isReady
    },
    starts,
    stops,
    get waiting() {
      return queue.length
    },
    asked,
    ready,
    taken,
    begin(tag) {
      const begun: { id: number | undefined } = { id: undefined }
      transaction = begun
      const payload = { connectorId: 1, idTag: tag, meterStart: energyWh, timestamp: now() }
      put({
        action: 'StartTransaction',
        payload: () => payload,
        took(answer) {
          begun.id = Number(answer['transactionId'])
          starts.push(begun.id)
        },
      })
    },
    sample() {
      const of = transaction
      energyWh += 20
      const meterValue = [
        {
          timestamp: now(),
          sampledValue: [
            { value: String(energyWh), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
            { value: '7200', measurand: 'Power.Active.Import', unit: 'W' },
          ],
        },
      ]
      put({ action: 'MeterValues', payload: () => ({ connectorId: 1, ...(of?.id === undefined ? {} : { transactionId: of.id }), meterValue }) })
    },
    end() {
      const of = transaction
      if (of === undefined) return
      transaction = undefined
      const payload = { meterStop: energyWh, timestamp: now(), reason: 'Local' }
      put({ action: 'StopTransaction', payload: () => ({ ...payload, transactionId: of.id }), took: () => void stops.push(of.id ?? -1) })
    },
    close() {
      isClosed = true
      timer?.stop()
      socket?.terminate()
    },
  }
}
