import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openNetworkMeters } from '../../hal/build.ts'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { hasMosquitto, mosquitto } from './mosquitto.ts'
import { controlOf, freshDirectory, pilotwire } from './program.ts'

/** No central system: the charger is there all the same. */
const nobody = 'ws://127.0.0.1:9/ocpp'
const id = 'CP 1'
const place = 'evse/CP-1'

function station(words: readonly string[]) {
  return pilotwire(['run', '--id', id, '--csms', nobody, '--state', freshDirectory(), '--control', '0', '--log', 'info', ...words])
}

function stationFile(content: object): string {
  const path = join(freshDirectory(), 'station.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}

describe.skipIf(!hasMosquitto)('at a real broker', () => {
  test('it is there with everything it says, obeys and answers, and its last will is said when it is killed', async () => {
    const broker = await mosquitto()
    broker.publish(`${place}/connector/1/set/enabled`, 'false', '-r')
    const charger = station(['--mqtt', broker.url])
    const heard = broker.listen()
    await heard.next((line) => line.endsWith(`${place}/availability online`))
    for (const said of [`${place}/connector/1/status Available`, `${place}/ocpp/connected false`, `${place}/connector/1/enabled true`])
      expect(
        heard.all.some((line) => line.endsWith(said)),
        said,
      ).toBe(true)
    const refused = await heard.next((line) => line.includes(`${place}/result`))
    expect(JSON.parse(refused.split(' ').slice(2).join(' '))).toMatchObject({ cmd: 'enabled', ok: false, error: expect.stringContaining('retained') })
    broker.publish(`${place}/connector/1/set/current_limit`, '13')
    await heard.next((line) => line.endsWith(`${place}/connector/1/current_limit 13`))
    expect(await heard.next((line) => line.includes(`${place}/result`) && line.includes('current_limit'))).toContain('"ok":true')
    // The retain flag comes through while we listen, too (MQTT 5).
    broker.publish(`${place}/connector/1/set/current_limit`, '9', '-r')
    await heard.next((line) => line.includes(`${place}/result`) && line.includes('current_limit') && line.includes('retained'))
    const control = await controlOf(charger)
    expect(JSON.parse((await control.ask('status')).slice(3)).connectors[0]).toMatchObject({ status: 'available' })
    const discovery = heard.all.find((line) => line.includes('homeassistant/device/CP-1/config'))
    expect(JSON.parse(discovery?.split(' ').slice(2).join(' ') ?? '{}')).toMatchObject({ dev: { name: id } })
    charger.child.kill('SIGKILL')
    await heard.next((line) => line.endsWith(`${place}/availability offline`))
    await heard.close()
    const later = broker.listen(`${place}/availability`)
    expect(await later.next(() => true)).toBe(`1 ${place}/availability offline`)
    await later.close()
  })

  test('asked to end it says offline itself, and ends in time', async () => {
    const broker = await mosquitto()
    const charger = station(['--mqtt', broker.url])
    const heard = broker.listen(`${place}/availability`)
    await heard.next((line) => line.endsWith('online'))
    const { code, tookMs } = await charger.end()
    expect([code, tookMs < 3_000]).toEqual([0, true])
    await heard.next((line) => line.endsWith('offline'))
    await heard.close()
  })

  test('TLS and a password: the right ones are taken, wrong ones are told of without being told', async () => {
    const login = { user: 'charger', password: 'very-secret-word' }
    const broker = await mosquitto({ login })
    const other = await mosquitto({ login: { user: 'charger', password: 'other' } })
    const mqtt = { url: broker.url, user: login.user, password: login.password, caFile: broker.caFile }
    const chargers = [mqtt, { ...mqtt, password: 'not-the-secret-word' }, { ...mqtt, caFile: other.caFile }, { ...mqtt, caFile: undefined }].map((each) =>
      station(['--station', stationFile({ doors: { mqtt: each } })]),
    )
    const [right, wrong, stranger, without] = chargers
    const heard = broker.listen(`${place}/availability`)
    await heard.next((line) => line.endsWith('online'))
    await wrong?.said(/the broker refuses us \(.*\): check user, password and clientId/)
    await stranger?.said(/no trusted TLS connection/)
    await without?.said(/no trusted TLS connection/)
    await Promise.all(chargers.map((each) => each.end()))
    for (const each of chargers) expect(each.all).not.toMatch(/secret-word/)
    expect(right?.all).toContain('connected to the MQTT broker')
    await heard.close()
  })

  test('a broker that is not there keeps nothing from working; a certificate that is none ends the start', async () => {
    const charger = station(['--mqtt', 'mqtt://127.0.0.1:1'])
    await charger.said(/nothing listens at 127\.0\.0\.1:1/)
    expect(await (await controlOf(charger)).ask('current 10')).toBe('ok')
    expect((await charger.end()).code).toBe(0)
    const caFile = join(freshDirectory(), 'ca.pem')
    writeFileSync(caFile, '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n')
    const { code, err } = await station(['--station', stationFile({ doors: { mqtt: { url: 'mqtts://localhost', caFile } } })]).ended
    expect([code, err]).toEqual([2, expect.stringContaining('doors.mqtt: certificate or key cannot be used')])
  })

  test('killed 20 times under traffic, the broker has the right state within 5 s each time', { timeout: 120_000 }, async () => {
    const clock = systemClock()
    /** Ten times. Two chargers at a time, as most of it is waiting. */
    const rounds = async () => {
      const broker = await mosquitto()
      const charger = station(['--mqtt', broker.url])
      const control = await controlOf(charger)
      const took: number[] = []
      for (let round = 0; round < 10; round++) {
        await broker.kill()
        const amps = 6 + round
        expect(await control.ask(`current ${amps}`)).toBe('ok')
        await broker.start()
        const since = clock.monotonic()
        const heard = broker.listen(`${place}/#`)
        await heard.next((line) => line.endsWith(`${place}/availability online`))
        took.push(clock.monotonic() - since)
        expect(
          heard.all.some((line) => line.endsWith(`${place}/connector/1/current_limit ${amps}`)),
          String(round),
        ).toBe(true)
        for (let count = 0; count < 20; count++) expect(await control.ask(`current ${6 + (count % 10)}`)).toBe('ok')
        await heard.close()
      }
      expect((await charger.end()).code).toBe(0)
      return took
    }
    const took = (await Promise.all([rounds(), rounds()])).flat()
    expect([took.length, Math.max(...took) < 5_000]).toEqual([20, true])
  })

  test('a meter that is published there is read', async () => {
    const broker = await mosquitto()
    const outlet = { maxAmps: 32, phases: 3, cable: 'fixed', nominalVoltageV: 230, hasVentilation: false, controller: { kind: 'socket-outlet' } }
    const meter = { kind: 'mqtt', bus: 'house', topic: 'meter', values: { importWh: { path: 'kWh', scale: 1_000 }, powerW: { path: 'W' } } }
    const spec = { name: 'test', kind: 'wired', directory: '.', safety: {}, buses: { house: { kind: 'mqtt', url: broker.url } }, evses: [{ ...outlet, meter }] }
    const meters = await openNetworkMeters(spec as unknown as WiredBoardSpec, { clock: systemClock(), log: silentLog })
    try {
      broker.publish('meter', '{"kWh":1.5,"W":700}', '-r')
      const read = new Promise<void>((resolve) => meters?.changed.on(() => resolve()))
      const again = systemClock().every('publish', 200, () => broker.publish('meter', '{"kWh":1.5,"W":700}'))
      await read.finally(() => again.stop())
      expect(meters?.newest(1)).toMatchObject({ importWh: 1_500, powerW: 700 })
    } finally {
      meters?.close()
    }
  })
})
