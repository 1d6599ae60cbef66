import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leaveOut } from '../left-out.ts'
import { fuseGpio, fuseGpioMissing } from './gpio.ts'

const missing = fuseGpioMissing()
if (missing !== undefined) leaveOut(`GPIO by sysfs: ${missing}`)
const here = test.skipIf(missing !== undefined)

/** A line as a program sees it. */
function line(root: string, number: number) {
  const leaf = (name: string) => join(root, `gpio${number}`, name)
  return {
    exported: (on: boolean) => writeFileSync(join(root, on ? 'export' : 'unexport'), String(number)),
    read: (name: string) => readFileSync(leaf(name), 'utf8').trim(),
    write: (name: string, word: string) => writeFileSync(leaf(name), word),
    exists: () => existsSync(leaf('value')),
  }
}

here('chips have label, base and size, and a line is there while it is exported', async () => {
  await using gpio = await fuseGpio([
    { label: 'pinctrl-rp1', base: 569, lines: 54 },
    { label: 'gpio-expander', base: 512, lines: 8 },
  ])
  expect(readdirSync(gpio.root).sort()).toEqual(['export', 'gpiochip512', 'gpiochip569', 'sim', 'unexport'])
  expect(readFileSync(join(gpio.root, 'gpiochip569/label'), 'utf8')).toBe('pinctrl-rp1\n')
  expect(readFileSync(join(gpio.root, 'gpiochip512/ngpio'), 'utf8')).toBe('8\n')
  const contactor = line(gpio.root, 569 + 22)
  expect(contactor.exists()).toBe(false)
  contactor.exported(true)
  expect(contactor.exists()).toBe(true)
  expect(() => contactor.exported(true)).toThrow(/EBUSY/)
  contactor.exported(false)
  expect(contactor.exists()).toBe(false)
  expect(() => line(gpio.root, 26).exported(true)).toThrow(/EINVAL/)
})

here('direction high and low are physical levels, value is a logical one, and the history keeps every step', async () => {
  await using gpio = await fuseGpio()
  const relay = line(gpio.root, 534)
  relay.exported(true)
  relay.write('active_low', '1')
  relay.write('direction', 'high')
  expect([gpio.level(534), relay.read('value'), relay.read('direction')]).toEqual([1, '0', 'out'])
  relay.write('value', '1')
  expect(gpio.level(534)).toBe(0)
  relay.exported(false)
  expect(gpio.history(534).map(({ out, level }) => `${out ? 'out' : 'in'} ${level}`)).toEqual(['out 1', 'out 0', 'in 0'])
  gpio.forget(534)
  expect(gpio.history(534)).toEqual([])
})

here('an input follows its wire and refuses to be written', async () => {
  await using gpio = await fuseGpio()
  const stop = line(gpio.root, 539)
  stop.exported(true)
  gpio.drive(539, 1)
  expect(stop.read('value')).toBe('1')
  expect(() => stop.write('value', '0')).toThrow(/EPERM/)
  expect(() => stop.write('edge', 'sideways')).toThrow(/EINVAL/)
})

here('faults: held, stuck, fails', async () => {
  await using gpio = await fuseGpio()
  const relay = line(gpio.root, 534)
  gpio.fault(534, 'held', true)
  expect(() => relay.exported(true)).toThrow(/EBUSY/)
  gpio.fault(534, 'held', false)
  relay.exported(true)
  relay.write('direction', 'low')
  gpio.fault(534, 'stuck', true)
  relay.write('value', '1')
  expect([gpio.level(534), relay.read('value')]).toEqual([0, '0'])
  gpio.fault(534, 'fails', true)
  expect(() => relay.read('value')).toThrow(/EIO/)
})

/** Copies an input to an output on every edge, with the driver that has its path written into it. */
const copies = (input: number, output: number) => `
  const { Gpio } = require('onoff')
  const output = new Gpio(${output}, 'low'), input = new Gpio(${input}, 'in', 'both')
  input.watch((error, value) => { if (error) throw error; output.writeSync(value); console.log('copied', value) })
  console.log('ready')
  process.stdin.on('end', () => process.exit()).resume()`

here('onoff, unmodified, sees edges inside the namespace', async () => {
  await using gpio = await fuseGpio()
  const child = gpio.inside([process.execPath, '-e', copies(539, 534)])
  let said = ''
  let complaint = ''
  child.stdout.on('data', (data: Buffer) => {
    said += String(data)
  })
  child.stderr.on('data', (data: Buffer) => {
    complaint += String(data)
  })
  const heard = async (words: string) => {
    while (!said.includes(words)) {
      const more = await Promise.race([once(child.stdout, 'data').then(() => true), once(child, 'close').then(() => false)])
      if (!more && !said.includes(words)) throw new Error(`ended without saying ${words}: ${complaint}`)
    }
    said = ''
  }
  await heard('ready')
  for (const level of [1, 0, 1] as const) {
    gpio.drive(539, level)
    await heard(`copied ${level}`)
    expect(gpio.level(534)).toBe(level)
  }
  // As in the kernel, the line keeps driving when its program dies.
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(gpio.level(534)).toBe(1)
  expect(gpio.history(534).map(({ out, level }) => `${out} ${level}`)).toEqual(['true 0', 'true 1', 'true 0', 'true 1'])
})

here('closing unmounts, even while a file is open', async () => {
  const gpio = await fuseGpio()
  line(gpio.root, 539).exported(true)
  const open = openSync(join(gpio.root, 'gpio539/value'), 'r')
  await gpio.close()
  expect(existsSync(gpio.root)).toBe(false)
  expect(() => readSync(open, Buffer.alloc(1))).toThrow()
  closeSync(open)
})
