import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type RPCClient, RPCServer } from 'ocpp-rpc'
import { afterEach, expect, test } from 'vitest'
import { buildBoard } from '../../hal/build.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { dialWebSocket } from '../../src/ocpp/websocket.ts'
import { type InlineStation, inlineStation } from '../../src/run/inline.ts'
import { openStore } from '../../src/store/open.ts'
import { handStation } from '../bench/csms/station.ts'
import { socketBoard } from './world.ts'

// A central system that this house did not write, on a real socket, which holds every frame of both ends against the official schemas.

type Payload = Readonly<Record<string, unknown>>
type Call = { readonly method: string; readonly params: Payload }
const accepted = { idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY', expiryDate: '2099-01-01T00:00:00Z' } }
const now = () => new Date(systemClock().now().epochMs).toISOString()
let transactions = 0
const answers: Readonly<Record<string, () => Payload>> = {
  BootNotification: () => ({ status: 'Accepted', currentTime: now(), interval: 300 }),
  Heartbeat: () => ({ currentTime: now() }),
  Authorize: () => accepted,
  StartTransaction: () => ({ ...accepted, transactionId: ++transactions }),
  StopTransaction: () => accepted,
  MeterValues: () => ({}),
  StatusNotification: () => ({}),
}
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

/** The other project's central system in strict mode, and what it saw. */
async function strictCentralSystem() {
  const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true, respondWithDetailedErrors: true })
  const calls: Call[] = []
  /** What did not fit a schema, in either direction, and frames that were no frames. */
  const violations: string[] = []
  const seen = { calls: 0, answers: 0 }
  let waiting: { readonly isIt: (call: Call) => boolean; readonly resolve: (call: Call) => void }[] = []
  server.on('client', (client: RPCClient) => {
    client.on('strictValidationFailure', ({ method, error, outbound, isCall }) =>
      violations.push(`${outbound ? 'to' : 'from'} the station: ${isCall ? 'call' : 'answer'} ${method}: ${error.message} ${JSON.stringify(error.details)}`),
    )
    client.on('badMessage', ({ error }) => violations.push(`bad message: ${error.message}`))
    client.on('call', () => seen.calls++)
    client.on('response', () => seen.answers++)
    client.handle(async ({ method = '', params = {} }) => {
      const call = { method, params }
      const found = waiting.filter(({ isIt }) => isIt(call))
      waiting = waiting.filter((each) => !found.includes(each))
      calls.push(call)
      for (const { resolve } of found) resolve(call)
      return answers[method]?.() ?? { status: 'UnknownVendorId' }
    })
  })
  const http = await server.listen(0, '127.0.0.1')
  cleanUp.push(() => server.close({ force: true }))
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    calls,
    violations,
    seen,
    client: async () => (await once(server, 'client'))[0] as RPCClient,
    /** The first such call from now on. */
    next: (method: string, like: Payload = {}) =>
      new Promise<Payload>((resolve) => {
        const isIt = ({ method: each, params }: Call) => each === method && Object.entries(like).every(([key, value]) => params[key] === value)
        waiting.push({ isIt, resolve: ({ params }) => resolve(params) })
      }),
  }
}

const energy = 'Energy.Active.Import.Register'
const measurands = `${energy},Energy.Active.Export.Register,Power.Active.Import,Current.Import,Voltage,Frequency,Power.Factor,Current.Offered,Power.Offered`

function station(csmsUrl: string): InlineStation {
  const clock = systemClock()
  const made = inlineStation({
    id: 'CP 1/ä',
    csmsUrl,
    built: buildBoard(socketBoard, { clock }),
    clock,
    log: silentLog,
    store: openStore({ directory: undefined, log: silentLog }),
    dial: dialWebSocket({ log: silentLog }),
    identity: {
      vendor: 'Pilotwire',
      model: 'Simulated',
      firmwareVersion: '0.0.0',
      chargePointSerial: 'S1',
      chargeBoxSerial: 'S2',
      iccid: '89',
      imsi: '26',
      meterType: 'Simulated',
      meterSerial: 'M1',
    },
    settings: {
      MeterValueSampleInterval: '1',
      MeterValuesSampledData: measurands,
      ClockAlignedDataInterval: '1',
      MeterValuesAlignedData: measurands,
      StopTxnSampledData: measurands,
      StopTxnAlignedData: measurands,
    },
    password: undefined,
    bootAfterReconnect: false,
    preBootTransactions: false,
    chance: () => 0,
  })
  cleanUp.push(() => made.drop())
  return made
}

