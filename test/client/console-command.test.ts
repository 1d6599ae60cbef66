import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { commands } from '../../src/local/commands.ts'
import { type ControlDoor, openControl } from '../../src/local/control.ts'
import { main } from '../../src/main.ts'
import { desk } from '../local/desk.ts'

let door: ControlDoor | undefined
const directory = mkdtempSync(join(tmpdir(), 'pilotwire-console-'))
afterEach(async () => {
  await door?.close()
  rmSync(directory, { recursive: true, force: true })
})

test('pilotwire console is a prompt at the door that it is told, with the token of a file', async () => {
  const at = desk()
  door = await openControl({ host: '127.0.0.1', port: 0, token: 'secret' }, commands(at.context), silentLog, at.clock)
  const file = join(directory, 'token')
  writeFileSync(file, 'secret\n')
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end('current 10\nstop\n')
  const exitCode = await main(['console', '--token-file', file, `ws://127.0.0.1:${door.port}`], {
    environment: {},
    streams: { stdin, stdout, stderr },
    loadRun: () => Promise.reject(new Error('no station runs here')),
  })
  expect(String(stdout.read())).toBe('ok\nerror no transaction runs\n')
  expect(stderr.read()).toBeNull()
  expect(exitCode).toBe(1)
})
