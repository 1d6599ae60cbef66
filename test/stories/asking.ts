import { type Millis, seconds } from '../../src/base/units.ts'
import { type World, type WorldOptions, world } from './world.ts'

/** What the central system asked, with the time that the answer may take. */
export async function ask<Asked extends ReturnType<World['csms']['call']>>(w: World, asked: Asked, within: Millis = seconds(1)): Promise<Awaited<Asked>> {
  await w.clock.advance(within)
  return await asked
}

/** An answer with this status. */
export const answered = (status: string) => ({ kind: 'result', payload: { status } })

/** Plugged in and charging with TAG1. */
export async function charging(options: WorldOptions = {}): Promise<World> {
  const w = await world(options)
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.until(() => w.status() === 'charging')
  return w
}

/** The network is gone, and stays away. */
export function goDark(w: World): void {
  w.network.dials('refused')
  w.network.cut()
}
