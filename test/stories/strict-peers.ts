import type { AddressInfo } from 'node:net'
import { type RPCClient, RPCServer } from 'ocpp-rpc'
import { OCPPServer, type OCPPServerClient } from 'ocpp-ws-io'
import { systemClock } from '../../src/base/clock.ts'

// Central systems that this house did not write, on real sockets, which hold every frame of both ends against the official schemas.

export type Payload = Readonly<Record<string, unknown>>
type Call = { readonly method: string; readonly params: Payload }

/** Another project's central system in strict mode, and what it saw. */
export interface StrictCentral {
  readonly url: string
  readonly calls: readonly Call[]
  /** What did not fit a schema, in either direction, and frames that were no frames. */
  readonly violations: readonly string[]
  /** Answers of the station that were taken in, errors too. */
  readonly answers: number
  /** Resolves with the next station that connects. */
  connected(): Promise<StrictLine>
  /** The first such call from now on. */
  next(method: string, like?: Payload): Promise<Payload>
  close(): Promise<unknown>
}

/** One station as the central system has it. Rejects with `rpcErrorCode` where the station answers with a CALLERROR. */
export interface StrictLine {
  ask(method: string, params: Payload): Promise<Payload>
}

const accepted = { idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY', expiryDate: '2099-01-01T00:00:00Z' } }
export const now = (inMs = 0) => new Date(systemClock().now().epochMs + inMs).toISOString()
/** What both have in common: calls are noted, awaited and answered politely. */
function notes() {
  const calls: Call[] = []
  const violations: string[] = []
  let transactions = 0
  const answers: Readonly<Record<string, () => Payload>> = {
    BootNotification: () => ({ status: 'Accepted', currentTime: now(), interval: 300 }),
    Heartbeat: () => ({ currentTime: now() }),
    Authorize: () => accepted,
    StartTransaction: () => ({ ...accepted, transactionId: ++transactions }),
    StopTransaction: () => accepted,
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
  }
  let waiting: { readonly isIt: (call: Call) => boolean; readonly resolve: (call: Call) => void }[] = []
  const next: StrictCentral['next'] = (method, like = {}) =>
    new Promise((resolve) => {
      const isIt = ({ method: each, params }: Call) => each === method && Object.entries(like).every(([key, value]) => params[key] === value)
      waiting.push({ isIt, resolve: ({ params }) => resolve(params) })
    })
  const answer = (method: string, params: Payload): Payload => {
    const call = { method, params }
    const found = waiting.filter(({ isIt }) => isIt(call))
    waiting = waiting.filter((each) => !found.includes(each))
    calls.push(call)
    for (const { resolve } of found) resolve(call)
    return answers[method]?.() ?? {}
  }
  let taken = 0
  /** What the station answers to one request. */
  const asked = async (answered: Promise<unknown>): Promise<Payload> => {
    try {
      return (await answered) as Payload
    } finally {
      taken++
    }
  }
  return {
    answer,
    asked,
    central: {
      calls,
      violations,
      next,
      get answers() {
        return taken
      },
    },
  }
}

async function ocppRpc(): Promise<StrictCentral> {
  const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true, respondWithDetailedErrors: true })
  const { answer, asked, central } = notes()
  const { violations } = central
  server.on('client', (client: RPCClient) => {
    client.on('strictValidationFailure', ({ method, error, outbound, isCall }) =>
      violations.push(`${outbound ? 'to' : 'from'} the station: ${isCall ? 'call' : 'answer'} ${method}: ${error.message} ${JSON.stringify(error.details)}`),
    )
    client.on('badMessage', ({ error }) => violations.push(`bad message: ${error.message}`))
    client.handle(({ method = '', params = {} }) => Promise.resolve(answer(method, params)))
  })
  const http = await server.listen(0, '127.0.0.1')
  return Object.assign(central, {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    connected: () =>
      new Promise<StrictLine>((resolve) =>
        server.once('client', (client: RPCClient) => resolve({ ask: (method, params) => asked(client.call(method, params)) })),
      ),
    close: () => server.close({ force: true }),
  })
}

async function ocppWsIo(): Promise<StrictCentral> {
  const server = new OCPPServer({ protocols: ['ocpp1.6'], strictMode: true, respondWithDetailedErrors: true, logging: false })
  const { answer, asked, central } = notes()
  const { violations } = central
  server.on('client', (client: OCPPServerClient) => {
    client.on('strictValidationFailure', ({ message, error }) => violations.push(`${error.message} ${JSON.stringify(message)}`))
    client.on('badMessage', ({ error }) => violations.push(`bad message: ${error.message}`))
    client.handle((method, context) => answer(method, context.params as Payload))
  })
  const http = await server.listen(0, '127.0.0.1')
  return Object.assign(central, {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    connected: () =>
      new Promise<StrictLine>((resolve) =>
        server.once('client', (client: OCPPServerClient) => resolve({ ask: (method, params) => asked(client.call(method, params)) })),
      ),
    close: () => server.close({ force: true }),
  })
}

export const strictPeers = [
  ['ocpp-rpc', ocppRpc],
  ['ocpp-ws-io', ocppWsIo],
] as const
