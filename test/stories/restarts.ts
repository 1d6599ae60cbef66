import { openedAgain } from './mortal.ts'
import { type World, type WorldOptions, world } from './world.ts'

let lives = 0

/** The same station again: its store and its clock go on, everything else begins anew. */
export async function restarted(w: World, options: WorldOptions = {}): Promise<World> {
  const life = ++lives
  let ids = 0
  return world({ clock: w.clock, ...options, parts: { store: openedAgain(w.store), newId: () => `life-${life}-${++ids}`, ...options.parts } })
}

/** The program dies at once, as `kill -9` has it, and starts again. */
export async function killed(w: World, options: WorldOptions = {}): Promise<World> {
  w.station.drop()
  return restarted(w, options)
}

/** The program stops in good order and starts again. */
export async function stopped(w: World, reason: Parameters<World['station']['shutDown']>[0], options: WorldOptions = {}): Promise<World> {
  const closing = w.station.shutDown(reason)
  await w.clock.advance(5_000)
  await closing
  return restarted(w, options)
}
