/** Resolves in the next turn of the event loop, after everything that has arrived by now was heard. No time passes. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
