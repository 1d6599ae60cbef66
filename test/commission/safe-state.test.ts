import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { pwmPlaces } from '../../hal/bus/pwm-sysfs.ts'
import { safeStateScript } from '../../hal/safe-state/script.ts'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { dangerousOf } from '../../hal/spec/used.ts'
import { boardNames, readBoard } from '../../src/config/files.ts'
import { hasSocat, ptyPair } from '../hal/modbus/pty.ts'
import { leaveOut } from '../left-out.ts'
import { said } from './desk.ts'
import { boardOf, type Chip, type Computer, computer, libgpiod1, libgpiod2, ok, type Programs } from './programs.ts'

const wired = (await Promise.all(boardNames().map((name) => readBoard(name)))).filter((board) => board.kind === 'wired')
const bench = wired.find(({ name }) => name === 'bench-native') as WiredBoardSpec
const header: Chip = { label: 'pinctrl-bcm2711', base: 512 }

const computers: Computer[] = []
function made(programs: Programs, chips: readonly Chip[] = []): Computer {
  const one = computer(programs, chips)
  computers.push(one)
  return one
}
afterEach(() => {
  for (const each of computers.splice(0)) each.remove()
})

const contactorAt = (output: object): WiredBoardSpec => boardOf({ controller: { kind: 'socket-outlet', contactor: { output } } })

describe.each(wired.map((spec) => [spec.name, spec] as const))('%s', (_name, spec) => {
  test('the script is shell, and sets every output to its OFF level, contactors first', async () => {
    const script = safeStateScript(spec)
    expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0)
    const { outputs, pilots } = dangerousOf(spec)
    const c = made({ ...ok, pinctrl: '' }, [header])
    for (const { pwm } of pilots) {
      const place = pwmPlaces(pwm)[1] ?? { device: '', channel: 0 }
      c.write(`devices/platform/soc/${place.device}/x`, '')
      c.write(`pwm/pwmchip0/pwm${place.channel}/duty_cycle`, '150000\n')
      symlinkSync(join(c.pwm, '..', 'devices/platform/soc', place.device), join(c.pwm, 'pwmchip0/device'))
    }
    const ran = await c.run(script)
    const lines = outputs.filter(({ output }) => output.header !== undefined)
    expect(ran.calls.filter((each) => each.startsWith('pinctrl'))).toEqual(
      lines.map(({ output }) => `pinctrl set ${output.header} op ${output.activeLow === true ? 'dh' : 'dl'}`),
    )
    for (const { what } of lines) expect(ran.out).toContain(`${what}: OFF`)
    for (const { what, pwm } of pilots) {
      expect(ran.out).toContain(`${what}: steady -12 V`)
      expect(c.read(`pwm/pwmchip0/pwm${pwmPlaces(pwm)[1]?.channel}/duty_cycle`)).toBe('0\n')
    }
    const parts = new Set(outputs.flatMap(({ output: { part } }) => (part === undefined ? [] : [part])))
    expect(ran.calls.filter((each) => each.startsWith('i2cset')).length > 0).toBe(parts.size > 0)
    // What is done first is safe first.
    const order = [...ran.out.matchAll(/^(.*): OFF/gm)].map(([, what]) => what ?? '')
    const contactors = order.filter((what) => /contactor|dead-man/.test(what))
    expect(order.slice(0, contactors.length)).toEqual(contactors)
    // Adapters that are not there are the only ones that are not made safe.
    const isSerial = ({ kind }: { kind: string }) => kind === 'evse-wb-din' || kind === 'openevse-rapi'
    expect(ran.err.split('\n').filter((line) => line.includes('NOT MADE SAFE: '))).toHaveLength(
      spec.evses.filter(({ controller }) => isSerial(controller)).length,
    )
  })
})

