const prefix = 'pilotwire.'

/** A small choice that this browser keeps; undefined: none, or the browser keeps nothing. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(prefix + name) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value)
  } catch {
    // Private windows refuse: it lasts as long as the page then.
  }
}
