import { expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import { violationOf } from '../../src/ocpp/message.ts'
import { exampleRequests, ownMessages16 } from '../../src/ocpp16/example-requests.ts'
import { bootRequest } from '../../src/run/core.ts'
import { messageDesk } from '../../src/run/message-desk.ts'
import { type WorldOptions, world } from '../stories/world.ts'

async function bench(options: WorldOptions = {}) {
  const at = await world(options)
  const { door, core, identity } = at.station
  return { ...at, desk: messageDesk({ door, core, clock: at.clock, defaultTag: 'CARD', boot: bootRequest(identity) }) }
}
async function settled<T>(at: { readonly clock: { advance(by: number): Promise<void> } }, answer: Promise<T>): Promise<T> {
  await at.clock.advance(seconds(60))
  return answer
}

test('there is an example of every message that a charge point may send, and each of them fits', async () => {
  const at = await bench()
  expect(at.desk.actions.map(({ action }) => action).toSorted()).toEqual([...ownMessages16.keys()].toSorted())
  for (const { action, example } of at.desk.actions) {
    const message = ownMessages16.get(action)
    if (message === undefined) throw new Error(action)
    expect(violationOf(message.request, example), action).toBeUndefined()
  }
})

test('examples name the transaction that runs', async () => {
  const at = await bench()
  at.plant.plugIn()
  await at.swipe('CARD')
  await at.until(() => at.status() === 'charging')
  const example = at.desk.actions.find(({ action }) => action === 'StopTransaction')?.example
  expect(example).toMatchObject({ transactionId: at.station.door.numberOf(at.core.view(1).transaction?.id ?? '') })
  const boot = { chargePointVendor: 'v', chargePointModel: 'm' }
  expect(exampleRequests({ now: at.clock.now(), idTag: 'A', transactionId: undefined, meterWh: 0, boot }).MeterValues).not.toHaveProperty('transactionId')
})

test('a message by hand is sent and its answer told', async () => {
  const at = await bench()
  expect(await settled(at, at.desk.send('DataTransfer', { vendorId: 'Acme' }))).toMatchObject({ kind: 'answered', payload: { status: expect.any(String) } })
  expect(at.sent('DataTransfer').map(({ payload }) => payload)).toEqual([{ vendorId: 'Acme' }])
})

test('a start by hand starts nothing at the charger', async () => {
  const at = await bench()
  const example = at.desk.actions.find(({ action }) => action === 'StartTransaction')?.example
  expect(await settled(at, at.desk.send('StartTransaction', example))).toMatchObject({ kind: 'answered' })
  expect(at.core.view(1).transaction).toBeUndefined()
})

test('what does not fit its declaration is not sent', async () => {
  const at = await bench()
  const before = at.sent().length
  expect(await at.desk.send('Authorize', { idTag: 5 })).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('idTag') })
  expect(await at.desk.send('Reset', { type: 'Soft' })).toMatchObject({ kind: 'invalid' })
  expect(at.sent()).toHaveLength(before)
})

test('offline nobody answers', async () => {
  const at = await bench({ offline: true })
  expect(await settled(at, at.desk.send('Heartbeat', {}))).toEqual({ kind: 'unanswered' })
})
