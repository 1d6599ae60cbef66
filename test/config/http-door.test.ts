import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressFrom, writtenAddress } from '../../src/config/door-address.ts'
import { type Flags, stationConfig } from '../../src/config/merge.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-http-'))
let files = 0
function station(doors: string): string {
  const path = join(directory, `${++files}.yaml`)
  writeFileSync(path, `id: A\nnetwork: { csms: "ws://x" }\ndoors: { http: ${doors} }\n`)
  return path
}
const http = async (flags: Flags) => (await stationConfig({ id: 'A', csms: 'ws://x', ...flags }, {}, '0.0.0')).http

test('there is no HTTP door unless somebody says so', async () => {
  expect(await http({})).toBeUndefined()
})

test('a port alone is on loopback, and asks nobody', async () => {
  expect(await http({ http: '8080' })).toEqual({ host: '127.0.0.1', port: 8080, login: undefined, hosts: [] })
  expect(await http({ station: station('{ port: 0 }') })).toEqual({ host: '127.0.0.1', port: 0, login: undefined, hosts: [] })
  expect(await http({ http: '[::1]:1' })).toMatchObject({ host: '::1', port: 1 })
})

test('the flag says where, the file says what has to be shown', async () => {
  writeFileSync(join(directory, 'token'), 's3cret\n')
  const file = station('{ host: 192.0.2.1, port: 80, tokenFile: token, password: "long enough", login: device, hosts: [charger.example.com] }')
  const shown = { token: 's3cret', password: 'long enough', login: 'device', hosts: ['charger.example.com'] }
  expect(await http({ station: file })).toEqual({ host: '192.0.2.1', port: 80, ...shown })
  expect(await http({ station: file, http: '0.0.0.0:8080' })).toEqual({ host: '0.0.0.0', port: 8080, ...shown })
})

test('beyond loopback it starts only with something to show, and says how', async () => {
  for (const flags of [{ http: '0.0.0.0:8080' }, { station: station('{ host: 0.0.0.0, port: 8080 }') }])
    await expect(http(flags)).rejects.toMatchObject({ name: 'ConfigError', message: expect.stringMatching(/can be reached from elsewhere.*login: device/) })
  for (const one of ['login: device', 'token: x', 'password: "long enough"'])
    expect(await http({ station: station(`{ host: 0.0.0.0, port: 8080, ${one} }`) })).toMatchObject({ host: '0.0.0.0' })
})

test.each([
  ['{ port: 1, token: a, tokenFile: b }', 'doors.http.token'],
  ['{ port: 1, password: "long enough", passwordFile: b }', 'doors.http.password'],
  ['{ port: 1, password: short }', 'doors.http.password'],
  ['{ port: 1, login: anybody }', 'doors.http.login'],
  ['{ port: 1, hosts: ["a b"] }', 'doors.http.hosts.0'],
  ['{ host: 127.0.0.1 }', 'doors.http.port'],
])('%s is refused', async (doors, field) => {
  const refused = await http({ station: station(doors) }).catch((error: unknown) => error)
  expect(refused).toMatchObject({ name: 'ConfigError', field })
  expect(String(refused)).not.toContain('short')
})

test('a short password in a file is refused as well', async () => {
  writeFileSync(join(directory, 'short'), 'seven77\n')
  await expect(http({ station: station('{ port: 1, passwordFile: short }') })).rejects.toMatchObject({ field: 'doors.http.passwordFile' })
})

test.each(['127.0.0.1:80', '[::1]:1', '[::]:8080', 'charger.local:0'])('%s is told as it is written', (typed) => {
  expect(writtenAddress(addressFrom('--http', typed))).toBe(typed)
})

test.each(['x', '99999', 'host', ':1', '1:2:3'])('--http %s is no address', async (typed) => {
  await expect(http({ http: typed })).rejects.toMatchObject({ name: 'ConfigError', source: '--http' })
})
