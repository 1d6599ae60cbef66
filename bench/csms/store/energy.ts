import { putAll, type Steps } from './steps.ts'
import type { Measured } from './store.ts'

// Energy over time. When the register of a transaction has moved on, the difference is spread evenly over the time since it was read last and
// added to `statistics`, in the same database transaction that keeps the sample: once for each sample, at whichever process. So the power over
// time is right whether stations sample each 10 s or each 15 min, and whether a sample comes at once or after a day without a line. Kept are
// minutes of all and of each site (for the power over time), days of each site (for the money) and hours of each charger (for the map).

const minuteMs = 60_000
const hourMs = 3_600_000
export const dayMs = 86_400_000
/** A difference of a longer time is counted in its last day: a wrong clock must not fill the table. */
const longestMs = dayMs
/** Further away from the present is no time of a charging station. */
const farMs = 92 * dayMs
/** A power that was measured says nothing of a longer time before it: stations sample each 15 min at the longest. */
const heldMs = hourMs
/** W of one station; beyond is no reading. */
const mostPowerW = 1e8

/** Collects what a group of writes adds, so that each row is touched once. */
export interface Counted {
  /** @param site empty for none */
  add(station: string, site: string, since: number, until: number, energyWh: number): void
  written(): Steps<void>
}

export function countedEnergy(slot: number, now: number): Counted {
  const rows = new Map<string, [kind: string, scope: string, at: number, slot: number, energyWh: number]>()
  const put = (kind: string, scope: string, at: number, energyWh: number) => {
    const key = `${kind} ${at} ${scope}`
    const row = rows.get(key)
    if (row === undefined) rows.set(key, [kind, scope, at, slot, energyWh])
    else row[4] += energyWh
  }
  return {
    add(station, site, since, until, energyWh) {
      if (!(energyWh > 0) || until <= since || until > now + hourMs || until < now - farMs) return
      if (energyWh > (mostPowerW * (until - since)) / hourMs) return
      const from = Math.max(since, until - longestMs)
      for (const [at, share] of shares(from, until, minuteMs)) {
        put('all', '', at, energyWh * share)
        if (site !== '') put('site', site, at, energyWh * share)
      }
      for (const [at, share] of shares(from, until, hourMs)) put('charger-hour', station, at, energyWh * share)
      for (const [at, share] of shares(from, until, dayMs)) put('site-day', site, at, energyWh * share)
    },
    *written() {
      const sorted = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
      yield* putAll(
        'INSERT INTO statistics (kind, scope, at, slot, energy_wh)',
        sorted,
        'ON CONFLICT (kind, scope, at, slot) DO UPDATE SET energy_wh = statistics.energy_wh + excluded.energy_wh',
      )
    },
  }
}

/** The spans of `stepMs` that a time touches, by their beginnings, with the share of it that lies in each. */
export function* shares(since: number, until: number, stepMs: number): Generator<readonly [at: number, share: number]> {
  for (let at = Math.floor(since / stepMs) * stepMs; at < until; at += stepMs) {
    yield [at, (Math.min(until, at + stepMs) - Math.max(since, at)) / (until - since)]
  }
}

/** A register (Wh) and its moment. Where no register was heard it is what the power comes to. */
export interface Register {
  readonly wh: number | undefined
  readonly at: number
  /** Where it stood at the beginning; undefined until a register is heard: `wh` counts from 0 then. */
  readonly startWh: number | undefined
}

/** Where the register stands after a sample, and the mean power (W) until then; undefined for a sample that is no news. */
export function advanced(
  last: Register,
  sample: Measured,
): { readonly register: Register; readonly energyWh: number; readonly powerW: number | undefined } | undefined {
  const { atMs, energy_wh, power_w } = sample
  const lasted = atMs - last.at
  if (last.wh === undefined && energy_wh !== undefined)
    return { register: { wh: energy_wh, at: atMs, startWh: last.startWh ?? energy_wh }, energyWh: 0, powerW: power_w }
  if (lasted <= 0) return undefined
  const before = last.wh ?? 0
  // The first register of a station that told its power alone so far goes on from there.
  if (energy_wh !== undefined && last.startWh === undefined)
    return { register: { wh: energy_wh, at: atMs, startWh: energy_wh - before }, energyWh: 0, powerW: power_w }
  const wh = energy_wh ?? (power_w === undefined ? undefined : before + (Math.max(0, power_w) * Math.min(lasted, heldMs)) / hourMs)
  if (wh === undefined) return undefined
  const energyWh = Math.max(0, wh - before)
  return { register: { wh, at: atMs, startWh: last.startWh }, energyWh, powerW: power_w ?? (energyWh * hourMs) / lasted }
}
