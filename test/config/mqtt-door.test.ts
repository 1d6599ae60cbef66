import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Flags, stationConfig } from '../../src/config/merge.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-mqtt-'))
function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
const config = (flags: Flags) => stationConfig({ id: 'CP1', csms: 'ws://localhost:9000/ocpp', ...flags }, { HOME: '/h' }, '1.2.3')
let stations = 0
const withDoor = (door: object, flags: Flags = {}) =>
  config({ station: file(`station-${++stations}.json`, JSON.stringify({ doors: { mqtt: door } })), ...flags })

describe('the MQTT door in the station file', () => {
  test('without it there is none', async () => expect((await config({})).mqtt).toBeUndefined())

  test('a URL suffices, in the file or as a flag', async () => {
    const usual = { clientId: undefined, base: 'evse', discovery: true, discoveryPrefix: 'homeassistant', limitTtlS: undefined }
    expect((await withDoor({ url: 'mqtt://broker' })).mqtt).toMatchObject({ ...usual, broker: { protocol: 'mqtt', host: 'broker', port: 1_883 } })
    expect((await config({ mqtt: 'mqtt://desk:1884' })).mqtt).toMatchObject({ ...usual, broker: { host: 'desk', port: 1_884 } })
  })

  test('everything can be said, secrets and certificates in files beside it, and the flag wins', async () => {
    file('password', 's3cret\n')
    for (const name of ['ca', 'cert', 'key']) file(`${name}.pem`, `PEM ${name}`)
    const door = {
      ...{ url: 'mqtts://broker', user: 'u', passwordFile: 'password', caFile: 'ca.pem', certFile: 'cert.pem', keyFile: 'key.pem' },
      ...{ clientId: 'c', base: 'home/garage', discovery: false, discoveryPrefix: 'ha', limitTtlS: 300 },
    }
    expect((await withDoor(door, { mqtt: 'mqtts://other:8884' })).mqtt).toMatchObject({
      broker: { protocol: 'mqtts', host: 'other', port: 8_884, user: 'u', password: 's3cret', ca: 'PEM ca', cert: 'PEM cert', key: 'PEM key' },
      ...{ clientId: 'c', base: 'home/garage', discovery: false, discoveryPrefix: 'ha', limitTtlS: 300 },
    })
  })

  test.each([
    [{}, 'doors.mqtt.url: is missing'],
    [{ url: 'broker:1883' }, 'doors.mqtt.url: is not the address of an MQTT broker'],
    [{ url: 'mqtt://u:s3cret@broker' }, 'doors.mqtt.url: holds a user or password'],
    [{ url: 'mqtt://broker', password: 's3cret' }, 'doors.mqtt.user: is missing'],
    [{ url: 'mqtt://broker', user: 'u', password: 's3cret', passwordFile: 'password' }, 'doors.mqtt.password: password and passwordFile are both there'],
    [{ url: 'mqtts://broker', certFile: 'cert.pem' }, 'doors.mqtt.keyFile: is missing'],
    [{ url: 'mqtt://broker', caFile: 'ca.pem' }, 'doors.mqtt.caFile: is of no use without TLS'],
    [{ url: 'mqtts://broker', caFile: 'nowhere.pem' }, 'does not exist'],
    [{ url: 'mqtt://broker', base: 'a/#' }, 'doors.mqtt.base'],
    [{ url: 'mqtt://broker', base: '/a' }, 'doors.mqtt.base'],
    [{ url: 'mqtt://broker', limitTtlS: 0 }, 'doors.mqtt.limitTtlS'],
    [{ url: 'mqtt://broker', pasword: 's3cret' }, 'Did you mean password?'],
    [{ url: 'mqtt://broker', password: 5 }, 'doors.mqtt.password'],
  ])('%j is refused in words, without the secret', async (door, words) => {
    const failed = withDoor(door)
    await expect(failed).rejects.toThrow(words)
    await expect(failed).rejects.not.toThrow('s3cret')
  })

  test('a flag that is none is named', async () => await expect(config({ mqtt: 'broker' })).rejects.toThrow('--mqtt: is not the address'))
})
