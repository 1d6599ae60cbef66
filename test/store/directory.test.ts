import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { lockDirectory } from '../../src/store/lock.ts'
import { databaseName, openStore } from '../../src/store/open.ts'
import { asNobody, newDirectory } from './directories.ts'

const users = [
  ['opened', (directory: string) => openStore({ directory, log: silentLog }).close()],
  ['locked', (directory: string) => lockDirectory(directory).release()],
] as const

describe.each(users)('a state directory that is %s', (_verb, use) => {
  const expectRefusal = (directory: string) => {
    const run = () => asNobody(() => use(directory))
    expect(run).toThrow(ConfigError)
    expect(run).toThrow(`state directory ${directory}: cannot be used`)
    expect(run).toThrow('--state')
  }

  test('but cannot be made is named with the remedy', () => {
    const directory = newDirectory()
    chmodSync(dirname(directory), 0o500)
    expectRefusal(directory)
  })

  test('but takes no files is named with the remedy', () => {
    const directory = newDirectory()
    chmodSync(dirname(directory), 0o755)
    mkdirSync(directory)
    chmodSync(directory, 0o555)
    expectRefusal(directory)
  })

  test('but is a file is named with the remedy', () => {
    const directory = newDirectory()
    chmodSync(dirname(directory), 0o755)
    writeFileSync(directory, '')
    expectRefusal(directory)
    expectRefusal(join(directory, 'below'))
  })
})

test('a database that may be read but not written is found at opening, and left as it is', () => {
  const directory = newDirectory()
  const store = openStore({ directory, log: silentLog })
  store.documents('settings').put('a', 1)
  store.close()
  chmodSync(dirname(directory), 0o755)
  chmodSync(directory, 0o755)
  chmodSync(join(directory, databaseName), 0o444)
  expect(() => asNobody(() => openStore({ directory, log: silentLog }))).toThrow(ConfigError)
  chmodSync(join(directory, databaseName), 0o600)
  const again = openStore({ directory, log: silentLog })
  expect(again.documents('settings').get('a')).toBe(1)
  again.close()
})
