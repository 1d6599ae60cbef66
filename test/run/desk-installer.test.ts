import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deskInstaller, noInstaller } from '../../src/run/desk-installer.ts'
import { place } from '../transfer/place.ts'
import { packageFile } from './package-file.ts'

function fileOf(content: Buffer): string {
  const path = join(place(), 'firmware')
  writeFileSync(path, content)
  return path
}

test('a package is kept under its version, and the next start is told of it', async () => {
  const directory = join(place(), 'versions')
  const first = deskInstaller(directory)
  expect(first.version).toBeUndefined()
  const file = packageFile({ name: 'pilotwire', version: '9.9.9' })
  expect(await first.install(fileOf(file))).toEqual({ version: '9.9.9' })
  expect(first.version).toBeUndefined()
  expect(readFileSync(join(directory, '9.9.9', 'pilotwire.tgz')).equals(file)).toBe(true)
  const second = deskInstaller(directory)
  expect(second.version).toBe('9.9.9')
  await second.install(fileOf(packageFile({ name: 'pilotwire', version: '10.0.0-rc.1' })))
  expect(deskInstaller(directory).version).toBe('10.0.0-rc.1')
  expect(JSON.parse(readFileSync(join(directory, 'current.json'), 'utf8'))).toEqual({ version: '10.0.0-rc.1', previous: '9.9.9' })
  expect(readdirSync(directory).sort()).toEqual(['10.0.0-rc.1', '9.9.9', 'current.json'])
})

test('versions do not fill the disk: the one in place and the one before it are kept', async () => {
  const directory = join(place(), 'versions')
  for (const version of ['1.0.0', '1.0.1', '1.0.2', '1.0.3']) await deskInstaller(directory).install(fileOf(packageFile({ name: 'pilotwire', version })))
  expect(readdirSync(directory).sort()).toEqual(['1.0.2', '1.0.3', 'current.json'])
})

test('an installation that fails half-way leaves nothing of it behind', async () => {
  const directory = join(place(), 'versions')
  await deskInstaller(directory).install(fileOf(packageFile({ name: 'pilotwire', version: '1.0.0' })))
  const installer = deskInstaller(directory)
  // What cannot be written stands for a disk that is full.
  rmSync(join(directory, 'current.json'))
  mkdirSync(join(directory, 'current.json'))
  await expect(installer.install(fileOf(packageFile({ name: 'pilotwire', version: '1.0.1' })))).rejects.toThrow()
  expect(readdirSync(directory).sort()).toEqual(['1.0.0', 'current.json'])
})

const good = packageFile({ name: 'pilotwire', version: '9.9.9' })
const flipped = Buffer.from(good)
flipped.writeUInt8(flipped.readUInt8(flipped.length - 6) ^ 1, flipped.length - 6)
test.each([
  ['cut off', good.subarray(0, good.length - 20), /damaged/],
  ['with a wrong check sum', flipped, /damaged/],
  ['no gzip at all', Buffer.from('firmware'), /damaged/],
  ['empty', Buffer.alloc(0), /damaged|not a package/],
  ['of another program', packageFile({ name: 'left-pad', version: '1.0.0' }), /not a package of Pilotwire/],
  ['without a version', packageFile({ name: 'pilotwire' }), /without a version/],
  ['with a version that is a path', packageFile({ name: 'pilotwire', version: '../../1.0.0' }), /without a version/],
])('a file that is %s changes nothing', async (_name, file, words) => {
  const directory = join(place(), 'versions')
  await deskInstaller(directory).install(fileOf(good))
  await expect(deskInstaller(directory).install(fileOf(file))).rejects.toThrow(words)
  expect(deskInstaller(directory).version).toBe('9.9.9')
  expect(readdirSync(directory).sort()).toEqual(['9.9.9', 'current.json'])
})

test('a damaged note of what is in place counts as nothing installed', () => {
  const directory = place()
  for (const text of ['{"version":', '{"version":"../x"}', '[]', 'null', '{"version":7}']) {
    writeFileSync(join(directory, 'current.json'), text)
    expect(deskInstaller(directory).version, text).toBeUndefined()
  }
})

test('a board with real contactors has no installer yet, and says so', async () => {
  const path = fileOf(good)
  await expect(noInstaller.install(path)).rejects.toThrow('no installer')
  expect(existsSync(path)).toBe(true)
})
