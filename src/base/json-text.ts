// JSON from strangers: what is looked at before anybody uses it.

/** How many brackets stand in each other, counted before anything is built of the text. */
export function depthOf(text: string): number {
  let depth = 0
  let most = 0
  let isInText = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isInText) {
      if (character === '\\') at++
      else if (character === '"') isInText = false
    } else if (character === '"') isInText = true
    else if (character === '[' || character === '{') most = Math.max(most, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return most
}

/** Names that reach into every object of the program. */
export function isDangerous(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype'
}

/** The first such name of a field, at any depth. */
export function dangerousIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, one] of Object.entries(value)) {
    const found = isDangerous(name) ? name : dangerousIn(one)
    if (found !== undefined) return found
  }
  return undefined
}
