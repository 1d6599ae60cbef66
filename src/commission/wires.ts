import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { examineConfiguration } from './config-txt.ts'
import { examineFailSafe } from './fail-safe.ts'
import { error, type Finding, joinGroup, note, ok, warning } from './finding.ts'
import type { Host } from './host.ts'
import { examineLines, type UsedLine, usedLines } from './lines.ts'
import { examineSerial, hasPrompt } from './serial.ts'

/** What `doctor` asks of the devices that a board file names, without touching one of them. */
export function examineWires(host: Host, spec: WiredBoardSpec): readonly Finding[] {
  const lines = usedLines(spec)
  return [
    ok('board', `${spec.name}: ${spec.evses.map(({ controller }, at) => `outlet ${at + 1} is ${controller.kind}`).join(', ')}`),
    ...modules(host, spec, lines),
    ...examineLines(host, spec, lines),
    ...buses(host, spec),
    ...readers(host, spec),
    ...examineConfiguration(host, spec, lines),
    ...examineFailSafe(spec),
  ]
}

function modules(host: Host, spec: WiredBoardSpec, lines: readonly UsedLine[]): readonly Finding[] {
  const kinds = new Set(Object.values(spec.buses ?? {}).map((each) => each.kind))
  const hasGpio = lines.some(({ line }) => line.part === undefined)
  const needed = new Set([
    ...(kinds.has('i2c') ? ['i2c-bus'] : []),
    ...(kinds.has('serial') || kinds.has('modbus-rtu') ? ['serialport'] : []),
    ...(hasGpio && spec.gpio !== 'sysfs' ? ['koffi'] : []),
    ...(hasGpio && spec.gpio === 'sysfs' ? ['onoff'] : []),
    ...((spec.readers ?? []).some(({ kind }) => kind === 'usb-hid') ? ['koffi'] : []),
  ])
  const missing = [...needed].filter((each) => !host.loads(each))
  if (missing.length > 0)
    return missing.map((each) =>
      error('modules', `${each} does not load`, 'Install python3, make and g++, then install Pilotwire again: it is compiled on this machine'),
    )
  return needed.size === 0 ? [] : [ok('modules', `${[...needed].join(', ')} load${needed.size === 1 ? 's' : ''}`)]
}

function buses(host: Host, spec: WiredBoardSpec): readonly Finding[] {
  return Object.entries(spec.buses ?? {}).flatMap(([name, bus]) =>
    bus.kind === 'i2c' ? i2c(host, name, bus.number) : 'path' in bus ? examineSerial(host, name, bus) : [],
  )
}

function i2c(host: Host, name: string, number: number): Finding[] {
  const path = `/dev/i2c-${number}`
  const check = `bus ${name}`
  if (!host.exists(path))
    return [
      error(
        check,
        `${path} is not there`,
        number === 1 ? 'Add dtparam=i2c_arm=on to config.txt and start anew; i2c-dev must be loaded' : 'Load i2c-dev, and the overlay of that bus',
      ),
    ]
  return host.isUsable(path) ? [ok(check, path)] : [error(check, `${host.user} may not use ${path}`, joinGroup('i2c', host.user))]
}

function readers(host: Host, spec: WiredBoardSpec): readonly Finding[] {
  return (spec.readers ?? []).flatMap((reader) => (reader.kind === 'usb-hid' ? keyboard(host, reader.path) : []))
}

/** A card reader that types like a keyboard. */
function keyboard(host: Host, path: string): readonly Finding[] {
  const seen = host.list('/dev/input/by-id').filter((each) => each.endsWith('event-kbd'))
  if (!host.exists(path)) {
    const remedy =
      seen.length === 0 ? 'Plug the reader in' : `Plug it in, or name one of those that are there: ${seen.map((each) => `/dev/input/by-id/${each}`).join(', ')}`
    return [error('reader', `${path} is not there`, remedy)]
  }
  if (!host.isUsable(path)) return [error('reader', `${host.user} may not use ${path}`, joinGroup('input', host.user))]
  const findings: Finding[] = []
  const lasting = seen.map((each) => `/dev/input/by-id/${each}`).find((each) => host.follow(each) === host.follow(path))
  if (!path.includes('/by-id/'))
    findings.push(warning('reader', `${path} may be another device after the next start`, `Write ${lasting ?? '/dev/input/by-id/...-event-kbd'}`))
  if (hasPrompt(host, 'tty1'))
    findings.push(
      note(
        'reader',
        'a login prompt on tty1 hears the cards while Pilotwire does not run, and the journal keeps them',
        'sudo systemctl disable --now getty@tty1.service',
      ),
    )
  return findings.length === 0 ? [ok('reader', path)] : findings
}
