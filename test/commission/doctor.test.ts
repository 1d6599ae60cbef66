import { describe, expect, test } from 'vitest'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { examine, exitCodeOf, printed } from '../../src/commission/doctor.ts'
import type { Finding } from '../../src/commission/finding.ts'
import { boardNames, readBoard } from '../../src/config/files.ts'
import { said } from './desk.ts'
import { bench, config, type Paper, pi, troubles } from './paper.ts'

test('a computer in good order has nothing but the advice to name the adapter for good', async () => {
  expect(await troubles({})).toEqual(['warning bus rs485: /dev/ttyUSB0 may be another adapter after the next start -> Name it by /dev/serial/by-id/...'])
})

test.each<[string, Paper, RegExp]>([
  ['no GPIO', { files: { '/dev/gpiochip0': '(gone)' } }, /error gpio: there is no GPIO chip/],
  ['not in the group', { refused: ['/dev/gpiochip0'] }, /error gpio: pi may not use \/dev\/gpiochip0 -> .*usermod -aG gpio pi/],
  [
    'another computer',
    { files: { '/sys/bus/gpio/devices/gpiochip0/label': 'INT34BA' } },
    /error gpio: no chip is the header of a Raspberry Pi: there are INT34BA/,
  ],
  ['I2C is off', { files: { '/dev/i2c-1': '(gone)' } }, /error bus i2c-1: \/dev\/i2c-1 is not there -> Add dtparam=i2c_arm=on/],
  ['no I2C group', { refused: ['/dev/i2c-1'] }, /error bus i2c-1: .* -> .*usermod -aG i2c pi/],
  [
    'no adapter',
    { files: { '/dev/ttyUSB0': '(gone)', '/dev/serial/by-id/usb-FTDI-if00': '' } },
    /error bus rs485: .*-> .*name one of those that are there: \/dev\/serial\/by-id\/usb-FTDI-if00/,
  ],
  ['no dialout', { refused: ['/dev/ttyUSB0'] }, /error bus rs485: .*usermod -aG dialout pi/],
  [
    'a lasting name is known',
    { files: { '/dev/serial/by-id/usb-FTDI-if00': '' }, links: { '/dev/serial/by-id/usb-FTDI-if00': '/dev/ttyUSB0' } },
    /warning bus rs485: .* -> Write \/dev\/serial\/by-id\/usb-FTDI-if00/,
  ],
  ['mini-UART', { links: { '/dev/serial0': '/dev/ttyS0' } }, /warning bus card: .*mini-UART.*disable-bt/],
  [
    'console on the line',
    { files: { '/proc/cmdline': 'console=serial0,115200 root=1' } },
    /error bus card: the kernel prints on \/dev\/serial0 -> Remove console=serial0/,
  ],
  ['no koffi', { modules: ['i2c-bus', 'serialport'] }, /error modules: koffi does not load/],
  [
    'config.txt lacks a line',
    { files: { '/boot/firmware/config.txt': config.replace('dtparam=strict_gpiod', '# dtparam=strict_gpiod') } },
    /warning config.txt: .* lacks dtparam=strict_gpiod/,
  ],
  [
    'config.txt has another level',
    { files: { '/boot/firmware/config.txt': config.replace('=op,dl', '=op,dh') } },
    /warning config.txt: .* lacks gpio=12,17,19,20,22,23,27=op,dl/,
  ],
  [
    'strict_gpiod is not in force',
    { files: { '/sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs': 'Y\n' } },
    /warning kernel: the kernel keeps driving GPIO outputs after a program died: dtparam=strict_gpiod is written, but not in force -> Start anew/,
  ],
  [
    'no config.txt, and the kernel keeps outputs',
    { files: { '/boot/firmware/config.txt': '(gone)', '/sys/module/pinctrl_rp1/parameters/persist_gpio_outputs': 'Y\n' } },
    /warning kernel: the kernel keeps driving .* -> Add pinctrl_rp1\.persist_gpio_outputs=n to the kernel's command line/,
  ],
  [
    'a login prompt on the serial line',
    { files: { '/sys/fs/cgroup/system.slice/system-serial\\x2dgetty.slice/serial-getty@ttyAMA0.service/x': '' } },
    /error bus card: a login prompt listens on \/dev\/serial0 -> sudo systemctl disable --now serial-getty@ttyAMA0\.service/,
  ],
  ['undervoltage', { files: { '/sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n' } }, /warning power: the supply is below 4.63 V now/],
  ['a worn card', { files: { '/sys/block/mmcblk0/device/life_time': '0x0b 0x01' } }, /error storage: mmcblk0 has used up its life/],
  ['a clock that was never set', { host: { epochMs: 0 } }, /error clock: the clock says 1970/],
  ['a 32-bit userland', { host: { architecture: 'arm' } }, /warning userland: a 32-bit userland/],
])('%s', async (_what, paper, expected) => {
  expect((await troubles(paper)).join('\n')).toMatch(expected)
})

