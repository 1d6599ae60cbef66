import { open } from 'node:fs/promises'

/** What was written to a file, or the names in a directory, survive a power cut once this resolves. @throws the system's error */
export async function madeDurable(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
