import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { ChargePoint } from '../../src/core/charge-point.ts'
import type { Key } from '../../src/ocpp16/key-kinds.ts'
import { keys } from '../../src/ocpp16/keys.ts'
import { vendorKeys } from '../../src/ocpp16/profile-keys.ts'
import { securityKeys } from '../../src/ocpp16/security-keys.ts'
import { protocols } from '../../src/transfer/address.ts'
import { fakeFiles } from '../stories/files.ts'
import { world } from '../stories/world.ts'

const page = fileURLToPath(new URL('../../docs/ocpp16.md', import.meta.url))
const begin = /<!-- The tables are printed.*-->\n/
const end = '<!-- end of the tables -->'

function rowOf({ key, access, values, effect, read, write }: Key, core: ChargePoint): string {
  const mode = access === 'r' && write !== undefined ? 'r*' : access
  const first = read(core).replaceAll(',', ', ')
  return `| \`${key}\` | ${mode} | ${values ?? ''} | ${first} | ${effect} |`
}

function tablesOf(core: ChargePoint): string {
  const groups = Map.groupBy(keys, (key) => {
    if (vendorKeys.includes(key)) return 'Of no specification, as other charge points have them'
    return securityKeys.includes(key) ? 'Security' : (key.profile ?? 'Core')
  })
  const tables = [...groups].map(([name, those]) =>
    [`### ${name}`, '', '| key | | values | at first | effect |', '|---|---|---|---|---|', ...those.map((key) => rowOf(key, core))].join('\n'),
  )
  return `\n${tables.join('\n\n')}\n\n`
}

test('the page of the docs has every key as the program has it', async () => {
  const { ports } = fakeFiles()
  const { core } = await world({ offline: true, parts: { files: { ...ports, transfer: { ...ports.transfer, protocols } } } })
  const text = readFileSync(page, 'utf8')
  const [before = '', marker = ''] = [text.split(begin)[0], begin.exec(text)?.[0]]
  expect(text.split(end)).toHaveLength(2)
  await expect(`${before}${marker}${tablesOf(core)}${end}\n`).toMatchFileSnapshot(page)
})
