import { asking } from './asking.ts'

/** The REST door of the charger. */
export const root = 'api/v1'

let onLocked: () => void = () => undefined

/** `run` is called whenever the charger wants a password first. */
export function whenLocked(run: () => void): void {
  onLocked = run
}

export const api = asking({ root, who: 'The charger', remedy: 'Is it on, and on this network?', onLocked: () => onLocked() })
