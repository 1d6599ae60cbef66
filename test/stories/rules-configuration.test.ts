import { describe, expect, test } from 'vitest'
import type { Log } from '../../src/base/log.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Message, RequestOf } from '../../src/ocpp/message.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { GetLocalListVersion } from '../../src/ocpp16/messages/local-auth-list.ts'
import { TriggerMessage } from '../../src/ocpp16/messages/remote-trigger.ts'
import { CancelReservation } from '../../src/ocpp16/messages/reservation.ts'
import { ClearChargingProfile, GetCompositeSchedule } from '../../src/ocpp16/messages/smart-charging.ts'
import { killed } from './restarts.ts'
import { socketBoard, type World, withEvses, world } from './world.ts'

// OCPP 1.6 §5.3, §5.8, §9: configuration, and what is answered when something is not there.

const ask = async <M extends Message>(w: World, message: M, request: RequestOf<M>) => {
  const asked = w.csms.call('CP-1', message, request)
  await w.clock.advance(seconds(1))
  return asked
}
const answered = (status: string) => ({ kind: 'result', payload: { status } })
const change = (w: World, key: string, value: string) => ask(w, core.ChangeConfiguration, { key, value })
const get = async (w: World, key?: string[]) => {
  const outcome = await ask(w, core.GetConfiguration, key === undefined ? {} : { key })
  if (outcome.kind !== 'result') throw new Error(`not answered: ${JSON.stringify(outcome)}`)
  return outcome.payload
}
const valueAt = async (w: World, key: string) => (await get(w, [key])).configurationKey?.[0]?.value

describe('GetConfiguration', () => {
  test('without keys tells all, a length beside what it is the length of, each with its value, and not a word of the password', async () => {
    const { configurationKey = [], unknownKey } = await get(await world())
    expect(unknownKey).toBeUndefined()
    const names = configurationKey.map(({ key }) => key)
    expect(names.length).toBeGreaterThan(30)
    for (const [at, name] of names.entries()) if (name.endsWith('DataMaxLength')) expect(`${names[at - 1]}MaxLength`).toBe(name)
    expect(configurationKey.filter(({ key, value }) => value === undefined || key === 'AuthorizationKey')).toEqual([])
    expect(configurationKey.every(({ value = '' }) => value.length <= 500)).toBe(true)
  })
  test('finds keys whatever their case, each once, and names those it does not know', async () => {
    const w = await world({ board: withEvses(2) })
    expect(await get(w, ['numberofconnectors', 'NUMBEROFCONNECTORS', 'Nonsense', 'CpoName'])).toEqual({
      configurationKey: [{ key: 'NumberOfConnectors', readonly: true, value: '2' }],
      unknownKey: ['Nonsense', 'CpoName'],
    })
  })
  test('with more keys than GetConfigurationMaxKeys is refused, whichever they are', async () => {
    const w = await world({ settings: { GetConfigurationMaxKeys: '3' } })
    const four = ['HeartbeatInterval', 'ResetRetries', 'x', 'y']
    expect(await ask(w, core.GetConfiguration, { key: four })).toMatchObject({ kind: 'error', code: 'OccurenceConstraintViolation' })
    expect((await get(w, four.slice(0, 3))).unknownKey).toEqual(['x'])
    expect((await get(w)).configurationKey?.length).toBeGreaterThan(3)
  })
})

