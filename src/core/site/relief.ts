import { type Amps, type Millis, seconds } from '../../base/units.ts'

/** What a phase carries too much, A, and what each of the cars draws that may be on it. */
export interface Overload {
  readonly amps: Amps
  readonly drawn: ReadonlyMap<number, Amps>
}

/** Cars follow within it (see `sharing`): until then what is over says nothing new. */
const followedAfter = seconds(7)
/** What it has to be over by more, meanwhile: as much as cars waver. */
const worseA: Amps = 0.3

/** Where nobody knows which of the cars is on the phase that carries too much, each of them gives back all of it.
 *  @returns caps of the outlets, A; none while all is well */
export function relief(): (over: Overload | undefined, now: Millis) => ReadonlyMap<number, Amps> {
  let held: { readonly at: Millis; readonly amps: Amps; readonly caps: ReadonlyMap<number, Amps> } | undefined
  return (over, now) => {
    const amps = over?.amps ?? 0
    if (held !== undefined && now - held.at < followedAfter) {
      if (amps > held.amps + worseA) held = { at: now, amps, caps: lowered(held.caps, amps - held.amps) }
      return held.caps
    }
    held = over === undefined || amps === 0 ? undefined : { at: now, amps, caps: lowered(over.drawn, amps) }
    return held?.caps ?? new Map()
  }
}

function lowered(caps: ReadonlyMap<number, Amps>, by: Amps): ReadonlyMap<number, Amps> {
  return new Map([...caps].map(([evse, amps]) => [evse, Math.max(0, amps - by)]))
}
