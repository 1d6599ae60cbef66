import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Clock } from '../../src/base/clock.ts'
import { until } from './check.ts'
import { program } from './programs.ts'
import type { Ask, PlantState, Wishes } from './wishes.ts'

/** The plant, from the story's side. */
export interface Hands {
  set(wishes: Partial<Wishes>): Promise<PlantState>
  look(): Promise<PlantState>
  /** A card of ten hexadecimal digits before the reader. */
  present(card: string): Promise<PlantState>
  /** Looks until it is so. @throws Error when it is not within `withinMs` */
  until(what: string, isSo: (state: PlantState) => boolean, withinMs?: number): Promise<PlantState>
  close(): Promise<void>
}

export async function startPlant(clock: Clock, simulated: string): Promise<Hands> {
  const child = fork(program('plant'), [simulated])
  const waiting = new Map<number, (state: PlantState) => void>()
  const ended = once(child, 'exit')
  const ready = once(child, 'message')
  if (await Promise.race([ready.then(() => false), ended.then(() => true)])) throw new Error('the plant ended before it began')
  child.on('message', ({ id, state }: { id: number; state: PlantState }) => {
    waiting.get(id)?.(state)
    waiting.delete(id)
  })
  let asked = 0
  const ask = (words: { readonly set: Partial<Wishes> } | { readonly present: string } | { readonly look: true }) => {
    const id = ++asked
    const { promise, resolve } = Promise.withResolvers<PlantState>()
    waiting.set(id, resolve)
    child.send({ id, ...words } satisfies Ask)
    return promise
  }
  const look = () => ask({ look: true })
  return {
    set: (wishes) => ask({ set: wishes }),
    look,
    present: (card) => ask({ present: card }),
    until: (what, isSo, withinMs) => until(clock, what, look, isSo, withinMs),
    async close() {
      child.disconnect()
      await ended
    },
  }
}
