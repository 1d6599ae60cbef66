import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../src/base/clock.ts'
import { ConfigError, DeviceError } from '../../src/base/errors.ts'
import type { Percent } from '../../src/base/units.ts'
import type { PilotSpec } from '../spec/controllers.ts'
import type { PwmOutput } from './pwm.ts'

export type PwmSpec = Extract<PilotSpec, { kind: 'adc' }>['pwm']

/** 1 kHz. */
const periodNs = 1_000_000
const nsPerPercent = periodNs / 100
/** udev needs a moment to give the files of a channel to the group. */
const exportTries = 100
const exportPause = 20

/** Which channel a pin of the header has, by a part of the chip's device path. Chips are not told by pwmchipN, which changes with the kernel. */
const headerChips: readonly { readonly device: string; readonly channels: Readonly<Record<number, number>> }[] = [
  // Raspberry Pi 5.
  { device: '1f00098000.pwm', channels: { 12: 0, 13: 1, 18: 2, 19: 3 } },
  // Raspberry Pi 4, 2 and 3, 0 and 1.
  ...['fe20c000.pwm', '3f20c000.pwm', '2020c000.pwm'].map((device) => ({ device, channels: { 12: 0, 18: 0, 13: 1, 19: 1 } })),
]

export interface PwmOptions {
  /** Waits for udev after a channel is exported; without it the files must be ready at once. */
  readonly clock?: Clock
  /** Channels that this process has opened, `chip:channel`: a second outlet on one of them would be offered what the first one is. */
  readonly used?: Set<string>
  /** In place of /sys/class/pwm. */
  readonly root?: string
}

/** A channel of a hardware PWM at 1 kHz, 0 % (steady low, pilot state F) when it is opened and when it is closed.
 *
 *  F at the end says what is true: nobody is there who would close the contactor (IEC 61851-1: EVSE not available). X1 would let a car wait
 *  for current that does not come. The channel stays exported and enabled, for a disabled one has an undefined level.
 *
 *  What `kill -9` leaves behind: the hardware goes on as it was. The car sees the last offer although the contactor is open (its coil is
 *  dropped by the dead-man relay, or the next start opens it); it does no harm but that it waits, until the next start or
 *  `pilotwire safe-state` puts it to F.
 *
 *  @throws ConfigError for a spec that names no channel, DeviceError 'absent' or 'refused' for a chip or channel that cannot be had */
export async function openPwm(spec: PwmSpec, { clock, used = new Set(), root = '/sys/class/pwm' }: PwmOptions = {}): Promise<PwmOutput> {
  const { chip, channel, name } = find(spec, root)
  const key = `${chip}:${channel}`
  if (used.has(key))
    throw new DeviceError(name, 'refused', new Error('another outlet has this channel: GPIO12 and 18 share one, as do 13 and 19, before the Pi 5'))
  used.add(key)
  const directory = join(root, chip, `pwm${channel}`)
  const file = (attribute: string) => join(directory, attribute)
  try {
    if (!existsSync(directory)) {
      writeFileSync(join(root, chip, 'export'), `${channel}\n`)
      await writable(file('duty_cycle'), clock)
    }
    return begin(spec, file, name)
  } catch (error) {
    throw pwmError(name, error)
  }
}

function begin(spec: PwmSpec, file: (attribute: string) => string, name: string): PwmOutput {
  const write = (attribute: string, value: string) => writeFileSync(file(attribute), `${value}\n`)
  const duty = openSync(file('duty_cycle'), 'r+')
  const said = Buffer.alloc(32)
  const readBack = () => Number.parseInt(said.toString('latin1', 0, readSync(duty, said, 0, said.length, 0)), 10)
  const setNs = (ns: number) => {
    writeSync(duty, `${ns}\n`, 0)
    const held = readBack()
    if (held !== ns) throw new Error(`duty_cycle reads ${held} ns, ${ns} was written`)
  }
  const nsOf = (percent: Percent) => Math.round((spec.isInverted === true ? 100 - percent : percent) * nsPerPercent)
  try {
    const read = (attribute: string) => readFileSync(file(attribute), 'utf8').trim()
    // `isInverted` is done in the duty: not every chip can turn its polarity round, and none can while it runs.
    if (read('polarity') === 'inversed') {
      write('enable', '0')
      write('polarity', 'normal')
    }
    const before = Number(read('period'))
    if (before !== periodNs) {
      // Without a period every duty is refused, and with one a duty that is longer.
      if (before > 0) setNs(0)
      write('period', `${periodNs}`)
    }
    setNs(nsOf(0))
    // Only now a signal: it begins with F.
    write('enable', '1')
  } catch (error) {
    closeSync(duty)
    throw error
  }
  let isClosed = false
  const set = (percent: Percent) => {
    if (!(percent >= 0 && percent <= 100)) throw new RangeError(`no duty cycle: ${percent} %`)
    if (isClosed) throw new DeviceError(name, 'refused', new Error('it is closed'))
    try {
      setNs(nsOf(percent))
    } catch (error) {
      throw pwmError(name, error)
    }
  }
  return {
    set,
    close() {
      if (isClosed) return
      try {
        set(0)
      } finally {
        isClosed = true
        closeSync(duty)
      }
    },
  }
}