test('undervoltage tells what is and what was', async () => {
  const said = await troubles({ files: { '/sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n' } })
  expect(said.filter((each) => each.startsWith('warning power'))).toHaveLength(4)
})

test('parity on the mini-UART is an error', async () => {
  const board: WiredBoardSpec = { ...bench, buses: { ...bench.buses, card: { kind: 'serial', path: '/dev/serial0', parity: 'even' } } }
  expect((await troubles({ links: { '/dev/serial0': '/dev/ttyS0' } }, board)).join()).toMatch(/error bus card: .*no parity.*disable-bt/)
})

describe('no fail-safe', () => {
  test.each([
    ['evse-wb-din', /keeps its last current/],
    ['waveshare-relay-3ch', /no fail-safe: nothing opens the contactor/],
    ['sequent-4rel4in', /no residual current monitor/],
  ])('%s', async (name, expected) => {
    expect((await troubles({}, (await readBoard(name)) as WiredBoardSpec)).join('\n')).toMatch(expected)
  })
})

test('the lines of config.txt that a board file begins with are those that doctor asks for', async () => {
  const { readFileSync } = await import('node:fs')
  for (const name of boardNames()) {
    const board = await readBoard(name)
    if (board.kind !== 'wired') continue
    const head = readFileSync(new URL(`../../board-configs/${name}.yaml`, import.meta.url), 'utf8').split('$schema')[0] ?? ''
    const written = head.split('\n').map((line) =>
      line
        .replace(/^#\s*/, '')
        .replace(/\s+#.*/, '')
        .trim(),
    )
    const host = pi({ files: { '/boot/firmware/config.txt': written.join('\n') } })
    const lacking = (await examine(host, board)).filter(({ check, level }) => check === 'config.txt' && level !== 'ok')
    expect(lacking, name).toEqual([])
  }
})

test('a script gets an exit code, a person columns', () => {
  const some: Finding[] = [
    { check: 'gpio', level: 'ok', says: 'fine' },
    { check: 'config.txt', level: 'warning', says: 'lacks a line', remedy: 'Add it' },
  ]
  expect(printed(some)).toBe('gpio        ok       fine\nconfig.txt  WARNING  lacks a line\n                     -> Add it\n\n1 warning.\n')
  expect([[], some, [...some, { check: 'i2c', level: 'error' as const, says: 'gone', remedy: 'Fix' }]].map(exitCodeOf)).toEqual([0, 1, 2])
})

test('strict_gpiod on the command line of the kernel is as good as in config.txt', async () => {
  const files = {
    '/boot/firmware/config.txt': config.replace('dtparam=strict_gpiod\n', ''),
    '/sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs': 'N\n',
  }
  expect((await troubles({ files })).filter((each) => /strict|kernel/.test(each))).toEqual([])
  const findings = await examine(pi({ files }), bench)
  expect(findings.find(({ says }) => says.includes('let go'))?.level).toBe('ok')
})

test('a Pi 5 has other UARTs', async () => {
  const five = {
    '/proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0',
    '/boot/firmware/config.txt': config.replace(/enable_uart=1\n|dtoverlay=disable-bt\n/g, ''),
  }
  expect((await troubles({ files: five })).join()).not.toMatch(/config\.txt|bus card/)
  const debug = await troubles({ files: five, links: { '/dev/serial0': '/dev/ttyAMA10' } })
  expect(debug.join()).toMatch(
    /warning bus card: \/dev\/serial0 is the debug connector of a Pi 5.* -> Add dtparam=uart0=on to config\.txt and name \/dev\/ttyAMA0/,
  )
})

test('other words of config.txt for the same', async () => {
  const files = (text: string) => ({
    '/boot/firmware/config.txt': config.replace('dtparam=i2c_arm=on', 'dtparam=i2c=on').replace('dtoverlay=pwm,pin=18', text),
  })
  expect((await troubles({ files: files('dtoverlay=pwm-2chan,pin=18,func=2,pin2=19,func2=2') })).join()).not.toMatch(/config\.txt/)
  expect((await troubles({ files: files('dtoverlay=pwm-2chan,pin=12,pin2=13') })).join()).toMatch(/lacks dtoverlay=pwm,pin=18/)
})

test('a range in config.txt names its pins', async () => {
  const files = { '/boot/firmware/config.txt': config.replace('gpio=12,17,19,20,22,23,27=op,dl', 'gpio=12,17-23,27=op,dl') }
  expect((await troubles({ files })).join()).not.toMatch(/config\.txt/)
  const short = { '/boot/firmware/config.txt': config.replace('gpio=12,17,19,20,22,23,27=op,dl', 'gpio=12,17-22,27=op,dl') }
  expect((await troubles({ files: short })).join()).toMatch(/lacks gpio=12,17,19,20,22,23,27=op,dl/)
})

describe('a reader that types', () => {
  const reader = '/dev/input/by-id/usb-reader-event-kbd'
  const board: WiredBoardSpec = { ...bench, readers: [{ kind: 'usb-hid', path: reader }] }
  test.each<[string, Paper, RegExp]>([
    ['is not there', {}, /error reader: .* is not there -> Plug the reader in/],
    ['another is', { files: { '/dev/input/by-id/usb-other-event-kbd': '' } }, /name one of those that are there: \/dev\/input\/by-id\/usb-other-event-kbd/],
    ['not in the group', { files: { [reader]: '' }, refused: [reader] }, /error reader: .*usermod -aG input pi/],
    [
      'by a number that changes',
      { files: { '/dev/input/event0': '', [reader]: '' }, links: { [reader]: '/dev/input/event0' } },
      /warning reader: \/dev\/input\/event0 may be .* -> Write \/dev\/input\/by-id\/usb-reader-event-kbd/,
    ],
  ])('%s', async (what, paper, expected) => {
    const used = what.startsWith('by a number') ? { ...board, readers: [{ kind: 'usb-hid' as const, path: '/dev/input/event0' }] } : board
    expect((await troubles(paper, used)).join('\n')).toMatch(expected)
  })

  test('types into a login prompt while nobody grabs it', async () => {
    const files = { [reader]: '', '/sys/fs/cgroup/system.slice/system-getty.slice/getty@tty1.service/x': '' }
    const findings = await examine(pi({ files }), board)
    expect(findings.filter(({ check }) => check === 'reader')).toMatchObject([
      { level: 'note', says: expect.stringContaining('login prompt on tty1'), remedy: 'sudo systemctl disable --now getty@tty1.service' },
    ])
  })
})

test('an OpenEVSE goes on without the computer unless something is in series', async () => {
  const open = (await readBoard('openevse-rapi')) as WiredBoardSpec
  const says = async (board: WiredBoardSpec) => (await troubles({}, board)).filter((each) => each.includes('no fail-safe'))
  expect(await says(open)).toEqual([expect.stringMatching(/warning outlet 1: no fail-safe: the OpenEVSE goes on at 6 A when this computer dies/)])
  expect(await says({ ...open, deadMan: { header: 12 } })).toEqual([])
  const relay = { header: 23 }
  const series = {
    ...open,
    evses: open.evses.map((each) => ({ ...each, controller: { kind: 'openevse-rapi' as const, bus: 'openevse', contactor: { output: relay } } })),
  }
  // The relay opens when the program ends, not when it hangs.
  expect(await says(series)).toEqual([expect.stringMatching(/warning fail-safe: no fail-safe: nothing opens the contactor when this program hangs/)])
})

test.each([
  ['runs', {}, 'ok', /runs/],
  ['is not fed', { '/sys/class/watchdog/watchdog0/state': 'inactive\n' }, 'note', /nobody feeds it.*RuntimeWatchdogSec=10/],
  ['is missing', { '/dev/watchdog': '(gone)' }, 'note', /a computer that hangs stays so.*dtparam=watchdog=on/],
])('the watchdog %s', async (_what, files, level, expected) => {
  const found = (await examine(pi({ files }), undefined)).find(({ check }) => check === 'watchdog')
  expect([found?.level, `${found?.says} ${found?.remedy}`]).toEqual([level, expect.stringMatching(expected)])
})

describe('pilotwire doctor', () => {
  test('prints findings for a person, as JSON for a program, and ends for a script', async () => {
    const good = await said(['doctor'], { host: pi() })
    expect(good.exitCode).toBe(0)
    expect(good.out).toMatch(/^kernel {4}ok {6} Linux 6\.12\.25 on Raspberry Pi 4/)
    expect(good.out).toMatch(/pilotwire doctor --board FILE/)
    const json = await said(['doctor', '--board', 'bench-native', '--json'], { host: pi() })
    expect(json.exitCode).toBe(1)
    expect(JSON.parse(json.out)).toContainEqual(expect.objectContaining({ check: 'bus rs485', level: 'warning' }))
    expect((await said(['doctor', '--board', 'bench-native'], { host: pi({ files: { '/dev/i2c-1': '(gone)' } }) })).exitCode).toBe(2)
    expect((await said(['doctor', '--board', 'simulated'], { host: pi() })).out).toMatch(/board .* ok .* simulated is simulated: it needs no wires/)
  })

  test('every warning and error has its remedy', async () => {
    for (const name of boardNames()) {
      const findings = await examine(
        pi({ files: { '/dev/gpiochip0': '(gone)', '/dev/serial0': '(gone)', '/dev/i2c-1': '(gone)', '/boot/firmware/config.txt': '' } }),
        await readBoard(name),
      )
      for (const each of findings) if (each.level === 'warning' || each.level === 'error') expect(each.remedy, `${name}: ${each.says}`).toMatch(/\w/)
    }
  })

  test('on this very computer it ends with a code, and changes nothing', async () => {
    expect([0, 1, 2]).toContain((await said(['doctor', '--board', 'bench-native'])).exitCode)
  })
})
