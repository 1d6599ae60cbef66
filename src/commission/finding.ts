/** What `doctor` says of one thing. */
export interface Finding {
  /** What was looked at, for scripts: `gpio`, `serial`, `power` ... */
  readonly check: string
  readonly level: 'ok' | 'note' | 'warning' | 'error'
  /** One sentence. */
  readonly says: string
  /** What to do about it; there is one for each warning and error. */
  readonly remedy?: string
}

export const ok = (check: string, says: string): Finding => ({ check, level: 'ok', says })
export const note = (check: string, says: string, remedy?: string): Finding => ({ check, level: 'note', says, ...(remedy === undefined ? {} : { remedy }) })
export const warning = (check: string, says: string, remedy: string): Finding => ({ check, level: 'warning', says, remedy })
export const error = (check: string, says: string, remedy: string): Finding => ({ check, level: 'error', says, remedy })

/** A remedy. */
export const joinGroup = (name: string, user: string) => `Add the user to the group: sudo usermod -aG ${name} ${user}, then log in anew`
