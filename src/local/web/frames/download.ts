import { browserClock } from '../browser-clock.ts'

/** The browser reads the text after the click; how long that takes is nowhere told. */
const readWithinMs = 30_000

/** Hands a text to the person as a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  browserClock.after(readWithinMs, () => URL.revokeObjectURL(address))
}
