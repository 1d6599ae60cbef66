import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RPCClient } from 'ocpp-rpc'
import { afterEach, describe, expect, test } from 'vitest'
import { type CentralSystem, type CentralSystemOptions, centralSystem } from '../../../bench/csms/central-system.ts'
import { type Door, type DoorOptions, openDoor } from '../../../bench/csms/door.ts'
import { dispatchOver } from '../../../bench/csms/ocpp/dispatch.ts'
import type { Dispatch } from '../../../bench/csms/ocpp/station-request.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { messages201 } from '../../../src/ocpp201/messages/catalogue.ts'
import { examples201 } from './examples201.ts'

// Charge points of another project (ocpp-rpc), which hold every frame of both ends against the official schemas.

type Payload = Readonly<Record<string, unknown>>

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

async function open(
  options: Partial<DoorOptions> = {},
  more: Partial<CentralSystemOptions> = {},
): Promise<{ system: CentralSystem; door: Door; dispatch: Dispatch }> {
  const system = centralSystem({ clock: systemClock(), ...more })
  const door = await openDoor(system, { port: 0, ...options })
  endings.push(() => door.close())
  return { system, door, dispatch: dispatchOver(system) }
}

interface Options {
  readonly protocols?: readonly string[]
  readonly password?: string
  /** A certificate to trust. */
  readonly ca?: string
}

async function chargePoint(door: Door, identity: string, { protocols = ['ocpp2.0.1'], password, ca }: Options = {}) {
  const client = new RPCClient({
    ...{ endpoint: door.url, identity, protocols: [...protocols], strictMode: true, reconnect: false, callTimeoutMs: 10_000 },
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { wsOpts: { ca } }),
  } as unknown as ConstructorParameters<typeof RPCClient>[0])
  const violations: unknown[] = []
  for (const event of ['strictValidationFailure', 'badMessage']) client.on(event, (what: unknown) => violations.push(what))
  const asked: (readonly [string, Payload])[] = []
  const answers: Record<string, (params: Payload) => Payload> = {}
  const handler = async ({ method = '', params = {} }: { method?: string; params?: Payload }) => {
    asked.push([method, params])
    return answers[method]?.(params) ?? { status: 'Accepted' }
  }
  ;(client.handle as unknown as (handler: unknown) => void).call(client, handler)
  await client.connect()
  endings.push(() => client.close({ force: true } as never))
  return { client, violations, asked, answers, say: async (method: string, params: Payload) => (await client.call(method, params as never)) as Payload }
}

const time = '2026-03-01T08:00:00.000Z'
const card = { idToken: '04A2B3C4', type: 'ISO14443' }
const boot = { chargingStation: { vendorName: 'Foreign', model: 'Two' }, reason: 'PowerUp' }

