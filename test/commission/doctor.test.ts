import { describe, expect, test } from 'vitest'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { examine, exitCodeOf, printed } from '../../src/commission/doctor.ts'
import type { Finding } from '../../src/commission/finding.ts'
import type { Host } from '../../src/commission/host.ts'
import { neededConfiguration, usedLines } from '../../src/commission/wires.ts'
import { boardNames, readBoard } from '../../src/config/files.ts'

const bench = (await readBoard('bench-native')) as WiredBoardSpec
const config = [...neededConfiguration(bench, usedLines(bench)), 'dtparam=watchdog=on'].join('\n')

interface Paper {
  readonly files?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly refused?: readonly string[]
  readonly modules?: readonly string[]
  readonly host?: Partial<Host>
}

/** A Raspberry Pi 4 on paper, in good order for `bench-native`, and what is wrong with it. */
function pi({ files = {}, links = {}, refused = [], modules = ['koffi', 'onoff', 'i2c-bus', 'serialport'], host = {} }: Paper = {}): Host {
  const all: Record<string, string> = {
    '/proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
    '/proc/sys/kernel/arch': 'aarch64',
    '/proc/mounts': '/dev/mmcblk0p2 / ext4 rw,noatime 0 0',
    '/proc/cmdline': 'console=tty1 root=PARTUUID=1',
    '/boot/firmware/config.txt': config,
    '/run/systemd/timesync/synchronized': '',
    '/sys/class/rtc/rtc0': '',
    '/sys/devices/platform/soc/soc:firmware/get_throttled': '0\n',
    '/sys/block/mmcblk0/device/life_time': '0x01 0x01',
    '/dev/gpiochip0': '',
    '/sys/bus/gpio/devices/gpiochip0/label': 'pinctrl-bcm2711',
    '/dev/i2c-1': '',
    '/dev/serial0': '',
    '/dev/ttyUSB0': '',
    ...files,
  }
  const paths = () => Object.keys(all).filter((path) => all[path] !== '(gone)')
  return {
    read: (path) => (paths().includes(path) ? all[path] : undefined),
    list: (path) => [...new Set(paths().flatMap((each) => (each.startsWith(`${path}/`) ? [each.slice(path.length + 1).split('/')[0] ?? ''] : [])))].sort(),
    follow: (path) => ({ '/dev/serial0': '/dev/ttyAMA0', ...links })[path] ?? path,
    exists: (path) => paths().includes(path),
    isUsable: (path) => paths().includes(path) && !refused.includes(path),
    loads: (module) => modules.includes(module),
    kernel: '6.12.25',
    platform: 'linux',
    architecture: 'arm64',
    user: 'pi',
    userId: 1000,
    epochMs: Date.UTC(2026, 5, 1),
    ...host,
  }
}
const troubles = async (paper: Paper, board: WiredBoardSpec = bench) =>
  (await examine(pi(paper), board))
    .filter(({ level }) => level === 'warning' || level === 'error')
    .map(({ check, level, says, remedy }) => `${level} ${check}: ${says} -> ${remedy}`)

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
    /error bus rs485: .*-> There is \/dev\/serial\/by-id\/usb-FTDI-if00/,
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
