import { expect, test } from 'vitest'
import { reasonOf } from '../../../hal/bus/health.ts'
import { type Kernel, SystemCallError } from '../../../hal/bus/kernel.ts'
import { keyEvents, openKeys } from '../../../hal/bus/keys.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

const path = '/dev/input/by-id/usb-reader-event-kbd'

/** struct input_event of a 64-bit and of a 32-bit userland. */
function event(is64Bit: boolean, type: number, code: number, value: number): Buffer {
  const bytes = Buffer.alloc(is64Bit ? 24 : 16, 0xee)
  const at = bytes.length - 8
  bytes.writeUInt16LE(type, at)
  bytes.writeUInt16LE(code, at + 2)
  bytes.writeInt32LE(value, at + 4)
  return bytes
}

/** An input device that is plugged in, until it is not. */
function device(is64Bit = true) {
  const calls: string[] = []
  let there: string | undefined
  let waiting: Buffer[] = []
  let hear: { ready(): void; gone(): void } | undefined
  const kernel: Kernel = {
    names: () => [],
    open(opened, access) {
      if (there !== undefined) throw new SystemCallError('open', there)
      calls.push(`open ${opened} ${access}`)
      return 7
    },
    ioctl: (_file, request, argument) => void calls.push(`ioctl 0x${request.toString(16)} ${argument}`),
    read(_file, into) {
      if (there !== undefined) throw new SystemCallError('read', 'ENODEV')
      const batch = Buffer.concat(waiting)
      waiting = []
      into.set(batch)
      return batch.length
    },
    watch(_file, ready, gone) {
      hear = { ready, gone }
      return () => {
        hear = undefined
      }
    },
    close: () => void calls.push('close'),
  }
  return {
    kernel,
    calls,
    types(...events: readonly (readonly [type: number, code: number, value: number])[]) {
      waiting = events.map(([type, code, value]) => event(is64Bit, type, code, value))
      hear?.ready()
    },
    unplug(how: 'ready' | 'gone') {
      there = 'ENOENT'
      hear?.[how]()
    },
    plugIn() {
      there = undefined
    },
    refuse(code: string) {
      there = code
    },
  }
}

async function opened(is64Bit = true) {
  const clock = simulatedClock()
  const fake = device(is64Bit)
  const keys = await openKeys(path, { clock, log: silentLog, kernel: fake.kernel, is64Bit })
  const codes: number[] = []
  keys.pressed.on((code) => codes.push(code))
  return { clock, keys, codes, ...fake }
}

test.each([true, false])('presses are heard, releases and repeats are not; 64 bit: %s', async (is64Bit) => {
  const { keys, codes, calls, types } = await opened(is64Bit)
  expect(calls).toEqual([`open ${path} read`, 'ioctl 0x40044590 1'])
  types([4, 4, 458_782], [1, 2, 1], [0, 0, 0], [1, 2, 2], [1, 2, 0], [0, 0, 0], [1, 28, 1])
  expect(codes).toEqual([2, 28])
  keys.close()
  types([1, 3, 1])
  expect([codes.length, calls.at(-1)]).toEqual([2, 'close'])
})

test('a torn event at the end is passed over', () => {
  const bytes = Buffer.concat([event(true, 1, 30, 1), event(true, 1, 31, 1).subarray(0, 20)])
  expect(keyEvents(bytes, bytes.length, true)).toEqual([{ type: 1, code: 30, value: 1 }])
})

test.each(['ready', 'gone'] as const)(
  'a reader that is pulled out (%s) and put back is grabbed again, and the rest of what it typed is passed over',
  async (how) => {
    const { clock, keys, codes, calls, types, unplug, plugIn } = await opened()
    types([1, 2, 1])
    unplug(how)
    expect(calls.at(-1)).toBe('close')
    await clock.advance(5_000)
    plugIn()
    await clock.advance(1_000)
    expect(calls.slice(-2)).toEqual([`open ${path} read`, 'ioctl 0x40044590 1'])
    types([1, 3, 1])
    expect(codes).toEqual([2, 3])
    keys.close()
    expect(clock.untilNext()).toBeUndefined()
  },
)

test('one that comes and goes for an hour fills no disk', async () => {
  const clock = simulatedClock()
  const fake = device(true)
  let lines = 0
  const log = { ...silentLog, warn: () => void lines++, info: () => void lines++ }
  await openKeys(path, { clock, log, kernel: fake.kernel, is64Bit: true })
  for (let second = 0; second < 3_600; second++) {
    fake.unplug('gone')
    fake.plugIn()
    await clock.advance(1_000)
  }
  expect(lines).toBeLessThan(300)
})

test('keys that the kernel lost void what is being typed, until nothing is typed for a second', async () => {
  const { clock, codes, types } = await opened()
  types([1, 2, 1], [0, 3, 0], [1, 3, 1])
  await clock.advance(900)
  types([1, 28, 1])
  await clock.advance(900)
  types([1, 5, 1])
  expect(codes).toEqual([2])
  await clock.advance(1_000)
  types([1, 4, 1])
  expect(codes).toEqual([2, 4])
})

test.each([
  ['ENOENT', /absent: ENOENT. Plug it in/],
  ['EACCES', /refused: EACCES. Add the user to the group input/],
  ['EBUSY', /refused: EBUSY. Another program has grabbed it/],
])('%s is told with its remedy', async (code, words) => {
  const fake = device()
  fake.refuse(code)
  const keys = openKeys(path, { clock: simulatedClock(), log: silentLog, kernel: fake.kernel })
  await expect(keys.catch(reasonOf)).resolves.toMatch(words)
})

test('closed while it is looked for, it is looked for no more', async () => {
  const { clock, keys, unplug } = await opened()
  unplug('gone')
  keys.close()
  expect(clock.untilNext()).toBeUndefined()
})
