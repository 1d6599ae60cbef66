import { browserClock } from '../browser-clock.ts'
import { remember, remembered } from './remembered.ts'
import { createStore } from './store.ts'

export const looks = ['auto', 'light', 'dark'] as const
export type Look = (typeof looks)[number]

/** Auto follows the device. */
export const look = createStore<Look>(looks.find((each) => each === remembered('look')) ?? 'auto', browserClock.nextFrame)

export function applyTheme(): void {
  const { dataset } = document.documentElement
  if (look.get() === 'auto') delete dataset['look']
  else dataset['look'] = look.get()
}

export function chooseLook(next: Look): void {
  remember('look', next)
  look.set(next)
  applyTheme()
}
