import { api, whenLocked } from '../api.ts'
import { browserClock } from '../browser-clock.ts'
import { createStore } from './store.ts'

interface Access {
  /** Undefined: not known yet. */
  readonly isLocked: boolean | undefined
  /** There is a password: there is something to log out of. */
  readonly isRequired: boolean
}

/** Whether the charger wants a password first. */
export const access = createStore<Access>({ isLocked: undefined, isRequired: false }, browserClock.nextFrame)

whenLocked(() => access.set({ isLocked: true, isRequired: true }))

/** An unreachable charger is not locked: the shell shows that it does not answer, and goes on when it does. */
export async function learnAccess(): Promise<void> {
  try {
    const { required, loggedIn } = await api.get<{ required: boolean; loggedIn: boolean }>('/login')
    access.set({ isLocked: required && !loggedIn, isRequired: required })
  } catch {
    access.set({ isLocked: false, isRequired: false })
  }
}

/** @throws ProblemError: a wrong password, or too many of them */
export async function logIn(password: string): Promise<void> {
  await api.post('/login', { password })
  access.set({ isLocked: false, isRequired: true })
}

export async function logOut(): Promise<void> {
  await api.post('/logout')
  access.set({ isLocked: true, isRequired: true })
}
