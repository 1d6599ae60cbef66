import { basename } from 'node:path'
import type { BusSpec } from '../../hal/spec/wires.ts'
import { error, type Finding, joinGroup, ok, warning } from './finding.ts'
import { type Host, isPi5 } from './host.ts'

/** A serial line: there, for this user, nobody else on it, and able to do what the board file asks of it. */
export function examineSerial(host: Host, name: string, { path, parity = 'none' }: Extract<BusSpec, { path: string }>): Finding[] {
  const check = `bus ${name}`
  const known = host.list('/dev/serial/by-id').map((each) => `/dev/serial/by-id/${each}`)
  if (!host.exists(path)) return [error(check, `${path} is not there`, remedyFor(path, known))]
  if (!host.isUsable(path)) return [error(check, `${host.user} may not use ${path}`, joinGroup('dialout', host.user))]
  const findings: Finding[] = []
  const real = host.follow(path) ?? path
  // The Pi 5 has no mini-UART: its ttyS0 would be another chip's.
  const isMini = basename(real) === 'ttyS0' && !isPi5(host) && /Raspberry Pi/.test(host.read('/proc/device-tree/model') ?? '')
  if (basename(real) === 'ttyAMA10' && isPi5(host))
    findings.push(warning(check, `${path} is the debug connector of a Pi 5, not its header`, 'Add dtparam=uart0=on to config.txt and name /dev/ttyAMA0'))
  if (isMini && parity !== 'none')
    findings.push(error(check, `${path} is the mini-UART, which has no parity`, 'Add dtoverlay=disable-bt to config.txt: /dev/serial0 is then a full UART'))
  else if (isMini) findings.push(warning(check, `${path} is the mini-UART, whose speed goes with the processor's`, 'Add dtoverlay=disable-bt to config.txt'))
  const console = / console=(serial0|ttyAMA\d+|ttyS0)\b/.exec(` ${host.read('/proc/cmdline') ?? ''}`)?.[1]
  if (console !== undefined && (console === basename(real) || (console === 'serial0' && host.follow('/dev/serial0') === real)))
    findings.push(error(check, `the kernel prints on ${path}`, `Remove console=${console},115200 from cmdline.txt and start anew`))
  if (hasPrompt(host, basename(real), path)) {
    const getty = `serial-getty@${basename(real)}.service`
    findings.push(error(check, `a login prompt listens on ${path}`, `sudo systemctl disable --now ${getty}`))
  }
  if (/^ttyUSB|^ttyACM/.test(basename(path))) {
    const lasting = known.find((each) => host.follow(each) === real)
    findings.push(
      warning(check, `${path} may be another adapter after the next start`, lasting === undefined ? 'Name it by /dev/serial/by-id/...' : `Write ${lasting}`),
    )
  }
  return findings.length === 0 ? [ok(check, path)] : findings
}

function remedyFor(path: string, known: readonly string[]): string {
  if (/^\/dev\/(serial\d|ttyAMA\d|ttyS\d)$/.test(path)) return 'Add enable_uart=1 and dtoverlay=disable-bt to config.txt and start anew'
  return known.length === 0
    ? 'Plug the adapter in; dmesg says what the kernel makes of it'
    : `Plug it in, or name one of those that are there: ${known.join(', ')}`
}

/** A getty that systemd runs has a control group of its own. */
export function hasPrompt(host: Host, ...terminals: readonly string[]): boolean {
  const groups = ['system-getty.slice', 'system-serial\\x2dgetty.slice'].map((slice) => `/sys/fs/cgroup/system.slice/${slice}`)
  return groups.some((group) => host.list(group).some((each) => terminals.some((terminal) => each.endsWith(`getty@${basename(terminal)}.service`))))
}
