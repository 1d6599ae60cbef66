import { expect, onTestFinished, test } from 'vitest'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seconds } from '../../../src/base/units.ts'
import { frameRules } from './frame-rules.ts'
import { rig } from './rig.ts'
import { traffic } from './traffic.ts'

// The cases are worth what their rig notices.

async function booted() {
  const t = await rig()
  onTestFinished(t.close)
  await t.boots()
  return t
}

test('a CALL that the script does not expect fails the case, at once or at its end', async () => {
  const t = await booted()
  t.plugIn()
  await expect(t.expects('Authorize')).rejects.toThrow(/StatusNotification/)
  t.unplug()
  await t.passes(seconds(5))
  await expect(t.end()).rejects.toThrow()
})

test('a CALL that does not come fails the case', async () => {
  const t = await booted()
  await expect(t.expects('Authorize', {}, seconds(5))).rejects.toThrow('nothing came within 5000 ms; expected Authorize')
})

test('what comes before the answer to a question fails the case', async () => {
  const t = await booted()
  await t.charges()
  await expect(t.asks('UnlockConnector', { connectorId: 1 })).rejects.toThrow('StopTransaction, StatusNotification came before the answer')
})

test('a script asks nothing that the schemas do not know', async () => {
  const t = await booted()
  await expect(t.asks('Reset', { type: 'Medium' })).rejects.toThrow('Reset.req')
})

test('simulated time stands still while something is on its way', async () => {
  const road = traffic()
  const clock = simulatedClock()
  const arrives = road.begins()
  let hasRested = false
  const rests = road.rest(clock).then(() => {
    hasRested = true
  })
  for (let turn = 0; turn < 20; turn++) await clock.settle()
  expect(hasRested).toBe(false)
  arrives()
  arrives()
  await rests
  await expect(road.during(Promise.reject(new Error('cut')))).rejects.toThrow('cut')
  await road.rest(clock)
})

test('every rule of the frames can be broken', () => {
  const broken = (...frames: readonly (readonly unknown[])[]) => {
    const rules = frameRules(() => 0)
    for (const frame of frames) rules.sends(JSON.stringify(frame))
    return rules.broken.join()
  }
  const status = (connectorId: number, is: string, errorCode = 'NoError') => ({ connectorId, status: is, errorCode })
  const told = (id: string, ...about: Parameters<typeof status>) => [2, id, 'StatusNotification', status(...about)]
  expect(broken([2, '1', 'Heartbeat', {}])).toBe('')
  expect(broken([2, '1', 'Heartbeat', { at: 1 }])).toContain('Heartbeat.req')
  expect(broken([2, '1', 'Heartbeat', {}], [2, '2', 'Heartbeat', {}])).toContain('another CALL')
  expect(broken([2, 'x'.repeat(37), 'Heartbeat', {}])).toContain('36 characters')
  expect(broken([3, '1', {}])).toContain('no question')
  expect(broken(told('1', 0, 'Charging'))).toContain('connector 0')
  expect(broken(told('1', 1, 'Faulted'))).toContain('Faulted with NoError')
  const rules = frameRules(() => 0)
  rules.gets('[2,"1","Reset",{"type":"Soft"}]')
  rules.sends('[3,"1",{"status":"Perhaps"}]')
  expect(rules.broken.join()).toContain('Reset.conf')
  for (const [id, is] of [
    ['2', 'Available'],
    ['3', 'Finishing'],
  ] as const) {
    rules.sends(JSON.stringify(told(id, 1, is)))
    rules.gets(`[3,"${id}",{}]`)
  }
  expect(rules.broken.at(-1)).toBe('connector 1: Available to Finishing is not in the matrix')
})
