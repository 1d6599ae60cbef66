import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { madeDurable } from '../base/durable.ts'
import { type InPlace, inPlaceName, versionIn, versionLike } from './desk-versions.ts'
import { fileInTar } from './tar.ts'

/** Unpacked: what a small file can blow up to is not waited for. */
const largestUnpacked = 1_073_741_824

/** Checks a package, keeps it in `<directory>/<version>/` and names it in `current.json`, each durable before the next. Of earlier versions
 *  the one before is kept. @throws Error with words for the log; what was in place is in place still */
export async function installPackage(path: string, directory: string, previous: string | undefined): Promise<{ readonly version: string }> {
  const version = await versionOf(path)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const tidy = () => removeAllBut(directory, [inPlaceName, previous, versionIn(directory)])
  await tidy()
  try {
    await put(path, directory, { version, ...(previous === undefined ? {} : { previous }) })
  } catch (error) {
    // On a disk that is full the half of a package would stand in the way of everything else.
    await tidy()
    throw error
  }
  return { version }
}

async function put(path: string, directory: string, inPlace: InPlace): Promise<void> {
  const place = join(directory, inPlace.version)
  const fresh = `${place}.new`
  await mkdir(fresh, { mode: 0o700 })
  await copyFile(path, join(fresh, 'pilotwire.tgz'))
  await madeDurable(join(fresh, 'pilotwire.tgz'))
  await madeDurable(fresh)
  await rm(place, { recursive: true, force: true })
  await rename(fresh, place)
  const file = join(directory, inPlaceName)
  await writeFile(`${file}.new`, JSON.stringify(inPlace), { mode: 0o600 })
  await madeDurable(`${file}.new`)
  await rename(`${file}.new`, file)
  await madeDurable(directory)
}

async function removeAllBut(directory: string, kept: readonly (string | undefined)[]): Promise<void> {
  for (const name of await readdir(directory)) if (!kept.includes(name)) await rm(join(directory, name), { recursive: true, force: true })
}

/** Reads it to its end, where gzip has its check sum. */
async function versionOf(path: string): Promise<string> {
  const about = fileInTar('package/package.json', largestUnpacked)
  try {
    await pipeline(createReadStream(path), createGunzip(), about.read)
  } catch (error) {
    throw new Error('the file is damaged, or no package of npm', { cause: error })
  }
  const { name, version } = parsed(about.content())
  if (name !== 'pilotwire') throw new Error('not a package of Pilotwire')
  if (typeof version !== 'string' || !versionLike.test(version)) throw new Error('a package without a version')
  return version
}

function parsed(text: string | undefined): { readonly name?: unknown; readonly version?: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
