import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { program } from './program.ts'

test('npm start without a terminal, its port taken: another port, the dashboard first, three stations, one session, its Wh, 0', {
  timeout: 60_000,
}, async () => {
  const squatter = createServer()
  // Where somebody else has the port already, it is taken all the same.
  squatter.on('error', () => {})
  squatter.listen(9000, '127.0.0.1')
  await once(squatter, 'listening').catch(() => undefined)
  const start = program('bench/start.ts', [], { noInput: true })
  const [, dashboard = '', token = ''] = await start.said(/^Dashboard, .*(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)\n/)
  const [, port] = await start.said(/ws:\/\/127\.0\.0\.1:(\d+)/)
  expect(port).not.toBe('9000')
  const [, page = ''] = await start.said(/The page of DESK-1 itself: (http:\/\/127\.0\.0\.1:\d+)/)
  expect(await (await fetch(`${page}/api/v1/station`)).json()).toMatchObject({ id: 'DESK-1', isSimulated: true })
  const asked = async (path: string) => (await fetch(`${dashboard}${path}`, { headers: { authorization: `Bearer ${token}` } })).json()
  await start.said(/status=Charging/)
  const { features } = (await asked('/geo/chargers')) as {
    readonly features: readonly { readonly properties: { readonly id: string; readonly state: string } }[]
  }
  expect(features.map(({ properties }) => [properties.id, properties.state])).toEqual([
    ['DESK-1', 'charging'],
    ['DESK-2', 'available'],
    ['DESK-3', 'available'],
  ])
  const { code, out, err } = await start.ended
  squatter.close()
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(
    /A car is plugged in\.[\s\S]*StartTransaction[\s\S]*status=Charging[\s\S]*MeterValues[\s\S]*The card is shown again\.[\s\S]*StopTransaction[\s\S]*status=Available/,
  )
  expect(Number(/One session: (\d+) Wh in \d+ s, Local\n$/.exec(out)?.[1])).toBeGreaterThan(15)
})