describe('a foreign charge point of OCPP 2.0.1', () => {
  test('has a session: boot, statuses, a card, a transaction; and is asked for everything in between', async () => {
    const { system, door, dispatch } = await open({}, { cards: ['04A2B3C4'] })
    const frames: unknown[] = []
    system.frames.on((frame) => frames.push(frame))
    const { say, answers, asked, violations } = await chargePoint(door, 'CP-1')
    expect(await say('BootNotification', boot)).toMatchObject({ status: 'Accepted', interval: 300 })
    await say('StatusNotification', { timestamp: time, connectorStatus: 'Available', evseId: 1, connectorId: 1 })
    expect(await say('Authorize', { idToken: card })).toEqual({ idTokenInfo: { status: 'Accepted' } })
    expect(await dispatch('CP-1', { kind: 'start', evse: 1, tag: '04A2B3C4' })).toMatchObject({ kind: 'answered', isAccepted: true })
    const remoteStartId = asked[0]?.[1]['remoteStartId']
    const event = (eventType: string, seqNo: number, value: number, more: Payload = {}, info: Payload = {}) =>
      say('TransactionEvent', {
        ...{ eventType, seqNo, timestamp: `2026-03-01T08:0${seqNo}:00.000Z`, triggerReason: 'RemoteStart' },
        ...{ transactionInfo: { transactionId: 'b6c1f1c0-0000-4000-8000-000000000001', ...info } },
        meterValue: [{ timestamp: time, sampledValue: [{ value, unitOfMeasure: { unit: 'kWh' } }] }],
        ...more,
      })
    const started = await event('Started', 0, 1, { evse: { id: 1, connectorId: 1 }, idToken: card }, { remoteStartId, chargingState: 'Charging' })
    expect(started).toEqual({ idTokenInfo: { status: 'Accepted' } })
    expect(await dispatch('CP-1', { kind: 'limit', evse: 1, limit: { watts: 3_700 } })).toMatchObject({ status: 'Accepted' })
    expect(await event('Updated', 1, 2)).toEqual({})
    expect(await dispatch('CP-1', { kind: 'limit', evse: 1 })).toMatchObject({ isAccepted: true })
    expect(await dispatch('CP-1', { kind: 'stop', transaction: 1 })).toMatchObject({ isAccepted: true })
    expect(await event('Ended', 2, 5.2, {}, { stoppedReason: 'Remote' })).toEqual({})
    expect(system.transactions.ended).toMatchObject([{ start: { connectorId: 1, meterStart: 1_000 }, stop: { meterStop: 5_200, reason: 'Remote' } }])
    answers['GetVariables'] = ({ getVariableData }) => ({
      getVariableResult: (getVariableData as Payload[]).map((each) => ({ ...each, attributeStatus: 'Accepted', attributeValue: '300' })),
    })
    answers['SetVariables'] = ({ setVariableData }) => ({
      setVariableResult: (setVariableData as Payload[]).map(({ component, variable }) => ({ component, variable, attributeStatus: 'RebootRequired' })),
    })
    expect(await dispatch('CP-1', { kind: 'readConfiguration', keys: ['OCPPCommCtrlr.HeartbeatInterval'] })).toMatchObject({
      configuration: [{ key: 'OCPPCommCtrlr.HeartbeatInterval', value: '300' }],
    })
    expect(await dispatch('CP-1', { kind: 'changeConfiguration', key: 'SecurityCtrlr.BasicAuthPassword', value: 'opensesame-opensesame' })).toMatchObject({
      status: 'RebootRequired',
      isAccepted: true,
    })
    expect(frames.length).toBeGreaterThan(20)
    expect(JSON.stringify(frames)).not.toContain('opensesame')
    expect(violations).toEqual([])
    expect(asked.map(([method]) => method)).toEqual([
      ...['RequestStartTransaction', 'SetChargingProfile', 'ClearChargingProfile', 'RequestStopTransaction'],
      ...['GetVariables', 'SetVariables'],
    ])
  })

  test('tells all of its device model, in parts', async () => {
    const { door, dispatch } = await open()
    const { say, answers, violations } = await chargePoint(door, 'CP-1')
    const told: Promise<unknown>[] = []
    answers['GetBaseReport'] = ({ requestId }) => {
      for (const seqNo of [0, 1, 2]) {
        const attribute = seqNo === 2 ? { mutability: 'WriteOnly' } : { value: `${seqNo}` }
        const reportData = [{ component: { name: 'EVSE', evse: { id: seqNo } }, variable: { name: 'Power' }, variableAttribute: [attribute] }]
        told.push(say('NotifyReport', { requestId, generatedAt: time, seqNo, tbc: seqNo < 2, reportData }))
      }
      return { status: 'Accepted' }
    }
    expect(await dispatch('CP-1', { kind: 'readConfiguration', keys: [] })).toMatchObject({
      configuration: [
        { key: 'EVSE[0].Power', value: '0' },
        { key: 'EVSE[1].Power', value: '1' },
        { key: 'EVSE[2].Power', value: undefined },
      ],
    })
    expect(await Promise.all(told)).toEqual([{}, {}, {}])
    expect(violations).toEqual([])
  })

  test('is answered by the schema whatever it sends, and asked by the schema whatever it is asked', async () => {
    const { door, dispatch } = await open()
    const { say, asked, violations } = await chargePoint(door, 'CP-1')
    const sentBy = (sender: string) => [...messages201].flatMap(([action, entry]) => (entry.sender === sender || entry.sender === 'both' ? [action] : []))
    expect(Object.keys(examples201.fromStation).toSorted()).toEqual(sentBy('chargePoint').toSorted())
    for (const [action, payload] of Object.entries(examples201.fromStation)) expect([action, typeof (await say(action, payload))]).toEqual([action, 'object'])
    expect(Object.keys(examples201.toStation).toSorted()).toEqual(sentBy('centralSystem').toSorted())
    for (const [action, payload] of Object.entries(examples201.toStation)) {
      const answer = await dispatch('CP-1', { kind: 'message', action, payload })
      // `{ status: 'Accepted' }` is no answer to some of them: the charge point refuses to send it.
      expect([action, ['answered', 'refused'].includes(answer.kind)]).toEqual([action, true])
    }
    expect(asked.map(([method]) => method)).toEqual(Object.keys(examples201.toStation))
    expect(violations.filter((each) => (each as { outbound?: boolean }).outbound !== true)).toEqual([])
  })
})