test('expanders get the OFF level of each pin, wherever the board may sit', async () => {
  const at = (kind: object, outputs: readonly object[]): WiredBoardSpec =>
    boardOf(
      {
        controller: { kind: 'socket-outlet', contactor: { output: outputs[0] ?? {} } },
        indicator: { red: outputs[1] ?? {}, green: outputs[2] ?? {} },
      } as never,
      { buses: { i2c: { kind: 'i2c', number: 3 } }, parts: { card: kind } } as never,
    )
  const pins = [
    { part: 'card', pin: 1 },
    { part: 'card', pin: 4, activeLow: true },
    { part: 'card', pin: 6 },
  ]
  const calls = async (kind: object, outputs: readonly object[] = pins, programs: Programs = ok) =>
    (await made(programs).run(safeStateScript(at(kind, outputs)))).calls
  expect(await calls({ kind: 'mcp23017', bus: 'i2c', address: 0x20 }, [{ part: 'card', pin: 9, activeLow: true }, ...pins.slice(1)])).toEqual([
    'i2cset -y 3 32 20 16',
    'i2cset -y 3 32 21 2',
  ])
  expect(await calls({ kind: 'pca9554', bus: 'i2c', address: 0x21 })).toEqual(['i2cset -y 3 33 1 16'])
  // Its inputs stay high.
  expect(await calls({ kind: 'pcf8574', bus: 'i2c', address: 0x22 })).toEqual(['i2cset -y 3 34 189'])
  const relays = [1, 2, 3].map((pin) => ({ part: 'card', pin }))
  const nobodyAt63 = { ...ok, i2cset: '[ "$3" != 63 ]' }
  expect(await calls({ kind: 'sequent-4rel4in', bus: 'i2c' }, relays, nobodyAt63)).toEqual(['i2cset -y 3 63 1 0', 'i2cset -y 3 39 1 0'])
  const nobody = await made({ ...ok, i2cset: 'exit 1' }).run(safeStateScript(at({ kind: 'sequent-8rel', bus: 'i2c', stack: 2 }, relays)))
  expect(nobody.calls).toEqual(['i2cset -y 3 61 1 0', 'i2cset -y 3 37 1 0'])
  expect(nobody).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/card \(outlet 1 contactor, outlet 1 red, outlet 1 green\): NOT MADE SAFE: no chip took it on i2c-3/),
  })
})

