import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { program } from './program.ts'

test('npm start without a terminal, its port taken: another port, one session, its Wh, 0', { timeout: 60_000 }, async () => {
  const squatter = createServer()
  // Where somebody else has the port already, it is taken all the same.
  squatter.on('error', () => {})
  squatter.listen(9000, '127.0.0.1')
  await once(squatter, 'listening').catch(() => undefined)
  const start = program('bench/start.ts', [], { noInput: true })
  const [, port] = await start.said(/ws:\/\/127\.0\.0\.1:(\d+)/)
  expect(port).not.toBe('9000')
  const [, page = ''] = await start.said(/Its page: (http:\/\/127\.0\.0\.1:\d+)/)
  expect(await (await fetch(`${page}/api/v1/station`)).json()).toMatchObject({ id: 'DESK-1', isSimulated: true })
  const { code, out, err } = await start.ended
  squatter.close()
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(
    /A car is plugged in\.[\s\S]*StartTransaction[\s\S]*status=Charging[\s\S]*MeterValues[\s\S]*The card is shown again\.[\s\S]*StopTransaction[\s\S]*status=Available/,
  )
  expect(Number(/One session: (\d+) Wh in \d+ s, Local\n$/.exec(out)?.[1])).toBeGreaterThan(5)
})