interface Found {
  readonly chip: string
  readonly channel: number
  readonly name: string
}

/** Where the output may be: part of a chip's device path, and the channel. Several, for a header does not say which computer this is.
 *  @throws ConfigError when the spec names no output */
export function pwmPlaces({ device, header, channel }: PwmSpec): readonly { readonly device: string; readonly channel: number }[] {
  const wrong = (field: string, problem: string, remedy: string) => new ConfigError('board file', `controller.pilot.pwm${field}`, problem, remedy)
  if (device !== undefined) {
    const chosen = channel ?? headerChips.find((each) => device.includes(each.device))?.channels[header ?? -1]
    if (chosen === undefined) throw wrong('.channel', 'is missing', 'Say which channel of that chip drives the pilot')
    return [{ device, channel: chosen }]
  }
  if (header === undefined) throw wrong('', 'names no output', 'Say header: 12, 13, 18 or 19, or device with channel')
  return headerChips.map((each) => {
    const chosen = channel ?? each.channels[header]
    if (chosen === undefined) throw wrong('.header', `GPIO${header} has no hardware PWM`, 'Use 12, 13, 18 or 19')
    return { device: each.device, channel: chosen }
  })
}

function find(spec: PwmSpec, root: string): Found {
  const chips = [...devicesOf(root)]
  const wanted = spec.device === undefined ? `PWM of GPIO${spec.header}` : `PWM ${spec.device}`
  for (const { device, channel } of pwmPlaces(spec)) {
    const [chip] = chips.find(([, path]) => path.includes(device)) ?? []
    if (chip !== undefined) return { chip, channel, name: `${wanted} (${chip} channel ${channel})` }
  }
  const known = chips.map(([chip, path]) => `${chip} is ${path}`).join(', ') || 'there is none'
  throw new DeviceError(wanted, 'absent', new Error(`no such PWM chip: ${known}. Add dtoverlay=pwm (or pwm-2chan) with the pin to config.txt and start again`))
}

/** pwmchipN and what its `device` link names. */
function devicesOf(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  if (!existsSync(root)) return found
  for (const chip of readdirSync(root)
    .filter((each) => each.startsWith('pwmchip'))
    .sort()) {
    try {
      found.set(chip, readlinkSync(join(root, chip, 'device')))
    } catch {
      // A chip without a device is none of ours.
    }
  }
  return found
}

/** Waits until the file can be written: udev gives it to the group after the export. */
async function writable(path: string, clock: Clock | undefined): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      closeSync(openSync(path, 'r+'))
      return
    } catch (error) {
      if (clock === undefined || tries >= exportTries) throw error
      await new Promise<void>((resolve) => void clock.after('PWM export', exportPause, resolve))
    }
  }
}

function pwmError(name: string, error: unknown): Error {
  if (error instanceof DeviceError || error instanceof ConfigError || error instanceof RangeError) return error
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  if (code === 'EBUSY')
    return new DeviceError(name, 'refused', new Error('a driver of the kernel holds the channel (a fan?). Use another pin', { cause: error }))
  if (code === 'EACCES')
    return new DeviceError(name, 'refused', new Error('no permission. Add the user to the group gpio (99-com.rules of Raspberry Pi OS)', { cause: error }))
  if (code === 'ENOENT') return new DeviceError(name, 'absent', new Error('the chip has no such channel', { cause: error }))
  return new DeviceError(name, 'refused', error)
}