describe('ways to a line', () => {
  const off = { header: 22 }
  const offHigh = { header: 22, activeLow: true }

  test.each([
    ['Bookworm', libgpiod1([header.label])],
    ['Trixie', libgpiod2([header.label])],
  ])('%s: pinctrl, which holds nothing and leaves the pin driven', async (_system, gpiod) => {
    const c = made({ ...ok, ...gpiod, pinctrl: '' }, [header])
    const ran = await c.run(safeStateScript(contactorAt(offHigh)))
    expect(ran).toEqual({ exitCode: 0, out: 'outlet 1 contactor: OFF (GPIO22)\nEverything is OFF.\n', err: '', calls: ['pinctrl set 22 op dh'] })
  })

  test('before Bookworm: raspi-gpio', async () => {
    const ran = await made({ ...ok, 'raspi-gpio': '' }, [header]).run(safeStateScript(contactorAt(off)))
    expect([ran.exitCode, ran.calls]).toEqual([0, ['raspi-gpio set 22 op dl']])
  })

  test('libgpiod 1 and 2 without pinctrl, each in its own words, and it ends', async () => {
    const one = await made({ ...ok, ...libgpiod1(['pinctrl-bcm2711']) }).run(safeStateScript(contactorAt(offHigh)))
    expect(one.calls.filter((each) => each.includes('22='))).toEqual(['gpioset -- pinctrl-rp1 22=1', 'gpioset -- pinctrl-bcm2711 22=1'])
    expect(one).toMatchObject({ exitCode: 0, out: expect.stringContaining('OFF, and let go (pinctrl-bcm2711 line 22)'), err: '' })
    const two = await made({ ...ok, ...libgpiod2(['gpio-brcmstb@107d508500', 'pinctrl-rp1']) }).run(safeStateScript(contactorAt(off)))
    expect(two.calls.filter((each) => each.includes('22='))).toEqual(['gpioset -t 0 -c gpiochip1 -- 22=0'])
    expect(two).toMatchObject({ exitCode: 0, err: '' })
  })

  test('a line by name, with both', async () => {
    const named = contactorAt({ name: 'RELAY1', activeLow: true })
    const one = await made({ ...ok, ...libgpiod1(['gpio-1']) }).run(safeStateScript(named))
    expect(one.calls).toEqual(['gpiofind -- RELAY1', 'gpioset -- gpiochip0 22=1'])
    const two = await made({ ...ok, ...libgpiod2(['gpio-1']) }).run(safeStateScript(named))
    expect([two.exitCode, two.calls]).toEqual([0, ['gpioset -t 0 --by-name -- RELAY1=1']])
    const none = await made({ ...ok, ...libgpiod2(['gpio-1']) }).run(safeStateScript(contactorAt({ name: 'RELAY9' })))
    expect(none).toMatchObject({ exitCode: 1, err: expect.stringContaining('gpioset could not set the line RELAY9') })
  })

  test("another computer's chip is not written to by the numbers of a Raspberry Pi", async () => {
    const ran = await made({ ...ok, pinctrl: '', ...libgpiod2(['gpio-mxc']) }).run(safeStateScript(contactorAt({ chip: 'gpio-mxc', offset: 5 })))
    expect(ran.calls.filter((each) => !/--version|gpiodetect/.test(each))).toEqual(['gpioset -t 0 -c gpiochip0 -- 5=0'])
  })

  test('what cannot be set does not keep the others from being set, and counts', async () => {
    const spec: WiredBoardSpec = { ...bench, evses: bench.evses.map((each) => ({ ...each })) }
    const ran = await made({ ...ok, pinctrl: '[ "$2" != 23 ]' }, [header]).run(safeStateScript(spec))
    expect(ran.exitCode).toBe(1)
    expect(ran.calls.filter((each) => each.startsWith('pinctrl'))).toHaveLength(7)
    expect(ran.err).toMatch(/outlet 1 contactor: NOT MADE SAFE: nothing could set line 23 of pinctrl-rp1,.*\n/)
    // The contactor, and the pilot, whose PWM this computer lacks.
    expect(ran.err).toMatch(/2 of 8 NOT MADE SAFE\.\n$/)
    expect(ran.out).not.toContain('Everything is OFF')
  })

  test('what a board file says is never shell', async () => {
    const evil = `'; touch PWNED; $(touch PWNED) \`touch PWNED\` "\n-x %s \\n`
    const spec = boardOf(
      {
        controller: { kind: 'evse-wb-din', bus: 'rs485', contactor: { output: { chip: evil, offset: 3 } } },
        indicator: { red: { name: evil }, green: { part: evil, pin: 1 } },
      } as never,
      {
        name: evil,
        buses: { rs485: { kind: 'modbus-rtu', path: evil }, i2c: { kind: 'i2c', number: 1 } },
        parts: { [evil]: { kind: 'pca9554', bus: 'i2c', address: 0x20 } },
      } as never,
    )
    const script = safeStateScript(spec)
    for (const shell of ['dash', 'bash']) {
      const c = made({ ...ok, ...libgpiod1([]), touch: '' })
      const ran = await c.run(script, { shell })
      expect(ran.calls.filter((each) => each.startsWith('touch'))).toEqual([])
      expect(ran.calls.some((each) => each.startsWith("gpiofind -- '; touch PWNED; $(touch"))).toBe(true)
      expect(ran.exitCode).toBe(1)
    }
  })
})