describe('ChangeConfiguration', () => {
  test.each([
    ['HeartbeatInterval', '60', 'Accepted'],
    ['heartbeatinterval', '60', 'Accepted'],
    ['HeartbeatInterval', '-1', 'Rejected'],
    ['HeartbeatInterval', 'soon', 'Rejected'],
    ['WebSocketPingInterval', '-1', 'Rejected'],
    ['WebSocketPingInterval', '0', 'Accepted'],
    ['NumberOfConnectors', '2', 'Rejected'],
    ['SupportedFeatureProfiles', 'Core', 'Rejected'],
    ['GetConfigurationMaxKeys', '5', 'Rejected'],
    ['MeterValuesSampledDataMaxLength', '5', 'Rejected'],
    ['Nonsense', '1', 'NotSupported'],
    ['LocalAuthListEnabled', 'true', 'Accepted'],
    ['CpoName', 'Pilotwire', 'NotSupported'],
    ['MeterValuesSampledData', 'Voltage,SoC', 'Rejected'],
    ['LocalPreAuthorize', '1', 'Rejected'],
  ])('%s = %s: %s', async (key, value, status) => {
    expect(await change(await world(), key, value)).toMatchObject(answered(status))
  })
  test('what was changed wins over the factory, also after a restart', async () => {
    const settings = { MeterValueSampleInterval: '30', ConnectionTimeOut: '45' }
    const first = await world({ settings })
    await change(first, 'MeterValueSampleInterval', '20')
    const w = await killed(first, { settings })
    expect([await valueAt(w, 'MeterValueSampleInterval'), await valueAt(w, 'ConnectionTimeOut')]).toEqual(['20', '45'])
  })
  test('a fixed cable is never unlocked: the key says so and cannot be changed (errata 3.83)', async () => {
    const w = await world({ board: { ...socketBoard, evses: socketBoard.evses.map((evse) => ({ ...evse, cable: 'fixed' as const })) } })
    expect((await get(w, ['UnlockConnectorOnEVSideDisconnect'])).configurationKey).toEqual([
      { key: 'UnlockConnectorOnEVSideDisconnect', readonly: true, value: 'false' },
    ])
    expect(await change(w, 'UnlockConnectorOnEVSideDisconnect', 'true')).toMatchObject(answered('Rejected'))
  })
  test('the greatest interval of all is no flood', async () => {
    const w = await world()
    for (const key of [
      'MeterValueSampleInterval',
      'ClockAlignedDataInterval',
      'WebSocketPingInterval',
      'ConnectionTimeOut',
      'MinimumStatusDuration',
      'TransactionMessageRetryInterval',
    ]) {
      expect(await change(w, key, '2147483647')).toMatchObject(answered('Accepted'))
    }
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.clock.advance(minutes(10))
    expect(w.sent().length).toBeLessThan(12)
  })
})

describe('AuthorizationKey', () => {
  const secret = 'c0ffee00c0ffee00c0ffee00c0ffee00'
  test('goes into no answer, no log and no tap; the answer leaves first, then the new key is used', async () => {
    const lines: string[] = []
    const note = (...parts: unknown[]) => void lines.push(JSON.stringify(parts))
    const log: Log = { debug: note, info: note, warn: note, error: note, with: () => log }
    const w = await world({ parts: { log } })
    const dials: (Uint8Array | undefined)[] = []
    w.network.accepted.on(({ address }) => dials.push(address.password))
    const tapped: string[] = []
    w.station.door.peer.frames.on((frame) => tapped.push(JSON.stringify(frame)))
    expect(await change(w, 'AuthorizationKey', secret)).toMatchObject(answered('Accepted'))
    await w.clock.advance(minutes(1))
    expect(dials.map((password) => password && Buffer.from(password).toString('hex'))).toEqual([secret])
    expect(await get(w, ['authorizationkey'])).toEqual({ unknownKey: ['authorizationkey'] })
    expect(tapped.length).toBeGreaterThan(2)
    expect(lines.length).toBeGreaterThan(2)
    expect(
      [...tapped, ...lines].filter((line) => line.includes(secret) || line.toLowerCase().includes(Buffer.from(secret).toString('base64').toLowerCase())),
    ).toEqual([])
  })
  test('a mere reconnection for it sends no BootNotification, and no message is lost', async () => {
    const w = await world()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await change(w, 'AuthorizationKey', secret)
    await w.clock.advance(minutes(5))
    expect(w.sent('BootNotification')).toHaveLength(1)
    expect(w.csms.transactions.running[0]?.samples).toHaveLength(5)
  })
  test('one that cannot be a password is refused', async () => {
    const w = await world()
    for (const value of ['', 'x'.repeat(65), 'two\nlines']) expect(await change(w, 'AuthorizationKey', value)).toMatchObject(answered('Rejected'))
    expect(w.network.dialled).toBe(1)
  })
})

