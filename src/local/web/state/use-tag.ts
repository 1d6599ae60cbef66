import { useState } from 'preact/hooks'
import { remember, remembered } from './remembered.ts'

const key = 'tag'

/** The card that is typed, at first the one that was used last. */
export function useTag() {
  const [typed, setTyped] = useState(remembered(key) ?? '')
  const tag = typed.trim()
  const keep = () => {
    if (tag !== '') remember(key, tag)
  }
  return { typed, setTyped, tag, keep }
}
