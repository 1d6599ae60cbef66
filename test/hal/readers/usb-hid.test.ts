import { expect, test } from 'vitest'
import { bytesTyped, lineOfKeys, openUsbHid, tokenTyped } from '../../../hal/readers/usb-hid.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { signal } from '../../../src/base/signal.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { wiredWorld } from '../wired-world.ts'

/** Codes of linux/input-event-codes.h. */
const codes: Readonly<Record<string, number>> = {
  ...Object.fromEntries([...'1234567890'].map((key, at) => [key, 2 + at])),
  ...Object.fromEntries([...'qwertyuiop'].map((key, at) => [key, 16 + at])),
  ...Object.fromEntries([...'asdfghjkl'].map((key, at) => [key, 30 + at])),
  ...Object.fromEntries([...'zxcvbnm'].map((key, at) => [key, 44 + at])),
}
const [enter, keypadEnter, shift] = [28, 96, 42]
const typed = (text: string) => [...text].map((key) => codes[key] ?? Number.NaN)

function lines(presses: readonly number[], gapMs = 5): readonly string[] {
  const texts: string[] = []
  let now = 0
  const press = lineOfKeys(
    () => now,
    (text) => texts.push(text),
  )
  for (const each of presses) {
    press(each)
    now += gapMs
  }
  return texts
}

test('digits, letters, shift, the keypad and both Enter keys', () => {
  expect(lines([...typed('0004660046'), enter])).toEqual(['0004660046'])
  expect(lines([...typed('04a2b3c4'), enter, ...typed('mzqp'), keypadEnter])).toEqual(['04a2b3c4', 'mzqp'])
  expect(lines([shift, ...typed('a'), ...typed('b'), 54, ...typed('c'), enter])).toEqual(['AbC'])
  expect(lines([79, 80, 81, 75, 76, 77, 71, 72, 73, 82, keypadEnter])).toEqual(['1234567890'])
})

test('other keys are passed over, an empty line is none, and what was begun before a pause is forgotten', () => {
  expect(lines([1, ...typed('12'), 15, 57, 9999, ...typed('3'), enter, enter])).toEqual(['123'])
  expect(lines([...typed('12')], 2_000)).toEqual([])
  expect(lines([...typed('1'), enter], 2_000)).toEqual([])
})

test.each([
  ['0004660046', 'dec', '00471b4e'],
  ['4294967295', 'dec', 'ffffffff'],
  ['1304873286182528', 'dec', '04a2c67cb32680'],
  ['4a2b3c4', 'hex', '04a2b3c4'],
  ['04A2B3C4D5E680', 'hex', '04a2b3c4d5e680'],
] as const)('%s, typed as %s, is %s', (text, kind, hex) => {
  expect(Buffer.from(bytesTyped(text, kind) ?? []).toString('hex')).toBe(hex)
})

test('what is not the number that the file promises is no card', () => {
  expect(bytesTyped('12a', 'dec')).toBeUndefined()
  expect(bytesTyped('', 'hex')).toBeUndefined()
  expect(bytesTyped('xyz', 'hex')).toBeUndefined()
})

test('text is taken as it is, or its case as the file asks for; a number goes through the format', () => {
  const spec = { kind: 'usb-hid', path: '/dev/input/event0' } as const
  expect(tokenTyped('0004660046', spec)).toEqual({ id: '0004660046' })
  expect(tokenTyped('aBc', spec)).toEqual({ id: 'aBc' })
  expect(tokenTyped('aBc', { ...spec, case: 'upper', padTo: 5 })).toEqual({ id: '00ABC' })
  expect(tokenTyped('0004660046', { ...spec, typed: 'dec' })).toEqual({ id: '00471B4E' })
  expect(tokenTyped('0004660046', { ...spec, typed: 'dec', byteOrder: 'lsb' })).toEqual({ id: '4E1B4700' })
  expect(tokenTyped('1'.repeat(37), spec)).toBeUndefined()
})

test('a reader that is not there is looked for until it is, and then it reads', async () => {
  const clock = simulatedClock()
  const pressed = signal<number>()
  let isThere = false
  let isClosed = false
  const keys = async (path: string) => {
    if (!isThere) throw new DeviceError(path, 'absent')
    return {
      pressed,
      close() {
        isClosed = true
      },
    }
  }
  const { wiring, healths } = wiredWorld({ clock, machine: { keys } })
  const reader = await openUsbHid({ kind: 'usb-hid', path: '/dev/input/event0' }, wiring)
  const tokens: string[] = []
  reader.presented.on(({ id }) => tokens.push(id))
  await clock.advance(20_000)
  expect(healths).toEqual([['usb-hid /dev/input/event0', 'is not there']])
  isThere = true
  await clock.advance(6_000)
  expect(healths.at(-1)?.[1]).toBeUndefined()
  for (const each of [...typed('0004660046'), enter, ...typed('0004660046'), enter]) pressed.emit(each)
  expect(tokens).toEqual(['0004660046'])
  await clock.advance(60_000)
  reader.close()
  expect(isClosed).toBe(true)
})
