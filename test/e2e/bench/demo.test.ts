import { expect, test } from 'vitest'
import { program } from '../program.ts'

const own = { environment: { DATABASE_URL: undefined, PILOTWIRE_BENCH_TOKEN: undefined } }

test('the day is played to its end, every step comes about, and the sessions are summed up', { timeout: 90_000 }, async () => {
  const { code, out, err } = await program('bench/main.ts', ['demo', '--http', '127.0.0.1:0', '--speed', '20000'], own).ended
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^A day at 20000 times its speed: 4 s\. Ctrl-C ends it\.\nWatch it at http:\/\/127\.0\.0\.1:\d+\/#token=\S+\n\n00:00 +1\. /)
  expect(out).toMatch(/\n07:30 +\d+\. Anna plugs in at OFFICE-1 and shows her card\n +OFFICE-1 charges with 2\d\.\d kW\n/)
  expect(out).toMatch(/\nOFFICE-1 +Anna +07:30 +13:30 +Local +6\d\.\d\d +2\d\.\d\d\n/)
  expect(out).toMatch(/\n10 sessions +4\d\d\.\d\d +1\d\d\.\d\d\n/)
  expect(out).toMatch(/What went wrong, and how it was dealt with:\n(- .*\n){7}\n37 of 37 steps came about, 24 h in \d+ s\n$/)
})

test('Ctrl-C ends it in good order; --frames tells the frames, --http off opens no door', async () => {
  const demo = program('bench/main.ts', ['demo', '--http', 'off', '--frames'], own)
  await demo.said(/OFFICE-1 +──▸ BootNotification/)
  const { code, out, err, tookMs } = await demo.end('SIGINT')
  expect([code, err]).toEqual([0, ''])
  expect(out).not.toMatch(/http:/)
  expect(out).toMatch(/Ended at 00:\d\d, before the day was over\.[\s\S]*of 37 steps came about, 0 h in \d+ s\n$/)
  expect(tookMs).toBeLessThan(5_000)
})
