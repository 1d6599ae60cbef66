/** Keeps a map or set, in the order in which it was filled, from growing without end. */
export function forgetOldest<K>(kept: { readonly size: number; keys(): Iterator<K>; delete(key: K): boolean }, most: number): void {
  if (kept.size <= most) return
  const { value, done } = kept.keys().next()
  if (done !== true) kept.delete(value)
}
