import { describe, expect, test } from 'vitest'
import type { Edge } from '../../../hal/bus/gpio.ts'
import { openChardev } from '../../../hal/bus/gpio-chardev.ts'
import { reasonOf } from '../../../hal/bus/health.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { type FakeChip, fakeKernel } from './fake-kernel.ts'

const pi4: FakeChip = { label: 'pinctrl-bcm2711', lines: 58, names: { 17: 'GPIO17', 22: 'CONTACTOR' } }
const firmware: FakeChip = { label: 'raspberrypi-exp-gpio', lines: 8 }

async function open(chips: readonly FakeChip[] = [pi4], numbers?: readonly number[]) {
  const clock = simulatedClock()
  const kernel = fakeKernel(chips, numbers)
  const said: string[] = []
  const log = { ...silentLog, error: (_: object, event: string) => said.push(event) }
  return { clock, kernel, said, gpio: await openChardev({ clock, log, kernel }) }
}
const words = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return reasonOf(error)
  }
  return 'nothing thrown'
}

describe('outputs', () => {
  test('the request has the bytes that the kernel declares', async () => {
    const { kernel, gpio } = await open()
    gpio.output({ header: 22, activeLow: true })
    const bytes = Buffer.alloc(592)
    bytes.writeUInt32LE(22, 0) // offsets[0]
    bytes.write('pilotwire', 256) // consumer
    bytes.writeBigUInt64LE(8n, 288) // config.flags: OUTPUT, and not ACTIVE_LOW
    bytes.writeUInt32LE(1, 296) // config.num_attrs
    bytes.writeUInt32LE(2, 320) // attrs[0].attr.id: OUTPUT_VALUES
    bytes.writeBigUInt64LE(1n, 328) // attrs[0].attr.values: high is OFF
    bytes.writeBigUInt64LE(1n, 336) // attrs[0].mask
    bytes.writeUInt32LE(1, 560) // num_lines
    expect(kernel.requests).toEqual([bytes])
  })

  test.each([
    { activeLow: false, off: 0, on: 1 },
    { activeLow: true, off: 1, on: 0 },
  ] as const)('activeLow $activeLow begins at its physical OFF level, is read back, and is left OFF', async ({ activeLow, off, on }) => {
    const { kernel, gpio } = await open()
    const relay = gpio.output({ header: 22, activeLow })
    expect(relay.isOn).toBe(false)
    relay.on()
    expect([relay.isOn, kernel.line(0, 22).level]).toEqual([true, on])
    relay.off()
    expect(relay.isOn).toBe(false)
    relay.on()
    gpio.close()
    expect(kernel.line(0, 22).history).toEqual([off, on, off, on, off])
    expect([relay.isOn, kernel.openFiles]).toEqual([undefined, 0])
    relay.on()
    gpio.close()
    expect(kernel.line(0, 22).level).toBe(off)
  })

  test('a pin that something else drives is refused, and let go of', async () => {
    const { kernel, gpio } = await open()
    kernel.line(0, 22).stuck = 1
    expect(words(() => gpio.output({ header: 22 }))).toBe(
      'GPIO22: refused: line 22 of pinctrl-bcm2711 (/dev/gpiochip0) was set to 0 (OFF) and reads 1. Something else drives the pin',
    )
    expect(kernel.openFiles).toBe(0)
  })

  test('a chip that dies refuses, reads undefined, and is let go of', async () => {
    const { kernel, gpio, said } = await open()
    const relay = gpio.output({ header: 22 })
    kernel.kill(0)
    expect(words(relay.on)).toBe('GPIO22: absent: line 22 of pinctrl-bcm2711 (/dev/gpiochip0): ENODEV. The chip is gone')
    expect([relay.isOn, said]).toEqual([undefined, []])
    gpio.close()
    expect([kernel.openFiles, said]).toEqual([0, ['an output could not be set OFF']])
  })
})

