import { once } from 'node:events'
import { WebSocket } from 'ws'

type Payload = Readonly<Record<string, unknown>>

export interface Acknowledged {
  readonly transaction: number
  readonly start: Payload
  readonly samples: string[]
  stop: Payload | undefined
}

/** A charge point of OCPP 1.6 that charges without a pause, as raw frames. It knows what was acknowledged, and as every station it sends what
 *  was not acknowledged again when it comes back. */
export interface RawStation {
  readonly id: string
  readonly acknowledged: readonly Acknowledged[]
  /** Sent, and not answered when the line broke. */
  readonly open: Payload | undefined
  connect(url: string): Promise<void>
  /** Goes on until the line breaks, or the transaction after `enough()` is stopped. */
  charge(enough: () => boolean): Promise<void>
  /** As if the answer to the start of its running transaction had been lost: sends it again. The number that it is given. */
  startAgain(): Promise<number | undefined>
  close(): void
}

const samplesOfOne = 3

export function rawStation(id: string, begun: number, heard: () => void): RawStation {
  const acknowledged: Acknowledged[] = []
  let socket: WebSocket | undefined
  let calls = 0
  let moment = begun
  let open: { readonly action: string; readonly payload: Payload } | undefined
  const now = () => {
    moment += 1_000
    return new Date(moment).toISOString()
  }
  /** Undefined: the line broke before the answer. */
  const call = async (action: string, payload: Payload): Promise<Payload | undefined> => {
    const line = socket
    if (line === undefined || line.readyState !== WebSocket.OPEN) return undefined
    const callId = `${id}-${++calls}`
    const answer = new Promise<Payload | undefined>((resolve, reject) => {
      line.once('close', () => resolve(undefined))
      line.once('message', (data) => {
        const [type, answered, ...rest] = JSON.parse(String(data)) as readonly unknown[]
        if (type === 3 && answered === callId) resolve(rest[0] as Payload)
        else reject(new Error(`${id}: ${action} was answered by ${String(data)}`))
      })
    })
    open = { action, payload }
    line.send(JSON.stringify([2, callId, action, payload]))
    const taken = await answer
    line.removeAllListeners('message')
    line.removeAllListeners('close')
    if (taken !== undefined) {
      open = undefined
      noted(action, payload, taken)
      heard()
    }
    return taken
  }
  const noted = (action: string, payload: Payload, answer: Payload) => {
    const last = acknowledged.at(-1)
    if (action === 'StartTransaction') acknowledged.push({ transaction: Number(answer['transactionId']), start: payload, samples: [], stop: undefined })
    else if (action === 'StopTransaction' && last !== undefined) last.stop = payload
    else if (action === 'MeterValues') last?.samples.push(timeOf(payload))
  }
  const next = (): readonly [string, Payload] => {
    const last = acknowledged.at(-1)
    if (last === undefined || last.stop !== undefined) return ['StartTransaction', { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: now() }]
    const { transaction: transactionId, samples } = last
    const register = samples.length * 10
    if (samples.length >= samplesOfOne) return ['StopTransaction', { transactionId, meterStop: register, timestamp: now(), idTag: 'CARD' }]
    const sampledValue = [{ value: String(register) }, { value: '7000', measurand: 'Power.Active.Import', unit: 'W' }]
    return ['MeterValues', { connectorId: 1, transactionId, meterValue: [{ timestamp: now(), sampledValue }] }]
  }
  return {
    id,
    acknowledged,
    get open() {
      return open?.payload
    },
    async connect(url) {
      socket = new WebSocket(`${url}/${id}`, 'ocpp1.6')
      socket.on('error', () => {})
      await once(socket, 'open')
    },
    async charge(enough) {
      let answer: Payload | undefined = open === undefined ? {} : await call(open.action, open.payload)
      while (answer !== undefined && !(enough() && acknowledged.at(-1)?.stop !== undefined)) answer = await call(...next())
    },
    async startAgain() {
      const last = acknowledged.at(-1)
      if (last === undefined || last.stop !== undefined) return undefined
      const unanswered = open
      const answer = await call('StartTransaction', last.start)
      open = unanswered
      acknowledged.pop()
      return Number(answer?.['transactionId'])
    },
    close: () => socket?.terminate(),
  }
}

function timeOf(payload: Payload): string {
  const [first] = payload['meterValue'] as readonly { readonly timestamp: string }[]
  return first?.timestamp ?? ''
}
