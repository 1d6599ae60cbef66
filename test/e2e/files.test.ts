import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, expect, test } from 'vitest'
import { GetDiagnostics, UpdateFirmware } from '../../src/ocpp16/messages/firmware-management.ts'
import { packageFile } from '../run/package-file.ts'
import { central } from './central.ts'
import { freshDirectory, pilotwire } from './program.ts'

const put = new Map<string, Buffer>()
const files = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  if (request.method === 'PUT') put.set(request.url ?? '', Buffer.concat(parts))
  response.writeHead(request.url?.startsWith('/nothing') === true ? 404 : 200).end(packageFile({ name: 'pilotwire', version: '9.9.9' }))
})
afterAll(() => files.close())

test('diagnostics are uploaded, and a firmware update ends in the new version after the restart', { timeout: 60_000 }, async () => {
  files.listen(0, '127.0.0.1')
  await once(files, 'listening')
  const host = `127.0.0.1:${(files.address() as AddressInfo).port}`
  const csms = await central()
  const words = ['run', '--id', 'CP-1', '--csms', csms.url, '--state', freshDirectory(), '--log', 'debug', '--respawn']
  const station = pilotwire(words)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })

  const asked = await csms.call('CP-1', GetDiagnostics, { location: `http://anna:geheim@${host}/logs/` })
  const fileName = (asked as { readonly payload: { readonly fileName: string } }).payload.fileName
  expect(fileName).toMatch(/^pilotwire-CP-1-\d{8}T\d{6}Z\.zip$/)
  await csms.request('DiagnosticsStatusNotification', { status: 'Uploaded' })
  const archive = unzipSync(put.get(`/logs/${fileName}`) as Buffer)
  expect(strFromU8(archive['log.txt'] as Uint8Array)).toContain('GetDiagnostics')
  for (const content of Object.values(archive)) expect(strFromU8(content)).not.toMatch(/geheim/)

  const retrieveDate = '2020-01-01T00:00:00Z'
  await csms.call('CP-1', UpdateFirmware, { location: `http://${host}/nothing`, retrieveDate, retries: 0 })
  await csms.request('FirmwareStatusNotification', { status: 'DownloadFailed' })
  const from = csms.heard.all.length
  await csms.call('CP-1', UpdateFirmware, { location: `http://anna:geheim@${host}/firmware.tgz`, retrieveDate })
  await csms.request('BootNotification', { firmwareVersion: '9.9.9' }, from)
  await csms.request('FirmwareStatusNotification', { status: 'Installed' }, from)
  const told = csms.heard.all
    .slice(from)
    .filter(({ direction, kind, action }) => direction === 'in' && kind === 'call' && action === 'FirmwareStatusNotification')
    .map(({ payload }) => (payload as { readonly status: string }).status)
  expect(told).toEqual(['Downloading', 'Downloaded', 'Installing', 'Installed'])
  const { code, out, err } = await station.end()
  expect(code).toBe(0)
  expect(out + err).not.toMatch(/geheim/)
})
