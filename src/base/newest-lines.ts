/** The newest lines of a log, for who asks afterwards what happened. */
export interface NewestLines {
  /** @param line with or without its line break */
  add(line: string): void
  /** Oldest first, without line breaks. */
  all(): readonly string[]
}

/** Keeps between half of `most` and `most` characters: two halves, the older of which goes as a whole. */
export function newestLines(most: number): NewestLines {
  let older: string[] = []
  let newer: string[] = []
  let length = 0
  return {
    add(line) {
      const text = line.replace(/\n$/, '').slice(0, most / 4)
      newer.push(text)
      length += text.length + 1
      if (length < most / 2) return
      older = newer
      newer = []
      length = 0
    },
    all: () => [...older, ...newer],
  }
}
