/** Of each message, characters. */
export const longestPart = 100_000
/** Items of each message. */
const mostInPart = 1_000

/** A long list in messages of a bearable length. */
export function slices<T>(items: readonly T[]): readonly T[][] {
  const parts: T[][] = []
  let length = longestPart
  for (const item of items) {
    const more = JSON.stringify(item).length + 1
    if (length + more > longestPart || (parts.at(-1)?.length ?? 0) >= mostInPart) {
      parts.push([])
      length = 0
    }
    parts.at(-1)?.push(item)
    length += more
  }
  return parts
}