test('a session, and all that a central system may ask of the Core profile, without one frame that a strict peer would refuse', async () => {
  const csms = await strictCentralSystem()
  const { core, built, link } = station(csms.url)
  const [plant] = built.simulation?.plants ?? []
  if (plant === undefined) throw new Error('no plant')
  const status = (word: string, connectorId = 1) => csms.next('StatusNotification', { status: word, connectorId })
  const [client] = await Promise.all([csms.client(), csms.next('BootNotification'), status('Available', 0), status('Available'), link.connect()])
  const ask = (method: string, params: Payload) => client.call(method, params) as Promise<Payload>

  // Plug, swipe, charge, meter; a card of the same family stops it.
  plant.plugIn()
  await status('Preparing')
  const started = csms.next('StartTransaction')
  const isCharging = status('Charging')
  // The cable is seen before the car at its end.
  expect(['waiting', 'started']).toContain(await core.present('04A2B3C4'))
  expect(await started).toMatchObject({ connectorId: 1, idTag: '04A2B3C4' })
  await isCharging
  for (let samples = 0; samples < 2; samples++) await csms.next('MeterValues', { transactionId: 1 })
  const stopped = csms.next('StopTransaction')
  const isFinishing = status('Finishing')
  expect(await core.present('SIBLING')).toBe('stopped')
  const { transactionData } = (await stopped) as { transactionData: { sampledValue: { context: string }[] }[] }
  const contexts = transactionData.map(({ sampledValue }) => sampledValue[0]?.context)
  expect([contexts[0], contexts.at(-1)]).toEqual(['Transaction.Begin', 'Transaction.End'])
  expect(contexts).toEqual(expect.arrayContaining(['Sample.Periodic', 'Sample.Clock']))
  await isFinishing

  // Remote start at the same car, everything else meanwhile, remote stop.
  const [remote] = await Promise.all([
    ask('RemoteStartTransaction', { connectorId: 1, idTag: 'REMOTE' }),
    csms.next('StartTransaction', { idTag: 'REMOTE' }),
    status('Charging'),
  ])
  expect(remote).toEqual({ status: 'Accepted' })
  const all = (await ask('GetConfiguration', {})) as { configurationKey: { key: string; readonly: boolean; value?: string }[] }
  expect(all.configurationKey.length).toBeGreaterThan(30)
  // Each key is written with what it told; the network keys last, for they begin waits anew.
  for (const { key, value, readonly } of all.configurationKey) {
    if (value !== undefined) expect([key, await ask('ChangeConfiguration', { key, value })]).toEqual([key, { status: readonly ? 'Rejected' : 'Accepted' }])
  }
  expect(await ask('GetConfiguration', { key: ['HeartbeatInterval', 'Nonsense'] })).toMatchObject({ unknownKey: ['Nonsense'] })
  expect(await ask('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '-1' })).toEqual({ status: 'Rejected' })
  expect(await ask('ChangeConfiguration', { key: 'Nonsense', value: '' })).toEqual({ status: 'NotSupported' })
  for (const requestedMessage of ['Heartbeat', 'MeterValues', 'StatusNotification']) {
    const [answer] = await Promise.all([ask('TriggerMessage', { requestedMessage }), csms.next(requestedMessage)])
    expect(answer).toEqual({ status: 'Accepted' })
  }
  expect(await ask('TriggerMessage', { requestedMessage: 'BootNotification' })).toEqual({ status: 'Rejected' })
  expect(await ask('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' })).toEqual({ status: 'NotImplemented' })
  expect(await ask('DataTransfer', { vendorId: 'nobody', messageId: 'm', data: 'd' })).toEqual({ status: 'UnknownVendorId' })
  expect(await ask('ClearCache', {})).toEqual({ status: 'Accepted' })
  expect(await ask('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })).toEqual({ status: 'Scheduled' })
  await expect(ask('GetLocalListVersion', {})).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' })
  await expect(ask('ReserveNow', { connectorId: 1, expiryDate: now(), idTag: 'X', reservationId: 1 })).rejects.toMatchObject({ rpcErrorCode: 'NotSupported' })
  const [remoteStop] = await Promise.all([
    ask('RemoteStopTransaction', { transactionId: 2 }),
    csms.next('StopTransaction', { transactionId: 2, reason: 'Remote' }),
    status('Unavailable'),
  ])
  expect(remoteStop).toEqual({ status: 'Accepted' })
  await Promise.all([ask('ChangeAvailability', { connectorId: 0, type: 'Operative' }), status('Finishing')])
  expect(await ask('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
  expect(await ask('UnlockConnector', { connectorId: 2 })).toEqual({ status: 'NotSupported' })

  // A fault with a vendor's code, then the car leaves.
  await Promise.all([status('Faulted'), core.raise(1, 'ground')])
  await Promise.all([status('Finishing'), core.raise(1, undefined)])
  await Promise.all([status('Available'), plant.unplug()])
  expect(await ask('Reset', { type: 'Soft' })).toEqual({ status: 'Accepted' })

  expect(csms.violations).toEqual([])
  expect(new Set(csms.calls.map(({ method }) => method))).toEqual(
    new Set(['BootNotification', 'StatusNotification', 'Authorize', 'StartTransaction', 'MeterValues', 'StopTransaction', 'Heartbeat']),
  )
  expect(csms.seen.calls).toBeGreaterThan(60)
  expect(csms.seen.answers).toBeGreaterThanOrEqual(csms.seen.calls)
}, 30_000)

test('the strict peer is one: it refuses a bad call, a bad answer, and bad words of its own', async () => {
  const csms = await strictCentralSystem()
  const [client, bad] = await Promise.all([csms.client(), handStation(csms.url, 'BAD')])
  cleanUp.push(() => bad.close())
  const [kind] = await bad.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Sleeping' })
  const [, , code] = await bad.call('StartTransaction', { connectorId: 1, idTag: 'A', meterStart: 1.5, timestamp: now() })
  expect([kind, code]).toEqual([4, 'TypeConstraintViolation'])
  await expect(client.call('Reset', { type: 'Medium' } as never)).rejects.toThrow()
  bad.answers['Reset'] = { status: 'Perhaps' }
  await expect(client.call('Reset', { type: 'Soft' } as never)).rejects.toThrow()
  expect(csms.violations.map((violation) => violation.split(':').slice(0, 2).join(':'))).toEqual([
    'from the station: call StatusNotification',
    'from the station: call StartTransaction',
    'to the station: call Reset',
    'from the station: answer Reset',
  ])
})
