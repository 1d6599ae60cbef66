import { wordsOf } from '../asking.ts'
import { browserClock } from '../browser-clock.ts'
import { createStore } from './store.ts'

export type Tone = 'good' | 'note' | 'warn' | 'bad'

export interface Said {
  readonly number: number
  readonly tone: Tone
  readonly words: string
}

const stayMs = 7_000
const most = 3
let number = 0

/** Short messages at the foot of the page; also read out by screen readers. */
export const said = createStore<readonly Said[]>([], browserClock.nextFrame)

export function say(tone: Tone, words: string): void {
  number += 1
  const mine = number
  said.set([...said.get(), { number: mine, tone, words }].slice(-most))
  browserClock.after(stayMs, () => unsay(mine))
}

export function unsay(which: number): void {
  said.set(said.get().filter((each) => each.number !== which))
}

/** Does it and says how it went: `tell(api.post<Done>('/evses/1/stop'), ({ reply }) => reply)`.
 *  @returns what it gave; undefined: it failed, and that was said */
export async function tell<T>(work: Promise<T>, words: (result: T) => string | undefined): Promise<T | undefined> {
  try {
    const result = await work
    const text = words(result)
    if (text !== undefined && text !== '') say('good', sentence(text))
    return result
  } catch (error) {
    say('bad', sentence(wordsOf(error)))
    return undefined
  }
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}
