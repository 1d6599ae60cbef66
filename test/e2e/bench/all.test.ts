import { expect, test } from 'vitest'
import { program } from '../program.ts'

test('all has a central system and the stations of a file in one process: one is started over REST and charges; quit ends both', async () => {
  const own = { environment: { DATABASE_URL: undefined, PILOTWIRE_BENCH_TOKEN: 'of-this-test' } }
  const words = ['all', '--sites', 'desk', '--pattern', 'none', '--database', ':memory:', '--port', '0', '--http', '127.0.0.1:0']
  const all = program('bench/main.ts', words, own)
  const [, url = ''] = await all.said(/Dashboard at (http:\/\/127\.0\.0\.1:\d+)\/#token=of-this-test\n/)
  await all.said(/3 stations from DESK-1 to DESK-3\n/)
  await all.said(/DESK-3 +● +connected/)
  const headers = { authorization: 'Bearer of-this-test', 'content-type': 'application/json' }
  const answer = await fetch(`${url}/chargers/DESK-3/start`, { method: 'POST', headers, body: JSON.stringify({ tag: '04A2B3C4' }) })
  expect(await answer.json()).toMatchObject({ outcome: 'accepted' })
  await all.said(/DESK-3 +● +transaction 1 started: DESK-3\/1, card 04A2B3C4/)
  all.type('transactions')
  await all.said(/1 +DESK-3\/1[^\n]*running/)
  all.type('quit')
  expect(await all.ended).toMatchObject({ code: 0, err: '' })
})
