import { execFileSync } from 'node:child_process'
import { constants, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { codeOf, type Kernel, openKernel } from '../../../hal/bus/kernel.ts'
import { leaveOut } from '../../left-out.ts'

/** This machine's kernel behind a named pipe: what koffi's undocumented poll does is held to here. */
const missing = process.platform === 'linux' ? undefined : 'system calls of Linux: this is another system'
if (missing !== undefined) leaveOut(missing)
const here = test.skipIf(missing !== undefined)

const pipe = join(tmpdir(), `pilotwire-kernel-${process.pid}`)
afterEach(() => rmSync(pipe, { force: true }))

async function piped(): Promise<{ kernel: Kernel; file: number; write: (words: string) => void }> {
  execFileSync('mkfifo', [pipe])
  const kernel = await openKernel()
  const file = kernel.open(pipe, 'read')
  const other = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
  return { kernel, file, write: (words) => writeSync(other, words) }
}

here('what can be read is told on the main thread, again and again, until it is stopped', async () => {
  const { kernel, file, write } = await piped()
  const into = Buffer.alloc(16)
  expect(kernel.read(file, into)).toBe(0)
  let heard = Promise.withResolvers<string>()
  const stop = kernel.watch(
    file,
    () => heard.resolve(into.toString('utf8', 0, kernel.read(file, into))),
    () => heard.reject(new Error('gone')),
  )
  write('one')
  expect(await heard.promise).toBe('one')
  heard = Promise.withResolvers()
  write('two')
  expect(await heard.promise).toBe('two')
  stop()
  write('three')
  expect(kernel.read(file, into)).toBe(5)
  kernel.close(file)
  expect(() => kernel.read(file, into)).toThrow(/EBADF/)
})

here('promises that a callback keeps go on at once', async () => {
  const { kernel, file, write } = await piped()
  const order: string[] = []
  const done = Promise.withResolvers<void>()
  const stop = kernel.watch(
    file,
    () => {
      kernel.read(file, Buffer.alloc(16))
      void Promise.resolve().then(() => order.push('promise'))
      order.push('callback')
      if (order.length > 1) done.resolve()
      else write('again')
    },
    () => done.reject(new Error('gone')),
  )
  write('go')
  await done.promise
  expect(order.slice(0, 2)).toEqual(['callback', 'promise'])
  stop()
  kernel.close(file)
})

here('what is thrown in a callback ends the program as any other bug', () => {
  execFileSync('mkfifo', [pipe])
  const program = `
    import { openKernel } from ${JSON.stringify(new URL('../../../hal/bus/kernel.ts', import.meta.url).href)}
    import { constants, openSync, writeSync } from 'node:fs'
    const kernel = await openKernel()
    const file = kernel.open(${JSON.stringify(pipe)}, 'read')
    kernel.watch(file, () => { throw new Error('a bug') }, () => {})
    writeSync(openSync(${JSON.stringify(pipe)}, constants.O_WRONLY), 'go')`
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: 'pipe', timeout: 10_000 })).toThrow(/Error: a bug/)
})

here('an ioctl says which error it was', async () => {
  const { kernel, file } = await piped()
  const call = () => kernel.ioctl(file, 0x8044b401, Buffer.alloc(68))
  expect(call).toThrow('ioctl 0x8044b401: ENOTTY')
  try {
    kernel.ioctl(file, 0x40044590, 1)
  } catch (error) {
    expect(codeOf(error)).toBe('ENOTTY')
  }
  kernel.close(file)
})

here('a directory that is not there has no names', async () => {
  expect((await openKernel()).names('/nowhere')).toEqual([])
})
