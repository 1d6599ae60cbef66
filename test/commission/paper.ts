import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { neededConfiguration } from '../../src/commission/config-txt.ts'
import { examine } from '../../src/commission/doctor.ts'
import type { Host } from '../../src/commission/host.ts'
import { usedLines } from '../../src/commission/lines.ts'
import { readBoard } from '../../src/config/files.ts'

export const bench = (await readBoard('bench-native')) as WiredBoardSpec
export const config = [...neededConfiguration(bench, usedLines(bench)), 'dtparam=watchdog=on'].join('\n')

export interface Paper {
  readonly files?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly refused?: readonly string[]
  readonly modules?: readonly string[]
  readonly host?: Partial<Host>
}

/** A Raspberry Pi 4 on paper, in good order for `bench-native`, and what is wrong with it. */
export function pi({ files = {}, links = {}, refused = [], modules = ['koffi', 'onoff', 'i2c-bus', 'serialport'], host = {} }: Paper = {}): Host {
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
    '/dev/watchdog': '',
    '/sys/class/watchdog/watchdog0/state': 'active\n',
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
    holderOf: () => undefined,
    kernel: '6.12.25',
    platform: 'linux',
    architecture: 'arm64',
    user: 'pi',
    userId: 1000,
    epochMs: Date.UTC(2026, 5, 1),
    ...host,
  }
}
export const troubles = async (paper: Paper, board: WiredBoardSpec = bench) =>
  (await examine(pi(paper), board))
    .filter(({ level }) => level === 'warning' || level === 'error')
    .map(({ check, level, says, remedy }) => `${level} ${check}: ${says} -> ${remedy}`)
