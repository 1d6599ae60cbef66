import { siteLimit, solarLimit, stationLimit } from '../core/charging/claim.ts'
import { profileLimit } from '../core/charging/limiting.ts'
import { disabledLimit, localLimit } from '../core/local-control.ts'

/** Who holds an offer, for people: the limits and permits of the offer by name. */
const holders: Readonly<Record<string, string>> = {
  board: 'the most this outlet gives',
  guard: 'the cable, the heat or the wiring',
  'no transaction': 'nobody: no transaction runs',
  authorization: 'the card, which was refused',
  fault: 'a fault',
  [profileLimit]: 'a charging profile',
  [stationLimit]: 'a profile for the whole station',
  [siteLimit]: 'the load management of the site',
  [solarLimit]: 'the solar power there is',
  [localLimit]: 'the local limit',
  [disabledLimit]: 'the owner, who disabled it',
  'off-peak': 'the off-peak hours',
}

/** Those that belong to the charger itself go without saying. */
const selfEvident: ReadonlySet<string> = new Set(['board', 'guard', 'no transaction'])

/** `the local limit`; a name that nobody explained stands for itself. */
export function holderWords(heldBy: string): string {
  return holders[heldBy] ?? heldBy
}

/** Somebody limits what the charger could do: worth a word to whoever asks why it is so slow. */
export function isWorthSaying(heldBy: string): boolean {
  return !selfEvident.has(heldBy)
}