describe('one port', () => {
  test('for both versions: the order of the station decides, and the next connection may be of the other one', async () => {
    const { system, door } = await open()
    const first = await chargePoint(door, 'CP-1', { protocols: ['ocpp1.6', 'ocpp2.0.1'] })
    expect(await first.say('BootNotification', { chargePointVendor: 'Foreign', chargePointModel: 'One' })).toMatchObject({ status: 'Accepted' })
    expect(system.stations).toMatchObject([{ version: '1.6', make: { model: 'One' } }])
    const second = await chargePoint(door, 'CP-1', { protocols: ['ocpp2.0.1', 'ocpp1.6'] })
    expect(await second.say('BootNotification', boot)).toMatchObject({ status: 'Accepted' })
    expect(system.stations).toMatchObject([{ version: '2.0.1', make: { model: 'Two' }, isConnected: true }])
    expect([...first.violations, ...second.violations]).toEqual([])
  })

  test('where a password is wanted opens to that alone', async () => {
    const { door } = await open({ isAuthorized: async (station, password) => station === 'OPEN' || Buffer.from(password ?? '').toString() === 'opensesame' })
    await chargePoint(door, 'OPEN')
    await chargePoint(door, 'CP-1', { password: 'opensesame' })
    await expect(chargePoint(door, 'CP-1', { password: 'wrong' })).rejects.toThrow(/401|Unauthorized/i)
    await expect(chargePoint(door, 'CP-1')).rejects.toThrow(/401|Unauthorized/i)
  })

  test('turns strangers away, and everybody when nobody can say who is known', async () => {
    const { door } = await open({ isKnown: async (station) => station === 'CP-1' || (station === 'BROKEN' && Promise.reject(new Error('no database'))) })
    await chargePoint(door, 'CP-1')
    await expect(chargePoint(door, 'CP-2')).rejects.toThrow(/404|Not Found/i)
    await expect(chargePoint(door, 'BROKEN')).rejects.toThrow(/503|Unavailable/i)
  })

  test('speaks TLS with a certificate of its own; files that are none are told by their flags', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pilotwire-tls-'))
    endings.push(() => rmSync(directory, { recursive: true, force: true }))
    const [cert, key, other, none] = ['cert.pem', 'key.pem', 'other.pem', 'none.pem'].map((name) => join(directory, name)) as [string, string, string, string]
    const make = (keyOut: string, out: string) =>
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=localhost',
          '-addext',
          'subjectAltName=IP:127.0.0.1',
          '-keyout',
          keyOut,
          '-out',
          out,
        ],
        { stdio: 'ignore' },
      )
    make(other, join(directory, 'unused.pem'))
    make(key, cert)
    writeFileSync(none, 'nothing')
    const { door } = await open({ tls: { cert, key } })
    expect(door.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/)
    const { say } = await chargePoint(door, 'CP-1', { ca: execFileSync('cat', [cert], { encoding: 'utf8' }) })
    expect(await say('BootNotification', boot)).toMatchObject({ status: 'Accepted' })
    await expect(chargePoint(door, 'CP-2')).rejects.toThrow(/self.signed/i)
    await expect(open({ tls: { cert: none, key } })).rejects.toThrow(/--tls-cert: .*none\.pem is no certificate/)
    await expect(open({ tls: { cert, key: other } })).rejects.toThrow(/--tls-key: .*other\.pem is not the key of that certificate/)
    await expect(open({ tls: { cert, key: join(directory, 'absent') } })).rejects.toThrow(/--tls-key: .*absent cannot be read/)
  })
})