describe('controllers of their own', () => {
  if (!hasSocat) leaveOut('safe-state on a serial line: socat is not installed')
  test.skipIf(!hasSocat).each([
    // Function 6, register 1000 to 0; $FD switches an OpenEVSE off.
    ['evse-wb-din', { kind: 'modbus-rtu', stopBits: 2 }, '010603e80000'],
    ['openevse-rapi', { kind: 'serial', baud: 115_200, parity: 'even' }, Buffer.from('$FD^').toString('hex')],
  ] as const)('%s is told to stop three times, in bytes as they are', async (kind, bus, begins) => {
    const pair = await ptyPair()
    const wire = await pair.far()
    let heard = ''
    wire.received.on((bytes) => {
      heard += Buffer.from(bytes).toString('hex')
    })
    const spec = boardOf({ controller: { kind, bus: 'line' } } as never, { buses: { line: { ...bus, path: pair.path } } } as never)
    // stty writes down how it is called and does what a pseudo-terminal can, which has no parity; nobody sleeps.
    const ran = await made({ stty: 'exec /usr/bin/stty "$1" "$2" raw -echo', sleep: '' }).run(safeStateScript(spec))
    expect(ran).toMatchObject({ exitCode: 0, err: '', out: `outlet 1 controller (${kind}): told to stop (${pair.path})\nEverything is OFF.\n` })
    await expect.poll(() => heard.split(begins).length - 1).toBe(3)
    const frame = heard.slice(0, heard.length / 3)
    expect(heard).toBe(frame.repeat(3))
    expect(ran.calls[0]).toContain(
      kind === 'evse-wb-din' ? '9600 cs8 raw -echo clocal -crtscts cstopb -parenb' : '115200 cs8 raw -echo clocal -crtscts -cstopb parenb -parodd',
    )
    // A line that cannot be set is told all the same, and does not count as safe.
    const unset = await made({ stty: 'exit 1', sleep: '' }).run(safeStateScript(spec))
    expect(unset).toMatchObject({ exitCode: 1, out: '', err: expect.stringContaining('it was told to stop all the same') })
    await expect.poll(() => heard.split(begins).length - 1).toBe(6)
    wire.close()
    await pair.close()
  })
})

test('an inverted driver stage is at -12 V while the pin is high', async () => {
  const c = made(ok)
  const spec = boardOf({
    controller: {
      kind: 'native',
      pilot: { kind: 'adc', pwm: { device: 'my.pwm', channel: 1, isInverted: true }, high: { part: 'adc', channel: 0 } },
      contactor: { output: { header: 22 } },
    },
  } as never)
  c.write('devices/my.pwm/x', '')
  c.write('pwm/pwmchip3/pwm1/period', '1000000\n')
  c.write('pwm/pwmchip3/pwm1/duty_cycle', '900000\n')
  symlinkSync(join(c.pwm, '../devices/my.pwm'), join(c.pwm, 'pwmchip3/device'))
  const ran = await c.run(safeStateScript(spec))
  expect(c.read('pwm/pwmchip3/pwm1/duty_cycle')).toBe('1000000\n')
  expect(ran.out).toContain('outlet 1 pilot: steady -12 V, state F')
})

describe('pilotwire safe-state', () => {
  test('prints the script, or runs it and ends as it ends', async () => {
    const script = await said(['safe-state', '--board', 'bench-native', '--script'])
    expect(script).toEqual({ exitCode: 0, out: safeStateScript(bench), err: '' })
    const ran = await said(['safe-state', '--board', 'evse-wb-din'])
    expect(ran).toEqual({ exitCode: 1, out: '', err: 'outlet 1 controller (evse-wb-din): NOT MADE SAFE: /dev/ttyUSB0 is not there\n1 of 1 NOT MADE SAFE.\n' })
  })

  test('a simulated board has nothing to be made safe', async () => {
    expect(await said(['safe-state', '--board', 'simulated'])).toEqual({
      exitCode: 2,
      out: '',
      err: 'pilotwire: --board: simulated is simulated: it has no outputs. Name the board file of real wires\n',
    })
  })
})
