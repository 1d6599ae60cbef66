import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Chip, type FuseGpio, fuseGpio, fuseGpioMissing } from '../../fuse/gpio.ts'
import { leaveOut } from '../../left-out.ts'
import type { Command } from './sysfs-program.ts'

const missing = fuseGpioMissing()
if (missing !== undefined) leaveOut(`GPIO drivers by sysfs: ${missing}`)
const here = test.skipIf(missing !== undefined)

const base = 512
type Said = { readonly answer?: unknown; readonly refused?: string; readonly edge?: boolean }

/** The driver in a program of its own, where the tree stands at /sys/class/gpio. */
async function driverIn(gpio: FuseGpio) {
  const child = gpio.inside([process.execPath, fileURLToPath(new URL('sysfs-program.ts', import.meta.url))])
  let complaint = ''
  child.stderr.on('data', (data: Buffer) => {
    complaint += String(data)
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const edges: boolean[] = []
  const next = async (): Promise<Said> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`the program ended: ${complaint}`)
    return JSON.parse(value) as Said
  }
  const ask = async (command: Command): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(command)}\n`)
    for (;;) {
      const said = await next()
      if (said.edge === undefined) return said.refused ?? said.answer
      edges.push(said.edge)
    }
  }
  const edge = async (): Promise<boolean> => {
    const { edge: heard } = await next()
    if (heard === undefined) throw new Error('an answer that nobody asked for')
    return heard
  }
  expect(await next()).toEqual({ answer: 'ready' })
  const end = async (how: 'SIGKILL' | 'in good order') => {
    if (how === 'SIGKILL') child.kill(how)
    else child.stdin.end()
    await once(child, 'close')
  }
  return { ask, edge, edges, end }
}
const levels = (gpio: FuseGpio, line: number) => gpio.history(line).map(({ out, level }) => `${out ? 'out' : 'in'} ${level}`)
const leaf = (gpio: FuseGpio, line: number, name: string) => join(gpio.root, `gpio${line}`, name)

here.each([
  { activeLow: false, off: 0, on: 1 },
  { activeLow: true, off: 1, on: 0 },
] as const)('activeLow $activeLow is never ON before it is told, and is closed OFF and exported', async ({ activeLow, off, on }) => {
  await using gpio = await fuseGpio()
  const driver = await driverIn(gpio)
  expect(await driver.ask({ do: 'output', spec: { header: 22, activeLow } })).toBe(0)
  expect(await driver.ask({ do: 'isOn', line: 0 })).toBe(false)
  expect(levels(gpio, base + 22)).toEqual([`out ${off}`])
  await driver.ask({ do: 'on', line: 0 })
  expect([gpio.level(base + 22), await driver.ask({ do: 'isOn', line: 0 })]).toEqual([on, true])
  await driver.ask({ do: 'close-all' })
  expect(await driver.ask({ do: 'isOn', line: 0 })).toBe('unreadable')
  await driver.end('in good order')
  expect(levels(gpio, base + 22)).toEqual([`out ${off}`, `out ${on}`, `out ${off}`])
  expect(existsSync(leaf(gpio, base + 22, 'value'))).toBe(true)
})

here('one line under two names is refused: the kernel would give it to both', async () => {
  await using gpio = await fuseGpio()
  const driver = await driverIn(gpio)
  expect(await driver.ask({ do: 'output', spec: { header: 22 } })).toBe(0)
  await driver.ask({ do: 'on', line: 0 })
  expect(await driver.ask({ do: 'input', spec: { chip: 'pinctrl-bcm2711', offset: 22 } })).toMatch(/the board file uses the line twice/)
  expect([gpio.level(base + 22), await driver.ask({ do: 'isOn', line: 0 })]).toEqual([1, true])
  await driver.end('in good order')
})

here('what a killed program left ON is taken over at OFF without floating', async () => {
  await using gpio = await fuseGpio()
  const first = await driverIn(gpio)
  await first.ask({ do: 'output', spec: { header: 22, activeLow: true } })
  await first.ask({ do: 'on', line: 0 })
  await first.end('SIGKILL')
  expect(gpio.level(base + 22)).toBe(0)
  gpio.forget(base + 22)
  const second = await driverIn(gpio)
  await second.ask({ do: 'output', spec: { header: 22, activeLow: true } })
  expect(await second.ask({ do: 'isOn', line: 0 })).toBe(false)
  expect(levels(gpio, base + 22)).toEqual(['out 1'])
  await second.end('in good order')
})

here('an active_low that somebody left does not turn an output round', async () => {
  await using gpio = await fuseGpio()
  writeFileSync(join(gpio.root, 'export'), String(base + 22))
  writeFileSync(leaf(gpio, base + 22, 'active_low'), '1')
  const driver = await driverIn(gpio)
  await driver.ask({ do: 'output', spec: { header: 22 } })
  await driver.ask({ do: 'on', line: 0 })
  expect([gpio.level(base + 22), await driver.ask({ do: 'isOn', line: 0 })]).toEqual([1, true])
  await driver.end('in good order')
})

here('edges of an input that is active low, and its level', async () => {
  await using gpio = await fuseGpio()
  const driver = await driverIn(gpio)
  gpio.drive(base + 27, 1)
  await driver.ask({ do: 'input', spec: { header: 27, activeLow: true } })
  expect(await driver.ask({ do: 'isActive', line: 0 })).toBe(false)
  gpio.drive(base + 27, 0)
  expect(await driver.edge()).toBe(true)
  expect(await driver.ask({ do: 'isActive', line: 0 })).toBe(true)
  gpio.drive(base + 27, 1)
  expect(await driver.edge()).toBe(false)
  await driver.ask({ do: 'close-all' })
  expect(await driver.ask({ do: 'isActive', line: 0 })).toBe('unreadable')
  expect(existsSync(leaf(gpio, base + 27, 'value'))).toBe(false)
  await driver.end('in good order')
})

here('a contact has to hold for its debounce', async () => {
  await using gpio = await fuseGpio()
  const driver = await driverIn(gpio)
  await driver.ask({ do: 'input', spec: { header: 27, debounceMs: 100 } })
  gpio.drive(base + 27, 1)
  gpio.drive(base + 27, 0)
  gpio.drive(base + 27, 1)
  expect(await driver.ask({ do: 'isActive', line: 0 })).toBe(false)
  expect(await driver.edge()).toBe(true)
  expect([await driver.ask({ do: 'isActive', line: 0 }), driver.edges]).toEqual([true, []])
  await driver.end('in good order')
})

here('a line whose files fail is unreadable, harms nobody, and is heard again when it is back', async () => {
  await using gpio = await fuseGpio()
  const driver = await driverIn(gpio)
  await driver.ask({ do: 'input', spec: { header: 27 } })
  await driver.ask({ do: 'output', spec: { header: 22 } })
  gpio.fault(base + 27, 'fails', true)
  gpio.fault(base + 22, 'fails', true)
  gpio.drive(base + 27, 1)
  expect(await driver.ask({ do: 'isActive', line: 0 })).toBe('unreadable')
  expect(await driver.ask({ do: 'on', line: 0 })).toMatch(/^GPIO22: refused: .*number 534: EIO/)
  expect(await driver.ask({ do: 'isOn', line: 0 })).toBe('unreadable')
  gpio.fault(base + 27, 'fails', false)
  gpio.fault(base + 22, 'fails', false)
  expect(await driver.ask({ do: 'isActive', line: 0 })).toBe(true)
  expect(await driver.edge()).toBe(true)
  gpio.drive(base + 27, 0)
  expect(await driver.edge()).toBe(false)
  await driver.ask({ do: 'on', line: 0 })
  expect(gpio.level(base + 22)).toBe(1)
  await driver.end('in good order')
})

here('a line that does not follow, or that another holds, is refused', async () => {
  await using gpio = await fuseGpio()
  const driver = await driverIn(gpio)
  gpio.fault(base + 22, 'stuck', true)
  const stuck = await driver.ask({ do: 'output', spec: { header: 22, activeLow: true } })
  expect(stuck).toBe(
    'GPIO22: refused: line 22 of pinctrl-bcm2711 (base 512), number 534: it was set to 1 (OFF) and reads the other level. Something else drives the pin',
  )
  gpio.fault(base + 23, 'held', true)
  expect(await driver.ask({ do: 'output', spec: { header: 23 } })).toMatch(/^GPIO23: refused: .*number 535: EBUSY. .*gpioinfo/)
  await driver.end('in good order')
})

const chips: readonly Chip[] = [
  { label: 'gpio-brcmstb', base: 512, lines: 32 },
  { label: 'pinctrl-rp1', base: 569, lines: 54 },
  { label: 'expander', base: 630, lines: 8 },
  { label: 'expander', base: 640, lines: 8 },
]

here('lines are found by label, and what sysfs cannot tell is refused', async () => {
  await using gpio = await fuseGpio(chips)
  const driver = await driverIn(gpio)
  await driver.ask({ do: 'output', spec: { header: 22 } })
  await driver.ask({ do: 'on', line: 0 })
  expect(gpio.level(569 + 22)).toBe(1)
  await driver.ask({ do: 'output', spec: { chip: 'gpio-brcmstb', offset: 3, activeLow: true } })
  expect(gpio.level(512 + 3)).toBe(1)
  const refused = (command: Command) => driver.ask(command)
  expect(await refused({ do: 'output', spec: { name: 'CONTACTOR' } })).toMatch(/sysfs does not know names of lines/)
  expect(await refused({ do: 'output', spec: { chip: 'expander', offset: 1 } })).toMatch(/2 chips are labelled expander/)
  expect(await refused({ do: 'output', spec: { chip: 'expander2', offset: 1 } })).toMatch(
    /absent: no chip is labelled expander2. Chips here: gpio-brcmstb \(base 512/,
  )
  expect(await refused({ do: 'output', spec: { chip: 'gpio-brcmstb', offset: 32 } })).toMatch(/lines 0 to 31/)
  expect(await refused({ do: 'group', specs: [{ header: 4 }, { header: 5 }] })).toMatch(
    /^GPIO4 \+ GPIO5: refused: sysfs loses short pulses. Set `gpio: chardev`/,
  )
  await driver.end('in good order')
  expect(readFileSync(leaf(gpio, 569 + 22, 'direction'), 'utf8').trim()).toBe('out')
})
