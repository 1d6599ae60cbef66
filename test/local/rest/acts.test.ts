import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { door, type Rig, rig } from './rig.ts'

async function charging(): Promise<Rig & Awaited<ReturnType<typeof door>>> {
  const at = await rig()
  at.plant.plugIn()
  await at.swipe('CARD')
  await at.until(() => at.status() === 'charging')
  return { ...at, ...(await door(at)) }
}
const outlet = '/api/v1/evses/1'

describe('what is asked of the charger over REST', () => {
  test('a limit with a time to live ends by itself, and one without stays until it is lifted', async () => {
    const at = await charging()
    expect(await at.ask('PUT', `${outlet}/limit`, { amps: 10, ttlS: 60 })).toMatchObject({ status: 200, body: { reply: 'done' } })
    expect(at.core.view(1).offered).toMatchObject({ amps: 10, heldBy: 'local' })
    await at.clock.advance(seconds(61))
    expect(at.core.local.limitOf(1)).toBeUndefined()
    await at.ask('PUT', `${outlet}/limit`, { amps: 7.5 })
    await at.clock.advance(minutes(60))
    expect(at.core.local.limitOf(1)).toBe(7.5)
    expect(await at.ask('PUT', `${outlet}/limit`, { amps: 1e-9 })).toMatchObject({ status: 200 })
    expect(at.core.local.limitOf(1)).toBe(0)
    await at.ask('DELETE', `${outlet}/limit`)
    expect(at.core.local.limitOf(1)).toBeUndefined()
  })

  test('a session is started, paused and stopped; the words of a refusal are the charger’s own', async () => {
    const at = await charging()
    expect(await at.ask('POST', `${outlet}/start`, { idTag: 'OTHER' })).toMatchObject({
      status: 409,
      body: { title: 'The charger says no', detail: 'connector 1 has a transaction already, of tag CARD' },
    })
    await at.ask('PUT', `${outlet}/enabled`, { enabled: false })
    await at.until(() => at.status() === 'suspendedEvse')
    expect((await at.ask('GET', outlet)).body).toMatchObject({ words: 'Paused: the owner disabled it', isEnabled: false })
    await at.ask('PUT', `${outlet}/enabled`, { enabled: true })
    await at.until(() => at.status() === 'charging')
    expect(await at.ask('POST', `${outlet}/stop`)).toMatchObject({ status: 200, body: { reply: 'stopped' } })
    await at.until(() => at.core.view(1).transaction === undefined)
    expect((await at.ask('GET', '/api/v1/sessions')).body).toMatchObject({ total: 1, sessions: [{ token: 'CARD', reason: 'local' }] })
  })

  test('a card with a blank in its number stays one word', async () => {
    const at = await rig()
    const { ask } = await door(at)
    expect(await ask('POST', `${outlet}/start`, { idTag: 'MY CARD 1' })).toMatchObject({ status: 200 })
    expect(at.core.view(1).waitingToken).toBe('MY CARD 1')
  })

  test('a card that is a dash is a card, and not the usual one', async () => {
    const at = await rig()
    const { ask } = await door(at)
    expect(await ask('POST', `${outlet}/start`, { idTag: '-' })).toMatchObject({ status: 200 })
    expect(at.core.view(1).waitingToken).toBe('-')
  })

  test('the car is changed on the bench', async () => {
    const at = await charging()
    const wish = { wantsAmps: 12, phases: 1, fullAfterWh: 100_000, batteryWh: 40_000, chargePercent: 55 }
    expect(await at.ask('PUT', `${outlet}/ev`, wish)).toMatchObject({ status: 200 })
    expect(at.plant.ev).toMatchObject({ wantsAmps: 12, phases: 1, batteryWh: 40_000, charge: 0.55 })
    await at.ask('PUT', `${outlet}/ev`, { suspended: true })
    await at.until(() => at.status() === 'suspendedEv')
    expect(await at.ask('PUT', `${outlet}/ev`, { chargePercent: 5 })).toMatchObject({ status: 422, body: { field: 'body.batteryWh' } })
  })

  test('what is broken is told with its remedy, and mended', async () => {
    const at = await charging()
    await at.ask('POST', `${outlet}/faults`, { name: 'meterLost' })
    await at.until(() => at.status() === 'faulted')
    expect((await at.ask('GET', outlet)).body).toMatchObject({ faults: [{ fault: 'meterLost', remedy: expect.stringContaining('wires') }] })
    await at.ask('DELETE', `${outlet}/faults`)
    await at.until(() => at.status() !== 'faulted')
    expect(await at.ask('POST', `${outlet}/faults`, { name: 'everything' })).toMatchObject({ status: 422, body: { field: 'body.name' } })
  })

  test('the cards that were learnt are listed and forgotten', async () => {
    const at = await charging()
    expect((await at.ask('GET', '/api/v1/tokens')).body).toMatchObject([{ token: 'card', source: 'cache', status: 'accepted', expiresAt: null }])
    expect(await at.ask('DELETE', '/api/v1/tokens')).toMatchObject({ status: 200, body: { reply: 'the cache is empty' } })
    expect((await at.ask('GET', '/api/v1/tokens')).body).toEqual([])
    await at.ask('PUT', '/api/v1/settings/AuthorizationCacheEnabled', { value: 'false' })
    expect(await at.ask('DELETE', '/api/v1/tokens')).toMatchObject({ status: 409 })
  })

  test('a secret setting is written, and told nowhere', async () => {
    const at = await charging()
    const secret = 'kd7m-p3xq-9w2c-kd7m'
    expect(await at.ask('PUT', '/api/v1/settings/authorizationkey', { value: secret })).toMatchObject({ status: 200, body: { value: null } })
    const long = await at.ask('PUT', '/api/v1/settings/AuthorizationKey', { value: secret.repeat(40) })
    const all = await Promise.all(['/settings', '/frames', '/ledger', '/log', '/connection'].map((path) => at.ask('GET', `/api/v1${path}`)))
    expect(long.status).toBe(422)
    expect(JSON.stringify([long, ...all])).not.toContain(secret)
    expect(await at.ask('PUT', '/api/v1/settings/NumberOfConnectors', { value: '3' })).toMatchObject({ status: 409, body: { field: 'path.key' } })
    expect(await at.ask('PUT', '/api/v1/settings/HeartbeatInterval', { value: 'often' })).toMatchObject({ status: 422, body: { field: 'body.value' } })
  })

  test('a password for the central system is taken with its address, and told nowhere', async () => {
    const at = await charging()
    const password = 'kd7m-p3xq-9w2c-kd7m'
    const put = (body: unknown) => at.ask('PUT', '/api/v1/connection', body)
    const wrong = [await put({ password: '' }), await put({ password: 123_456 }), await put({ password: password.repeat(4) })]
    expect(wrong.map(({ status, body }) => [status, (body as { readonly field: string }).field])).toEqual(Array(3).fill([422, 'body.password']))
    expect(await put({ url: 'ws://other', password })).toMatchObject({ status: 200, body: { isChanged: true, hasPassword: true, isPasswordWithheld: false } })
    expect(await put({ url: 'ws://third' })).toMatchObject({ status: 200, body: { hasPassword: false, isPasswordWithheld: false } })
    const all = await Promise.all(['/settings', '/frames', '/ledger', '/log', '/connection'].map((path) => at.ask('GET', `/api/v1${path}`)))
    expect(JSON.stringify([...wrong, ...all])).not.toMatch(new RegExp(`${password}|123456`))
  })

  test('the export is a table that a spreadsheet reads', async () => {
    const at = await rig()
    at.plant.plugIn()
    await at.swipe('=CMD()')
    await at.until(() => at.status() === 'charging')
    await at.clock.advance(minutes(2))
    const { ask } = await door(at)
    const { body, type } = await ask('GET', '/api/v1/sessions-export')
    expect(type).toContain('text/csv')
    const [header, row, end] = String(body).split('\r\n')
    expect(header).toBe('id,evse,token,started_at,ended_at,reason,duration_s,meter_start_wh,meter_wh,energy_wh,peak_w')
    expect(row).toMatch(/^[\w-]+,1,'=CMD\(\),2026-03-01T08:\d\d:\d\d\.\d{3}Z,,,1[12]\d,0,/)
    expect(end).toBe('')
    const id = row?.split(',')[0]
    const trace = String((await ask('GET', `/api/v1/sessions/${id}/csv`)).body)
      .trimEnd()
      .split('\r\n')
    expect(trace[0]).toBe('at,power_w,current_a,offered_a,energy_wh,offered_w')
    expect(trace.length).toBeGreaterThan(10)
  })

  test('frames, the ledger and messages by hand tell the same story', async () => {
    const at = await charging()
    expect(await at.ask('POST', '/api/v1/messages', { action: 'DataTransfer', payload: { vendorId: 'Acme' } })).toMatchObject({
      status: 200,
      body: { kind: 'answered' },
    })
    expect(await at.ask('POST', '/api/v1/messages', { action: 'DataTransfer', payload: {} })).toMatchObject({ status: 422, body: { field: 'body.payload' } })
    const frames = (await at.ask('GET', '/api/v1/frames?action=DataTransfer')).body as readonly { readonly kind: string; readonly latencyMs: number | null }[]
    expect(frames.map(({ kind }) => kind)).toEqual(['call', 'result'])
    expect(frames[1]?.latencyMs).not.toBeNull()
    const ledger = (await at.ask('GET', '/api/v1/ledger?after=0&limit=500')).body
    expect(ledger).toMatchObject({ waiting: 0, undeliverable: [], facts: expect.arrayContaining([expect.objectContaining({ kind: 'transactionStarted' })]) })
  })
})
