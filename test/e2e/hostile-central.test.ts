import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostileCentral } from './hostile.ts'
import { controlOf, freshDirectory, pilotwire } from './program.ts'

const run = (url: string, ...more: string[]) => pilotwire(['run', '--id', 'CP-1', '--csms', url, '--state', freshDirectory(), '--control', '0', ...more])

const answer = (head: string) => `HTTP/1.1 ${head}\r\nConnection: close\r\n\r\n`
/** What a central system does to a handshake, and the words for it. */
const handshakes: readonly (readonly [string | undefined, RegExp])[] = [
  [answer('302 Found\r\nLocation: ws://127.0.0.1:1/'), /"reason":"redirected","error":"the central system redirects \(HTTP 302\), which is not followed/],
  [answer('401 Unauthorized'), /"reason":"unauthorized".*check identity and AuthorizationKey/],
  [answer('404 Not Found'), /"reason":"notFound"/],
  [answer('500 Oops'), /"reason":"http".*HTTP 500/],
  ['SSH-2.0-OpenSSH_9.2\r\n', /speaks no HTTP: check host and port/],
  ['', /hung up during the handshake/],
  [undefined, /"reason":"noSubprotocol"/],
]

test('a handshake that fails is said in one line each: redirects, 401, 404, 500, no HTTP, hanging up, no subprotocol', async () => {
  const left = handshakes.map(([text]) => text)
  const hostile = await hostileCentral({ refuse: () => left.shift(), subprotocol: false })
  const station = run(hostile.url)
  const door = await controlOf(station)
  for (const [at, [, words]] of handshakes.entries()) {
    await hostile.shookHands(at + 1)
    const line = () => station.err.match(/^.*no connection to the central system.*$/gm)?.[at]
    while (line() === undefined) await door.ask('wait 0.1')
    expect(line()).toMatch(words)
    await door.ask('connect')
  }
  expect((await station.end()).code).toBe(0)
})

test.concurrent('the same reason is said once, however often it comes', async () => {
  const hostile = await hostileCentral({ refuse: () => 'HTTP/1.1 503 Later\r\nConnection: close\r\n\r\n' })
  const station = run(hostile.url)
  const door = await controlOf(station)
  await hostile.shookHands(1)
  for (let attempt = 2; attempt < 5; attempt++) {
    await door.ask('disconnect')
    await door.ask('connect')
    await hostile.shookHands(attempt)
  }
  expect((await station.end()).err.match(/HTTP 503/g)).toHaveLength(1)
})

test.concurrent('one that closes at once is said and dialled again, slower each time', async () => {
  const hostile = await hostileCentral({ connected: (ws) => ws.close(1008, 'go away') })
  const station = run(hostile.url)
  await hostile.shookHands(2)
  await station.said(/"code":1008,"reason":"go away","againInMs":\d+,"msg":"connection to the central system lost"/)
  expect((await station.end()).code).toBe(0)
})

describe('while a car charges', () => {
  test.concurrent('malformed, oversized, binary and unasked frames are said, nothing crashes, and the car goes on charging', async () => {
    const hostile = await hostileCentral()
    const station = run(hostile.url)
    const door = await controlOf(station)
    await hostile.called('StatusNotification')
    expect(await door.ask('status charging')).toBe('ok charging')
    await hostile.called('StartTransaction')
    const answered = (id: string) => hostile.said((text) => text.startsWith(`[4,"${id}"`) || text.startsWith(`[3,"${id}"`))

    for (const nonsense of [
      '',
      '{',
      'null',
      '42',
      '[]',
      '{}',
      '[1]',
      '[3]',
      '[4,"x"]',
      '[3,"never asked",{}]',
      '[4,"never asked","GenericError","",{}]',
      '[9,"x",{}]',
      '\u0000',
      '[[[['.repeat(1_000),
    ])
      hostile.send(nonsense)
    hostile.send('[2,"a","Dance",{}]')
    hostile.send('[2,"b","Reset",{"type":"Sideways"}]')
    hostile.send('[2,"c","ChangeConfiguration",{"key":"MeterValueSampleInterval","value":"-1"}]')
    hostile.send('[2,"d","RemoteStopTransaction",{"transactionId":"4711"}]')
    hostile.send('[2,"e","__proto__",{}]')
    hostile.send('[2,"f","GetConfiguration",{"key":["__proto__","constructor",""]}]')
    expect(JSON.parse(await answered('a'))[2]).toBe('NotImplemented')
    expect(await answered('b')).toMatch(/^\[4,/)
    expect(JSON.parse(await answered('c'))[2]).toEqual({ status: 'Rejected' })
    expect(JSON.parse(await answered('d'))[2]).toBe('TypeConstraintViolation')
    expect(JSON.parse(await answered('e'))[2]).toBe('NotImplemented')
    expect(await answered('f')).toMatch(/unknownKey/)

    const isCharging = async () => expect((await door.status()).connectors[0]).toMatchObject({ status: 'charging', contactor: 'closed', transaction: 4711 })
    await isCharging()
    hostile.send(new Uint8Array([1, 2, 3]))
    await station.said(/binary frame refused, connection closed/)
    await isCharging()
    await station.said(/connection to the central system lost/)
    await door.ask('connect')
    await station.said(/connected to the central system[\s\S]*connected to the central system/)
    hostile.send(`[2,"big","DataTransfer",{"vendorId":"x","data":"${'x'.repeat(256 * 1_024)}"}]`)
    await station.said(/WebSocket error, connection closed/)
    await isCharging()
    const { code, tookMs } = await station.end()
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(3_000)
  })

  test.concurrent('one that answers twice, with another id, with nonsense, or not at all costs no fact: MessageTimeout, then the next', async () => {
    let starts = 0
    const hostile = await hostileCentral({
      answer([, id, action], usual, ws) {
        if (action === 'StatusNotification') {
          usual()
          return usual()
        }
        if (action === 'Authorize') {
          ws.send('[3,"another",{"idTagInfo":{"status":"Blocked"}}]')
          return usual()
        }
        if (action !== 'StartTransaction') return usual()
        starts++
        if (starts === 1) return ws.send(JSON.stringify([3, id, { transactionId: 'one', idTagInfo: { status: 'Accepted' } }]))
        if (starts === 2) return
        usual()
      },
    })
    const state = freshDirectory()
    const settings = join(state, 'settings.json')
    writeFileSync(settings, '{"MessageTimeout":"1","TransactionMessageRetryInterval":"1"}')
    const station = pilotwire(['run', '--id', 'CP-1', '--csms', hostile.url, '--state', state, '--control', '0', '--settings', settings])
    const door = await controlOf(station)
    await hostile.called('StatusNotification')
    expect(await door.ask('status charging')).toBe('ok charging')
    await station.said(/an answer that does not fit/)
    await station.said(/no answer in time/)
    const sent = () => hostile.calls.filter((call) => call[2] === 'StartTransaction').map((call) => call[3])
    const last = hostile.calls.length
    if (sent().length < 3) await hostile.called('StartTransaction', last)
    expect(sent()).toEqual([sent()[0], sent()[0], sent()[0]])
    expect(await door.ask('stop')).toBe('ok stopped')
    expect((await hostile.called('StopTransaction'))[3]).toMatchObject({ transactionId: 4711 })
    expect((await station.end()).code).toBe(0)
  })
})
