import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeSync } from 'node:fs'
import { openKernel } from '../../../hal/bus/kernel.ts'
import { openKeys } from '../../../hal/bus/keys.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type Check, equal, until } from '../check.ts'

const clock = systemClock()

/** linux/uinput.h */
const UI_DEV_CREATE = 0x5501
const UI_DEV_DESTROY = 0x5502
const UI_DEV_SETUP = 0x405c5503
const UI_SET_EVBIT = 0x40045564
const UI_SET_KEYBIT = 0x40045565
const EV_KEY = 1
const name = 'pilotwire test reader'

/** A keyboard of the kernel's own, typed on from here. */
async function keyboard() {
  const kernel = await openKernel()
  const file = kernel.open('/dev/uinput', 'read-write')
  kernel.ioctl(file, UI_SET_EVBIT, EV_KEY)
  for (let code = 1; code < 100; code++) kernel.ioctl(file, UI_SET_KEYBIT, code)
  // struct uinput_setup: bustype, vendor, product, version (16 bits each), name[80], ff_effects_max.
  const setup = Buffer.alloc(92)
  setup.writeUInt16LE(3, 0)
  setup.write(name, 8)
  kernel.ioctl(file, UI_DEV_SETUP, setup)
  kernel.ioctl(file, UI_DEV_CREATE, 0)
  const event = (type: number, code: number, value: number) => {
    const bytes = Buffer.alloc(24)
    bytes.writeUInt16LE(type, 16)
    bytes.writeUInt16LE(code, 18)
    bytes.writeInt32LE(value, 20)
    writeSync(file, bytes)
  }
  return {
    type(codes: readonly number[]) {
      for (const code of codes) {
        for (const value of [1, 0]) {
          event(EV_KEY, code, value)
          event(0, 0, 0)
        }
      }
    },
    unplug() {
      kernel.ioctl(file, UI_DEV_DESTROY, 0)
      kernel.close(file)
    },
  }
}

const path = () =>
  until(
    clock,
    'the input device is there',
    () => {
      const found = readdirSync('/sys/class/input').find(
        (each) => /^event\d+$/.test(each) && readFileSync(`/sys/class/input/${each}/device/name`, 'utf8').trim() === name,
      )
      return found === undefined ? undefined : `/dev/input/${found}`
    },
    (found) => found !== undefined,
  )

export const keyChecks = (): readonly Check[] => [
  {
    name: 'keys of an input device are heard, grabbed, and heard again after it was pulled out and put back',
    async run() {
      for (const each of ['uinput', 'evdev']) execFileSync('modprobe', [each])
      const first = await keyboard()
      const where = (await path()) ?? ''
      const keys = await openKeys(where, { clock, log: silentLog })
      const codes: number[] = []
      keys.pressed.on((code) => codes.push(code))
      const heard = (count: number) =>
        until(
          clock,
          'keys',
          () => codes.length,
          (length) => length >= count,
        )
      first.type([2, 3, 4, 28])
      await heard(4)
      equal(codes, [2, 3, 4, 28])
      const other = await openKeys(where, { clock, log: silentLog }).then(
        () => 'opened',
        (error: Error) => String(error.cause),
      )
      if (!other.includes('Another program has grabbed it')) throw new Error(other)
      first.unplug()
      const second = await keyboard()
      equal(await path(), where, 'path of the new device')
      await until(
        clock,
        'the new device is grabbed',
        () =>
          openKeys(where, { clock, log: silentLog }).then(
            (mine) => {
              mine.close()
              return 'free'
            },
            () => 'grabbed',
          ),
        (state) => state === 'grabbed',
      )
      await until(
        clock,
        'what is typed is heard again',
        () => {
          second.type([5])
          return codes.length
        },
        (length) => length > 4,
      )
      equal(codes.at(-1), 5)
      keys.close()
      second.unplug()
    },
  },
]
