import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../../src/base/clock.ts'
import { reachable } from '../../src/local/bring-about.ts'
import { errorCodes } from '../../src/local/error-codes.ts'
import { type Central, central } from './central.ts'
import { type Control, control, controlOf, freshDirectory, type Program, pilotwire } from './program.ts'

const clock = systemClock()
let csms: Central
let station: Program
let door: Control
let url: string

beforeAll(async () => {
  csms = await central()
  station = pilotwire(['run', '--id', 'CP-1', '--csms', csms.url, '--state', freshDirectory(), '--control', '0', '--board', 'simulated-2'])
  door = await controlOf(station)
  url = door.socket.url
  await csms.request('StatusNotification', { connectorId: 2, status: 'Available' })
  // The start itself, as a security event: the last that comes unasked.
  await csms.request('SecurityEventNotification', { type: 'StartupOfTheDevice' })
})

/** What is reported of a connector from now on. */
function fromNow(connectorId: number) {
  const from = csms.heard.all.length
  return (fields: Readonly<Record<string, unknown>>) => csms.request('StatusNotification', { connectorId, ...fields }, from)
}

test('status is ok and one line of JSON, and sends nothing', async () => {
  const before = csms.heard.all.length
  const reply = await door.ask('status')
  expect(reply).toMatch(/^ok \{[^\n]*\}$/)
  expect(JSON.parse(reply.slice(3))).toMatchObject({
    id: 'CP-1',
    link: 'connected',
    operative: true,
    automaticEv: false,
    connectors: [
      { connector: 1, status: 'available', transaction: null, contactor: 'open' },
      { connector: 2, status: 'available' },
    ],
  })
  expect(csms.heard.all.length).toBe(before)
})

describe('status <state> brings the state about, and the central system hears of it', () => {
  const spoken = {
    available: 'Available',
    preparing: 'Preparing',
    charging: 'Charging',
    finishing: 'Finishing',
    faulted: 'Faulted',
    unavailable: 'Unavailable',
  }
  const ways = ['preparing', 'charging', 'finishing', 'available', 'faulted', 'unavailable', 'preparing', 'unavailable', 'available'] as const
  test(ways.join(', '), async () => {
    expect(new Set(ways)).toEqual(new Set(reachable))
    for (const state of ways) {
      const reported = fromNow(2)
      expect(await door.ask(`status ${state} 2`)).toMatch(new RegExp(`^ok (scheduled|${state})`))
      await reported({ status: spoken[state] })
    }
    expect((await door.status()).connectors[0]?.status).toBe('available')
  })
})

test('error <errorCode> reports each code of OCPP, in any case, and noerror clears', async () => {
  for (const code of errorCodes) {
    const reported = fromNow(1)
    expect(await door.ask(`error ${code.toLowerCase()} 1`)).toBe('ok')
    // OCPP 1.6 §7.6: EVCommunicationError never goes with Faulted; without a car it stands in the vendor's field.
    if (code === 'EVCommunicationError') await reported({ status: 'Faulted', errorCode: 'OtherError', vendorErrorCode: code })
    else await reported({ status: 'Faulted', errorCode: code })
    const mended = fromNow(1)
    expect(await door.ask('error NoError')).toBe('ok')
    await mended({ status: 'Available', errorCode: 'NoError' })
  }
})

