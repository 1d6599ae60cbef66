/** One event of text/event-stream. A comment is an event without data, named `comment`. */
export interface StreamEvent {
  readonly name: string
  readonly data: string
}

/** Takes the text as it comes, in whatever pieces, and gives the events that are whole (WHATWG HTML §9.2.6; id and retry are not used). */
export function eventReader(): (text: string) => readonly StreamEvent[] {
  let rest = ''
  let name = ''
  let data: string[] = []
  const take = (line: string): StreamEvent | undefined => {
    if (line === '') {
      const event = data.length === 0 ? undefined : { name: name === '' ? 'message' : name, data: data.join('\n') }
      name = ''
      data = []
      return event
    }
    const colon = line.indexOf(':')
    if (colon === 0) return { name: 'comment', data: '' }
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') name = value
    if (field === 'data') data.push(value)
    return undefined
  }
  return (text) => {
    const lines = (rest + text).split(/\r?\n/)
    rest = lines.pop() ?? ''
    return lines.flatMap((line) => take(line) ?? [])
  }
}
