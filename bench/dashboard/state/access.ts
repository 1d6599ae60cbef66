import { browserClock } from '../../../src/local/web/browser-clock.ts'
import { createStore } from '../../../src/local/web/state/store.ts'
import { api, whenLocked } from '../api.ts'
import { tokenFrom } from '../places.ts'

/** Whether the central system wants the token first; undefined: not known yet. */
export const isLocked = createStore<boolean | undefined>(undefined, browserClock.nextFrame)

whenLocked(() => isLocked.set(true))

/** Logs in with the token of the address, which does not stay there: it would end up in bookmarks and screenshots. An unreachable central
 *  system is not locked: the page shows that it does not answer, and goes on when it does. */
export async function learnAccess(): Promise<void> {
  const token = tokenFrom(location.hash)
  if (token !== undefined) history.replaceState(null, '', `${location.pathname}${location.search}#/map`)
  try {
    if (token !== undefined) return await logIn(token)
  } catch {
    // An old address: its token is none any more. The form asks for the new one.
  }
  try {
    const { required, logged_in } = await api.get<{ required: boolean; logged_in: boolean }>('/login')
    isLocked.set(required && !logged_in)
  } catch {
    isLocked.set(false)
  }
}

/** @throws ProblemError: that is not the token */
export async function logIn(token: string): Promise<void> {
  await api.post('/login', { token })
  isLocked.set(false)
}

export async function logOut(): Promise<void> {
  await api.post('/logout')
  isLocked.set(true)
}
