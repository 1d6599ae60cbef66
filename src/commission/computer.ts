import { isPlausible } from '../base/clock.ts'
import { error, type Finding, note, ok, warning } from './finding.ts'
import type { Host } from './host.ts'

/** What `doctor` asks of any computer, whatever is wired to it. */
export function examineComputer(host: Host): readonly Finding[] {
  return [...system(host), ...clock(host), ...power(host), ...storage(host), ...watchdog(host)]
}

function system(host: Host): readonly Finding[] {
  if (host.platform !== 'linux') return [note('kernel', `this is ${host.platform}: real hardware needs Linux`, 'Use a simulated board here')]
  const model = host.read('/proc/device-tree/model')?.replaceAll('\0', '').trim()
  const kernel = host.read('/proc/sys/kernel/arch')?.trim()
  const findings = [ok('kernel', `Linux ${host.kernel}${model === undefined ? '' : ` on ${model}`}`)]
  if (host.architecture === 'arm' && kernel === 'aarch64')
    findings.push(
      warning(
        'userland',
        'a 32-bit userland runs on a 64-bit kernel',
        'Install the 64-bit Raspberry Pi OS: the pinned Node and the prebuilt drivers are 64-bit',
      ),
    )
  else findings.push(ok('userland', `Node ${process.versions.node}, ${host.architecture}`))
  if (host.userId === 0)
    findings.push(
      note(
        'user',
        'this is root, who may do everything: the service runs as a user of its own',
        'Call doctor as that user: sudo -u pilotwire pilotwire doctor ...',
      ),
    )
  return findings
}

function clock(host: Host): readonly Finding[] {
  const findings: Finding[] = []
  const isSynchronised = host.exists('/run/systemd/timesync/synchronized') || host.exists('/run/chrony/chronyd.pid')
  if (!isPlausible(host.epochMs))
    findings.push(
      error(
        'clock',
        `the clock says ${new Date(host.epochMs).toISOString()}`,
        'Set it (timedatectl set-time), or let the network do so (timedatectl set-ntp true)',
      ),
    )
  else if (isSynchronised) findings.push(ok('clock', 'set by the network'))
  else
    findings.push(
      note('clock', 'not set by the network since the start', 'Sessions that begin before the central system or NTP tells the time are dated afterwards'),
    )
  if (host.list('/sys/class/rtc').length > 0) findings.push(ok('rtc', 'there is a real-time clock'))
  else
    findings.push(
      note(
        'rtc',
        'there is no real-time clock: after a power cut the time is unknown until the network tells it',
        'Fit one where the charger is offline for long (dtoverlay=i2c-rtc,...)',
      ),
    )
  return findings
}

/** Bits of the Raspberry Pi's firmware word; those from bit 16 on say that it happened since the start. */
const throttling: readonly (readonly [number, string])[] = [
  [0, 'the supply is below 4.63 V now'],
  [1, 'the processor is slowed down by its supply now'],
  [2, 'the processor is throttled now'],
  [3, 'the processor is at its temperature limit now'],
  [16, 'the supply was below 4.63 V since the start'],
  [18, 'the processor was throttled since the start'],
  [19, 'the processor was at its temperature limit since the start'],
]

function power(host: Host): readonly Finding[] {
  const word = ['/sys/devices/platform/soc/soc:firmware/get_throttled', '/sys/class/hwmon/hwmon0/device/get_throttled']
    .map(host.read)
    .find((each) => each !== undefined)
  if (word === undefined) {
    const alarm = host.list('/sys/class/hwmon').find((each) => host.read(`/sys/class/hwmon/${each}/name`)?.trim() === 'rpi_volt')
    if (alarm === undefined) return []
    return host.read(`/sys/class/hwmon/${alarm}/in0_lcrit_alarm`)?.trim() === '1'
      ? [weak('the supply is below 4.63 V now')]
      : [ok('power', 'the supply is fine')]
  }
  const bits = Number.parseInt(word.trim(), 16)
  const said = throttling
    .filter(([bit]) => (bits >>> bit) & 1)
    .map(([bit, says]) =>
      says.includes('supply')
        ? weak(says)
        : warning('power', says, bit === 3 || bit === 19 ? 'Cool it: an enclosure in the sun needs a heat sink' : "Cool it, and use the maker's power supply"),
    )
  return said.length === 0 ? [ok('power', 'no undervoltage and no throttling since the start')] : said
}

function weak(says: string): Finding {
  return warning('power', says, "Use the maker's power supply and a short cable: relays and readers fail first")
}

function storage(host: Host): readonly Finding[] {
  const findings: Finding[] = []
  const root = host
    .read('/proc/mounts')
    ?.split('\n')
    .map((line) => line.split(' '))
    .find((each) => each[1] === '/')
  if (root?.[3]?.split(',').includes('ro'))
    findings.push(note('storage', 'the root file system is read-only', 'Keep the state directory on a file system that is not'))
  for (const card of host.list('/sys/block').filter((each) => /^mmcblk\d+$/.test(each))) {
    const wear = host.read(`/sys/block/${card}/device/life_time`)?.trim()
    if (wear === undefined) {
      findings.push(note('storage', `${card} does not tell how worn it is`, 'Use an industrial card or eMMC where nobody comes by for years'))
      continue
    }
    // eMMC 5.0: each step is a tenth of its life, 0x0b beyond it.
    const worst = Math.max(...wear.split(/\s+/).map((each) => Number.parseInt(each, 16)))
    if (worst >= 10) findings.push(error('storage', `${card} has used up its life`, 'Replace it before it fails: copy the state directory first'))
    else if (worst >= 8) findings.push(warning('storage', `${card} has used up to ${worst * 10} % of its life`, 'Plan to replace it'))
    else findings.push(ok('storage', `${card} has used up to ${Math.max(worst, 1) * 10} % of its life`))
  }
  return findings
}

/** A computer that hangs as a whole: only its watchdog starts it again. */
function watchdog(host: Host): readonly Finding[] {
  if (host.platform !== 'linux') return []
  const isPi = /Raspberry Pi/.test(host.read('/proc/device-tree/model') ?? '')
  if (!host.exists('/dev/watchdog'))
    return [
      note(
        'watchdog',
        'there is no hardware watchdog: a computer that hangs stays so',
        isPi ? 'Add dtparam=watchdog=on to config.txt and start anew' : "Load the watchdog driver of this computer's chip",
      ),
    ]
  const states = host.list('/sys/class/watchdog').map((each) => host.read(`/sys/class/watchdog/${each}/state`)?.trim())
  if (states.includes('active')) return [ok('watchdog', 'the hardware watchdog runs')]
  return [
    note(
      'watchdog',
      'the hardware watchdog is there, and nobody feeds it',
      'Write RuntimeWatchdogSec=10 under [Manager] of /etc/systemd/system.conf and start anew',
    ),
  ]
}