describe('inputs', () => {
  test('bias, polarity, edges and debounce go to the kernel', async () => {
    const { kernel, gpio } = await open()
    gpio.input({ header: 17, activeLow: true, pull: 'up', debounceMs: 10 })
    expect(kernel.requests[0]?.readBigUInt64LE(288)).toBe(2n + 4n + 16n + 32n + 256n)
    expect(kernel.requests[0]?.subarray(320, 344).toString('hex')).toBe(`0300000000000000${'1027000000000000'}0100000000000000`)
    expect([kernel.line(0, 17).debounceUs, kernel.requests.length]).toEqual([10_000, 1])
    gpio.input({ header: 18, pull: 'down' })
    gpio.input({ header: 19, pull: 'none' })
    expect(kernel.requests.slice(1).map((bytes) => bytes.readUInt32LE(288))).toEqual([4 + 16 + 32 + 512, 4 + 16 + 32 + 1_024])
  })

  test('edges carry the timestamps of the kernel in ms and stop with the line', async () => {
    const { kernel, gpio } = await open()
    const stop = gpio.input({ header: 17, activeLow: true })
    const edges: Edge[] = []
    stop.edges.on((edge) => edges.push(edge))
    expect(stop.isActive).toBe(true)
    kernel.drive(0, 17, 1, 1_234_567_891n)
    expect(stop.isActive).toBe(false)
    kernel.drive(0, 17, 0, 8_007_199_254_740_993n)
    expect(edges).toEqual([
      { isActive: false, at: 1_234.567, line: 0 },
      { isActive: true, at: 8_007_199_254.74, line: 0 },
    ])
    stop.close()
    kernel.drive(0, 17, 1, 1n)
    expect([edges.length, stop.isActive, kernel.openFiles]).toEqual([2, undefined, 0])
    stop.close()
  })

  test('more edges than one read takes all come, in order', async () => {
    const { kernel, gpio } = await open()
    const levels: boolean[] = []
    gpio.input({ header: 17 }).edges.on(({ isActive }) => levels.push(isActive))
    kernel.burst(Array.from({ length: 150 }, (_, at) => [0, 17, at % 2 === 0 ? 1 : 0, BigInt(at)] as const))
    expect(levels).toEqual(Array.from({ length: 150 }, (_, at) => at % 2 === 0))
  })

  test('a line that is closed by who hears it says nothing more', async () => {
    const { kernel, gpio } = await open()
    const stop = gpio.input({ header: 17 })
    let heard = 0
    stop.edges.on(() => {
      heard++
      stop.close()
    })
    kernel.burst(Array.from({ length: 10 }, (_, at) => [0, 17, at % 2 === 0 ? 1 : 0, BigInt(at)] as const))
    expect([heard, kernel.openFiles]).toEqual([1, 0])
  })

  test('a debounce that the kernel refuses is done here', async () => {
    const { clock, kernel, gpio } = await open()
    kernel.refuse((bytes) => (bytes.readUInt32LE(296) > 0 ? 'EINVAL' : undefined))
    const stop = gpio.input({ header: 17, debounceMs: 10 })
    const edges: Edge[] = []
    stop.edges.on((edge) => edges.push(edge))
    kernel.drive(0, 17, 1, 0n)
    await clock.advance(9)
    kernel.drive(0, 17, 0, 0n)
    await clock.advance(50)
    expect([edges, stop.isActive]).toEqual([[], false])
    kernel.drive(0, 17, 1, 0n)
    await clock.advance(9.5)
    expect(stop.isActive).toBe(false)
    await clock.advance(0.5)
    expect([edges, stop.isActive]).toEqual([[{ isActive: true, at: 69, line: 0 }], true])
    kernel.drive(0, 17, 0, 0n)
    gpio.close()
    await clock.advance(50)
    expect(edges).toHaveLength(1)
  })

  test('a line without interrupts is looked at each 5 ms', async () => {
    const { clock, kernel, gpio } = await open()
    kernel.refuse((bytes) => ((bytes.readUInt32LE(288) & 48) !== 0 ? 'ENXIO' : undefined))
    const stop = gpio.input({ header: 17 })
    const edges: Edge[] = []
    stop.edges.on((edge) => edges.push(edge))
    kernel.drive(0, 17, 1, 0n)
    await clock.advance(5)
    expect([edges, stop.isActive]).toEqual([[{ isActive: true, at: 5, line: 0 }], true])
    gpio.close()
    expect(clock.untilNext()).toBeUndefined()
  })

  test('a chip that dies makes the input undefined, once in the log', async () => {
    const { kernel, gpio, said } = await open()
    const stop = gpio.input({ header: 17 })
    kernel.kill(0)
    expect([stop.isActive, said]).toEqual([undefined, ['an input is lost']])
    gpio.close()
    expect(kernel.openFiles).toBe(0)
  })
})

describe('groups', () => {
  test('lines of one request are told by their place in it', async () => {
    const { kernel, gpio } = await open()
    const group = gpio.group([
      { header: 17, activeLow: true, pull: 'up', debounceMs: 10 },
      { header: 4, pull: 'up' },
    ])
    expect(kernel.requests).toHaveLength(1)
    expect([kernel.line(0, 17), kernel.line(0, 4)].map(({ flags, debounceUs }) => [flags, debounceUs])).toEqual([
      [2 + 4 + 48 + 256, 0],
      [4 + 48 + 256, 0],
    ])
    expect(kernel.requests[0]?.readUInt32LE(564)).toBe(256)
    const edges: Edge[] = []
    group.edges.on((edge) => edges.push(edge))
    kernel.burst([
      [0, 4, 1, 1_000_000n],
      [0, 17, 1, 2_000_000n],
      [0, 4, 0, 3_000_000n],
    ])
    expect(edges).toEqual([
      { isActive: true, at: 1, line: 1 },
      { isActive: false, at: 2, line: 0 },
      { isActive: false, at: 3, line: 1 },
    ])
    gpio.close()
    expect(kernel.openFiles).toBe(0)
  })

  test('lines of two chips are refused, and a held one is named', async () => {
    const { kernel, gpio } = await open([pi4, firmware])
    expect(words(() => gpio.group([{ header: 17 }, { chip: 'raspberrypi-exp-gpio', offset: 2 }]))).toMatch(/line 2 of raspberrypi-exp-gpio .* Wire them to one/)
    kernel.line(0, 4).consumer = 'w1'
    expect(words(() => gpio.group([{ header: 17 }, { header: 4 }]))).toMatch(/line 4 of pinctrl-bcm2711 .*EBUSY. w1 holds it/)
  })
})