test('a whole session: start, plugin, info, suspend, current, stop, unplug', async () => {
  const reported = fromNow(1)
  expect(await door.ask('start 04A2B3C4 1')).toBe('ok waiting for the cable')
  await reported({ status: 'Preparing' })
  expect(await door.ask('plugin')).toBe('ok')
  await reported({ status: 'Charging' })
  // Meters are read each second.
  expect(await door.ask('wait 1.2')).toBe('ok')
  expect(await door.ask('info')).toMatch(
    /^ok 1: charging, transaction \d+, tag 04A2B3C4, \d+ Wh, [\d.]+ A, 2[23]\d V, \d+ W, charging yes; 2: available, transaction none/,
  )
  expect(await door.ask('suspend 1')).toBe('ok')
  await reported({ status: 'SuspendedEV' })
  const again = fromNow(1)
  expect(await door.ask('current 0')).toBe('ok')
  await again({ status: 'SuspendedEVSE' })
  expect(await door.ask('current 16')).toBe('ok')
  expect((await door.status()).connectors[0]?.offeredAmps).toBe(16)
  expect(await door.ask('start 04A2B3C4 1')).toMatch(/^error connector 1 has a transaction already/)
  expect(await door.ask('stop')).toBe('ok stopped')
  await again({ status: 'Finishing' })
  expect(await door.ask('unplug')).toBe('ok')
  await again({ status: 'Available' })
  expect(csms.transactions.ended.at(-1)).toMatchObject({ start: { idTag: '04A2B3C4' }, stop: { reason: 'Local', idTag: '04A2B3C4' } })
  expect(await door.ask('stop 1')).toMatch(/^error no transaction runs at connector 1/)
})

test('clock shifts the timestamps that are sent, and back', async () => {
  const secondsAhead = async () => {
    const reported = fromNow(1)
    await csms.trigger('CP-1', 'StatusNotification', 1)
    const { timestamp } = (await reported({})) as { timestamp: string }
    return Math.round((Date.parse(timestamp) - clock.now().epochMs) / 100) / 10
  }
  expect(await door.ask('clock 3600')).toBe('ok')
  expect(Math.abs((await secondsAhead()) - 3_600)).toBeLessThan(5)
  expect(await door.ask('clock')).toBe('ok')
  expect(Math.abs(await secondsAhead())).toBeLessThan(5)
})

test('disconnect stays away until connect; offline comes back by itself', async () => {
  expect(await door.ask('disconnect')).toBe('ok')
  expect((await door.status()).link).toBe('disconnected')
  expect(await door.ask('connect')).toBe('ok')
  const from = csms.heard.all.length
  expect(await door.ask('offline 0.3')).toBe('ok')
  expect((await door.status()).link).toBe('waiting')
  expect(await door.ask('wait 1')).toBe('ok')
  expect((await door.status()).link).toBe('connected')
  // OCPP-J §5.4: no second BootNotification.
  expect(csms.heard.all.slice(from).filter(({ action }) => action === 'BootNotification')).toEqual([])
})

test('fault breaks the plant and clear mends it; reset clears everything', async () => {
  const reported = fromNow(2)
  expect(await door.ask('status charging 2')).toBe('ok charging')
  expect(await door.ask('fault residualcurrent 2')).toBe('ok')
  await reported({ status: 'Faulted', errorCode: 'GroundFailure' })
  // The mirror contact follows within some 60 ms.
  expect(await door.ask('wait 0.3')).toBe('ok')
  expect((await door.status()).connectors[1]).toMatchObject({ contactor: 'open' })
  const mended = fromNow(2)
  expect(await door.ask('clear 2')).toBe('ok')
  // Mended it is, but a trip lasts until the car is unplugged.
  expect((await door.status()).connectors[1]).toMatchObject({ status: 'faulted' })
  expect(await door.ask('unplug 2')).toBe('ok')
  await mended({ errorCode: 'NoError' })
  expect(await door.ask('fault lightning')).toMatch(/^error name "lightning" is not one of emergencyStop, /)
  expect(await door.ask('max 8')).toBe('ok')
  expect(await door.ask('reset')).toBe('ok')
  await mended({ status: 'Available' })
})

test('auto on|off: a start plugs the cable in, a stop pulls it out again', async () => {
  expect(await door.ask('auto on')).toBe('ok')
  const reported = fromNow(1)
  await csms.requestStart('CP-1', 1, 'REMOTE')
  await reported({ status: 'Charging' })
  const amps = (await door.status()).connectors[0]?.amps ?? 0
  expect(amps === 0 || (amps > 15 && amps < 17)).toBe(true)
  expect(await door.ask('auto off')).toBe('ok')
  expect(await door.ask('auto perhaps')).toMatch(/^error on\|off "perhaps" is not one of on, off/)
  expect(await door.ask('status available 1')).toBe('ok available')
})