describe('what is not there', () => {
  const others = [...messages16.values()]
    .filter(({ profile, sender }) => sender !== 'chargePoint' && profile !== 'Core' && profile !== 'Security')
    .map(({ message }) => message)
  test.each(others.map((message) => [message.action, message] as const))('%s is NotSupported', async (_action, message) => {
    expect(await ask(await world({ settings: { SupportedFeatureProfiles: 'Core' } }), message, {})).toMatchObject({ kind: 'error', code: 'NotSupported' })
  })
  test('there are some', () => {
    const actions = others.map(({ action }) => action)
    expect(actions).toEqual(
      expect.arrayContaining([GetLocalListVersion, CancelReservation, ClearChargingProfile, GetCompositeSchedule].map(({ action }) => action)),
    )
    expect(actions).toHaveLength(10)
  })
  test('an action that OCPP 1.6 does not know, or that only a station sends, is NotImplemented', async () => {
    const w = await world()
    for (const action of ['MakeCoffee', 'BootNotification', 'toString', '__proto__']) {
      expect(await ask(w, { ...core.ClearCache, action }, {})).toMatchObject({ kind: 'error', code: 'NotImplemented' })
    }
  })
  test('a profile that the factory left out is NotSupported, and Core cannot be left out', async () => {
    const w = await world({ settings: { SupportedFeatureProfiles: 'Core' } })
    expect(await ask(w, TriggerMessage, { requestedMessage: 'Heartbeat' })).toMatchObject({ kind: 'error', code: 'NotSupported' })
    expect(await valueAt(w, 'SupportedFeatureProfiles')).toBe('Core')
    await expect(world({ settings: { SupportedFeatureProfiles: 'RemoteTrigger' } })).rejects.toThrow(/SupportedFeatureProfiles/)
  })
  test.each(['DiagnosticsStatusNotification', 'FirmwareStatusNotification'] as const)('TriggerMessage(%s) is NotImplemented', async (requestedMessage) => {
    expect(await ask(await world(), TriggerMessage, { requestedMessage })).toMatchObject(answered('NotImplemented'))
  })
  test('a TriggerMessage of any other name is refused, and the station goes on', async () => {
    const w = await world()
    for (const requestedMessage of ['', 'StartTransaction', 'toString', '__proto__']) {
      expect(await ask(w, TriggerMessage, { requestedMessage } as never)).toMatchObject({ kind: 'error', code: 'PropertyConstraintViolation' })
    }
    expect(await ask(w, TriggerMessage, { requestedMessage: 'Heartbeat', connectorId: 99 })).toMatchObject(answered('Accepted'))
  })
  test('DataTransfer of any vendor is UnknownVendorId', async () => {
    expect(await ask(await world(), core.DataTransfer, { vendorId: 'org.openchargealliance.costmsg', messageId: 'x', data: '{}' })).toMatchObject(
      answered('UnknownVendorId'),
    )
  })
})

describe('a request that does not fit its declaration is told what is wrong', () => {
  test.each([
    ['a missing field', core.ChangeConfiguration, { key: 'x' }, 'OccurenceConstraintViolation'],
    ['a wrong type', core.UnlockConnector, { connectorId: '1' }, 'TypeConstraintViolation'],
    ['a value of no list', core.Reset, { type: 'Medium' }, 'PropertyConstraintViolation'],
    ['a text that is too long', core.RemoteStartTransaction, { idTag: 'x'.repeat(21) }, 'PropertyConstraintViolation'],
    ['a field too many', core.ClearCache, { colour: 'red' }, 'FormationViolation'],
  ])('%s', async (_what, message, request, code) => {
    const w = await world()
    expect(await ask(w, message as Message, request)).toMatchObject({ kind: 'error', code })
    expect(w.status()).toBe('available')
  })
})