describe('where a line is', () => {
  test.each([
    [
      [
        { label: 'gpio-brcmstb', lines: 32 },
        { label: 'pinctrl-rp1', lines: 54 },
      ],
      1,
    ],
    [
      [
        { label: 'pinctrl-bcm2835-440000', lines: 54 },
        { label: 'raspberrypi-exp-gpio', lines: 8 },
      ],
      0,
    ],
    [
      [
        { label: 'small', lines: 28, names: { 17: 'GPIO17' } },
        { label: 'large', lines: 54, names: { 17: 'GPIO17' } },
        { label: 'larger', lines: 99 },
      ],
      1,
    ],
  ] as const)('the header of %j', async (chips, chip) => {
    const { kernel, gpio } = await open(chips)
    gpio.output({ header: 17 })
    expect(kernel.line(chip, 17).consumer).toBe('pilotwire')
  })

  test('chips with numbers of two digits, and one under two paths', async () => {
    const { kernel, gpio } = await open([firmware, { label: 'pinctrl-rp1', lines: 54 }], [2, 15])
    kernel.link('/dev/gpiochip4', 1)
    gpio.output({ chip: 'pinctrl-rp1', offset: 17 })
    expect(kernel.line(1, 17).consumer).toBe('pilotwire')
  })

  test('a line by its name', async () => {
    const { kernel, gpio } = await open([firmware, pi4])
    gpio.output({ name: 'CONTACTOR' })
    expect(kernel.line(1, 22).consumer).toBe('pilotwire')
  })

  test('what is not there is told with what is', async () => {
    const { gpio, kernel } = await open([pi4, firmware, firmware])
    kernel.forbid('/dev/gpiochip2', 'EACCES')
    expect(words(() => gpio.output({ chip: 'pinctrl-rp1', offset: 3 }))).toBe(
      'pinctrl-rp1:3: absent: no chips are labelled pinctrl-rp1. Chips here: pinctrl-bcm2711 (/dev/gpiochip0, 58 lines), raspberrypi-exp-gpio (/dev/gpiochip1, 8 lines), /dev/gpiochip2 (EACCES)',
    )
    expect(words(() => gpio.output({ name: 'ESTOP' }))).toMatch(/^ESTOP: absent: no lines are named ESTOP. Chips here/)
    expect(words(() => gpio.output({ chip: 'pinctrl-bcm2711', offset: 58 }))).toMatch(/has the lines 0 to 57/)
  })

  test('a label or a name that two have is refused', async () => {
    const { gpio } = await open([firmware, firmware])
    expect(words(() => gpio.output({ chip: firmware.label, offset: 0 }))).toMatch(/refused: 2 chips are labelled raspberrypi-exp-gpio. Name the line by `name`/)
    expect(words(() => gpio.output({ header: 17 }))).toMatch(/no chip of a Raspberry Pi header/)
  })
})

describe('who holds it', () => {
  test.each([
    ['gpioset', /EBUSY. gpioset holds it/],
    ['sysfs', /EBUSY. It is exported by sysfs: .*unexport/],
    ['pilotwire', /EBUSY. pilotwire holds it already/],
  ])('%s', async (consumer, said) => {
    const { kernel, gpio } = await open()
    kernel.line(0, 22).consumer = consumer
    expect(words(() => gpio.output({ header: 22 }))).toMatch(said)
    expect(words(() => gpio.input({ header: 22, debounceMs: 5 }))).toMatch(said)
    expect(words(() => gpio.output({ header: 22 }))).toContain('line 22 of pinctrl-bcm2711 (/dev/gpiochip0)')
    expect(kernel.openFiles).toBe(0)
  })

  test.each([
    ['EBUSY', /another function/],
    ['EACCES', /group gpio/],
    ['EINVAL', /gpio: sysfs/],
  ])('nobody, and %s', async (code, said) => {
    const { kernel, gpio } = await open()
    kernel.refuse(() => code)
    expect(words(() => gpio.output({ header: 22 }))).toMatch(said)
    expect(words(() => gpio.input({ header: 22 }))).toMatch(said)
  })

  test('chips that may not be opened, and none at all', async () => {
    const kernel = fakeKernel([pi4])
    const at = { clock: simulatedClock(), log: silentLog, kernel }
    kernel.forbid('/dev/gpiochip0', 'EACCES')
    await expect(openChardev(at).catch(reasonOf)).resolves.toMatch(/refused: .*gpiochip0 \(EACCES\) cannot be opened. Add the user to the group gpio/)
    await expect(openChardev({ ...at, kernel: fakeKernel([]) }).catch(reasonOf)).resolves.toMatch(/absent: there is no \/dev\/gpiochipN/)
  })
})
