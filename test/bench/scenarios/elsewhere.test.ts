import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { played, scenarioOf } from './played.ts'

/** Another central system, which sends ClearCache by itself, and then what is no frame. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'ocpp1.6' })
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const [kind, id, action] = JSON.parse(String(data)) as [number, string, string]
    if (kind !== 2) return socket.send('nonsense')
    const isBoot = action === 'BootNotification'
    socket.send(JSON.stringify([3, id, isBoot ? { status: 'Accepted', currentTime: new Date(Date.UTC(2026, 2, 1)).toISOString(), interval: 300 } : {}]))
    if (isBoot) socket.send('[2,"theirs","ClearCache",{}]')
  })
})
beforeAll(async () => {
  if (server.address() === null) await once(server, 'listening')
})
afterAll(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})

test('another central system is waited for and held against OCPP; with leniency what departs is only told', async () => {
  const path = scenarioOf('  - {csms: ClearCache, with: {}, orAwait: 10s, answer: {status: $any}}\n  - await: Online\n')
  const asked: string[] = []
  const options = {
    csms: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ocpp`,
    time: 'real',
    asks: (words: string) => void asked.push(words),
  } as const
  const [strict, lenient] = await Promise.all([played(path, options), played(path, { ...options, id: 'CP-2', isLenient: true })])
  expect(asked[0]).toMatch(/waits 10s for ClearCache from the central system/)
  expect(strict).toMatchObject({ outcome: 'failed', words: expect.stringMatching(/not as OCPP 1\.6 declares them.*\n.*no OCPP frame: not JSON/) })
  expect(lenient).toMatchObject({ outcome: 'passed', remarks: [expect.stringContaining('no OCPP frame')] })
})