test('the remaining rows answer ok', async () => {
  for (const line of ['delay', 'nodelay', 'full', 'fullafter 100', 'max', 'reset', 'tag', 'tag', 'tag CARD 2', 'tag CARD 2', 'HELP', 'help fault', 'wait 0']) {
    expect(await door.ask(line), line).toMatch(/^ok/)
  }
})

describe('who comes in', () => {
  const refusal = async (options: object, path = '') => {
    const socket = new WebSocket(url + path, options)
    socket.on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    return response.statusCode
  }
  test('a page of another origin does not', async () => {
    expect(await refusal({ origin: 'https://evil.example' })).toBe(403)
  })

  test('two clients are served beside each other', async () => {
    const other = await control(url)
    const slow = door.ask('wait 0.5')
    expect(await other.ask('info')).toMatch(/^ok/)
    expect(await slow).toBe('ok')
    expect(await other.ask('exit')).toBe('ok')
    expect(await other.closed).toBe(1000)
  })

  test('beyond loopback only with the token of the station file', async () => {
    const directory = freshDirectory()
    const file = join(directory, 'station.yaml')
    writeFileSync(join(directory, 'token'), 'open sesame\n')
    writeFileSync(file, `id: CP-T\nnetwork: { csms: "${csms.url}" }\ndoors: { control: { host: 0.0.0.0, port: 0, tokenFile: token } }\n`)
    const guarded = pilotwire(['run', '--station', file, '--state', join(directory, 'state')])
    const [, port = ''] = await guarded.said(/"control":"0\.0\.0\.0:(\d+)"/)
    url = `ws://127.0.0.1:${port}/`
    expect(await refusal({})).toBe(401)
    expect(await refusal({ headers: { authorization: 'Bearer guess' } })).toBe(401)
    expect(await (await control(`${url}?token=open%20sesame`)).ask('quit')).toBe('ok')
    const { code, err } = await guarded.ended
    expect(code).toBe(0)
    expect(err).not.toContain('sesame')
  })
})

describe('garbage', () => {
  test.each<[string, string, RegExp]>([
    ['an empty line', '', /^error empty line/],
    ['an unknown word', 'dance', /^error unknown command "dance"/],
    ['a near miss', 'pluging', /did you mean "plugin"\?/],
    ['a connector that is not there', 'plugin 3', /^error c "3" is not a connector: 1 to 2/],
    ['a long card', `tag ${'x'.repeat(21)}`, /^error idTag/],
    ['too many words', 'info now', /^error too many words/],
    ['a number that is none', 'current NaN', /^error amps "NaN"/],
    ['control characters', 'tag\u0007 \u001b[2J\u0000', /^error|^ok/],
    ['the name of a property', '__proto__', /^error unknown command/],
    ['4 KiB', `tag ${'x'.repeat(4_092)}`, /^error idTag "x{60}\.\.\." is not/],
  ])('%s is answered', async (_what, line, words) => {
    const reply = await door.ask(line)
    expect(reply).toMatch(words)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(reply).not.toMatch(/[\u0000-\u001f]/)
  })

  test('a line beyond 4 KiB and a binary frame close that client only', async () => {
    for (const [frame, code] of [
      ['x'.repeat(4_097), 1009],
      [Buffer.from([1, 2, 3]), 1003],
    ] as const) {
      const hostile = await control(url.includes('token') ? url : door.socket.url)
      hostile.socket.on('error', () => {})
      hostile.socket.send(frame)
      expect(await hostile.closed).toBe(code)
    }
    expect(await door.ask('info')).toMatch(/^ok/)
  })
})

test('quit ends the process with 0', async () => {
  expect(await door.ask('quit')).toBe('ok')
  expect((await station.ended).code).toBe(0)
})
