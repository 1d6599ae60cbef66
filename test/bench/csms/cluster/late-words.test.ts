import { expect, test } from 'vitest'
import { millis } from '../../../../src/base/units.ts'
import { root, start, world } from './members.ts'

/** Two processes, and the run of the second. */
async function two() {
  const { clock, broker, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  const [topic = ''] = [...broker.retained].find(([name, payload]) => name.startsWith(`${root}/process/`) && payload.includes('"b"')) ?? []
  return { clock, broker, a, b, runOfB: topic.slice(`${root}/process/`.length) }
}

test('of two claims to a station the later one counts, in whichever order they come', async () => {
  const { clock, broker, a, runOfB } = await two()
  a.comes('CP-1')
  await clock.settle()
  broker.publish(`${root}/station/CP-1`, JSON.stringify({ run: runOfB, stamp: 1 }), { isRetained: true })
  await clock.settle()
  expect(a.dropped).toEqual([])
  // And everybody is told again who holds it.
  expect(broker.retained.get(`${root}/station/CP-1`)).not.toContain(runOfB)
})

test('frames for which nobody asked here are told to nobody', async () => {
  const { clock, broker, a, runOfB } = await two()
  const frame = { charger_id: 'CP-1', at: '2026-05-01T08:00:00.000Z', direction: 'in', kind: 'call', payload: {} }
  const tell = async () => {
    broker.publish(`${root}/live/${runOfB}`, JSON.stringify({ chargers: [], transactions: [], sites: [], frames: [frame] }))
    await clock.settle()
  }
  await tell()
  expect(a.heard).toEqual([])
  const stop = a.cluster.live.watch?.('CP-1')
  await tell()
  expect(a.heard.length).toBe(1)
  stop?.()
  await tell()
  expect(a.heard.length).toBe(1)
})

test('a process takes so many commands of others at once, and no more', async () => {
  const { clock, broker, a, runOfB } = await two()
  const [topic = ''] = [...broker.retained].find(([name, payload]) => name.startsWith(`${root}/process/`) && payload.includes('"a"')) ?? []
  a.comes('CP-1')
  const hanging = Promise.withResolvers<Awaited<ReturnType<typeof a.ask>>>()
  a.answers(hanging.promise)
  const ask = (count: number) =>
    broker.publish(topic.replace('/process/', '/ask/'), JSON.stringify({ station: 'CP-1', request: start }), {
      respondTo: `${root}/answer/${runOfB}`,
      correlation: `${count}`,
    })
  for (let count = 0; count < 600; count++) ask(count)
  await clock.settle()
  expect(a.asked.length).toBe(500)
  hanging.resolve({ kind: 'disconnected' })
  await clock.settle()
  ask(600)
  await clock.settle()
  expect(a.asked.length).toBe(501)
})
