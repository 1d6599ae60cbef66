import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshDirectory, program } from '../program.ts'

test('sites that were imported are in the database, twice is once, and verify says what is missing', async () => {
  const state = freshDirectory()
  const own = { environment: { DATABASE_URL: undefined, STATE_DIRECTORY: undefined, XDG_STATE_HOME: state } }
  const sites = (...words: readonly string[]) => program('bench/main.ts', ['sites', ...words], own).ended
  const where = join(state, 'pilotwire-bench', 'csms.db')
  for (let time = 0; time < 2; time++)
    expect(await sites('import', 'jeju')).toMatchObject({ code: 0, out: `3 sites, 34 chargers, 2,900 kW are now in ${where}\n`, err: '' })
  const { code, out } = await sites('verify')
  expect(code).toBe(1)
  expect(out).toMatch(/^site +name +place +chargers +connected +kW +limit kW\njeju-airport .* 12 +0 +1,200 +1,200\njeju-seogwipo .*\njeju-seongsan .*\n3 sites/)
  expect(out).toMatch(/\n- chargers that were never heard: JEJU-A-01, .* and 29 more\n$/)
})
