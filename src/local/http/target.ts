/** What a request asks for. */
export interface Target {
  /** Decoded parts of the path: `/evses/1` is ['evses', '1']. */
  readonly parts: readonly string[]
  /** Still encoded. */
  readonly query: string
}

/** Undefined: no path that can be read. A part keeps a slash that was encoded; none is `.` or `..`, nor has control characters. */
export function targetOf(url: string | undefined): Target | undefined {
  if (url === undefined || !url.startsWith('/') || url.length > 2_048) return undefined
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const parts = path.slice(1).split('/').map(decoded)
  if (parts.at(-1) === '') parts.pop()
  const isRead = (part: string | undefined): part is string => part !== undefined && part !== '' && part !== '.' && part !== '..' && isPrintable(part)
  return parts.every(isRead) ? { parts, query: mark < 0 ? '' : url.slice(mark + 1) } : undefined
}

/** Undefined: `%` with something behind it that is no byte, or bytes that are no text. */
export function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

function isPrintable(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return !/[\u0000-\u001f\u007f]/.test(text)
}
