import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'

test('a central system whose database says nothing ends when it is told again', async () => {
  const guests: Socket[] = []
  const silent = createServer((guest) => void guests.push(guest))
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { readonly port: number }
  const env = { ...process.env, DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/x` }
  const child = spawn(process.execPath, ['bench/main.ts', 'csms', '--http', 'off', '--port', '0'], { cwd: new URL('../../..', import.meta.url), env })
  try {
    await once(silent, 'connection')
    const isOver = () => {
      child.kill('SIGINT')
      return child.exitCode
    }
    // Sooner than the database is given up by itself, which is another ending: 2.
    await expect.poll(isOver, { timeout: 4_000, interval: 200 }).toBe(130)
  } finally {
    child.kill('SIGKILL')
    for (const each of guests) each.destroy()
    silent.close()
  }
})
