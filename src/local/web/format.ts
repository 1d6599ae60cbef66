/** Figures and moments as people read them. */

export const none = '–'

/** `7.36 kW`, `920 W`. */
export function power(watts: number | null | undefined): string {
  const { figure, unit } = powerParts(watts)
  return figure === none ? none : `${figure} ${unit}`
}

/** For a big figure with a small unit. */
export function powerParts(watts: number | null | undefined): { readonly figure: string; readonly unit: string } {
  if (watts === null || watts === undefined) return { figure: none, unit: 'kW' }
  if (watts === 0) return { figure: '0', unit: 'kW' }
  if (Math.abs(watts) < 995) return { figure: watts.toFixed(0), unit: 'W' }
  return { figure: (watts / 1_000).toFixed(Math.abs(watts) < 99_950 ? 2 : 0), unit: 'kW' }
}

/** `4.21 kWh`, `850 Wh`. */
export function energy(wattHours: number | null | undefined): string {
  if (wattHours === null || wattHours === undefined) return none
  return Math.abs(wattHours) < 999.5 ? `${wattHours.toFixed(0)} Wh` : `${(wattHours / 1_000).toFixed(Math.abs(wattHours) < 99_995 ? 2 : 0)} kWh`
}

/** `15.9 A`, `16 A`. */
export function amps(current: number | null | undefined): string {
  return current === null || current === undefined ? none : `${Number(current.toFixed(1))} A`
}

export function volts(voltage: number | null | undefined): string {
  return voltage === null || voltage === undefined ? none : `${voltage.toFixed(0)} V`
}

/** `0:42`, `12:05`, `1:02:10`, `3 d 4:00:00`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return none
  const whole = Math.max(0, Math.floor(seconds))
  const days = Math.floor(whole / 86_400)
  const hours = Math.floor((whole % 86_400) / 3_600)
  const minutes = Math.floor((whole % 3_600) / 60)
  const rest = two(whole % 60)
  if (days > 0) return `${days} d ${hours}:${two(minutes)}:${rest}`
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** `3 d 4 h`, `2 h 5 min`, `40 s`: the two largest units that are not zero. */
export function spanOf(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ] as const
  const first = parts.findIndex(([amount]) => amount > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}

/** `87 MB`, `12.4 GB`: decimal, as disks are sold. */
export function bytesOf(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return bytes < 1_000_000_000 ? `${Math.round(bytes / 1_000_000)} MB` : `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const dayAndSecond = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/** Day and time in the reader's place: `22 Nov 2026, 17:05`. */
export function moment(iso: string | null | undefined): string {
  return isMoment(iso) ? dayAndTime.format(new Date(iso)) : none
}

/** `22 Nov 2026, 17:05:12` in the reader's place. */
export function momentToSecond(iso: string | null | undefined): string {
  return isMoment(iso) ? dayAndSecond.format(new Date(iso)) : none
}

/** `17:05:12` in the reader's place. */
export function timeOfDay(iso: string | null | undefined): string {
  return isMoment(iso) ? timeOnly.format(new Date(iso)) : none
}

const shortTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const soon = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })
const dayOfTick = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** Without the year, which is mostly this one: `22 Nov, 17:05`. */
export function brief(iso: string | null | undefined): string {
  return isMoment(iso) ? soon.format(new Date(iso)) : none
}

/** Words under the axis of time, for moments (s since 1970, whole minutes): `17:05`, days where they are days apart. */
export function ticks(momentsS: readonly number[]): readonly string[] {
  const stepS = (momentsS[1] ?? 0) - (momentsS[0] ?? 0)
  const format = stepS >= 86_400 ? dayOfTick : shortTime
  return momentsS.map((atS) => format.format(new Date(atS * 1_000)))
}

function isMoment(iso: string | null | undefined): iso is string {
  return typeof iso === 'string' && !Number.isNaN(Date.parse(iso))
}

/** Words of the charger in two: what is, and why. `Paused: the owner disabled it` is ['Paused', 'the owner disabled it'].
 *  A decimal comma parts nothing. */
export function headline(words: string): readonly [what: string, why: string | undefined] {
  const found = /^(.+?)(?:: |, |; )(.+)$/.exec(words)
  return found?.[1] === undefined ? [words, undefined] : [found[1], found[2]]
}

/** What it does, without the figure that changes all the time: `Charging at 7.4 kW` is `Charging`. */
export function withoutPower(words: string): string {
  return words.replace(/ at -?[\d.]+ k?W\b/, '')
}

/** Moments in words of the charger, in the reader's place: `Reserved until 22 Nov, 17:05`. */
export function withLocalTimes(words: string): string {
  return words.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => soon.format(new Date(iso)))
}

/** The state of an outlet in two: what it does, without the figure that the gauge shows, and why. */
export function stateWords(words: string): readonly [what: string, why: string | undefined] {
  const [what, why] = headline(withoutPower(words))
  return [withLocalTimes(what), why && withLocalTimes(why)]
}

/** `Disconnected on purpose`: as a sentence begins. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Why a session ended: `evDisconnected` is `ev disconnected`; nothing while it runs. */
export function ending(reason: string | null): string {
  return reason === null ? none : reason.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}
