import { asking } from '../../src/local/web/asking.ts'

/** The REST door of the central system. Relative, so that the page also works below a path of a reverse proxy. */
export const root = '.'

let onLocked: () => void = () => undefined

/** `run` is called whenever the central system wants the token first. */
export function whenLocked(run: () => void): void {
  onLocked = run
}

export const api = asking({ root, who: 'The central system', remedy: 'Does it run, and is the network there?', onLocked: () => onLocked() })

/** `?site=a&limit=50` of what is defined and not empty. */
export function query(of: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(of).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** Of one charger: `/chargers/CP-1/start`. */
export function pathOf(charger: string, rest = ''): string {
  return `/chargers/${encodeURIComponent(charger)}${rest}`
}
