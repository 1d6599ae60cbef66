/** Keeps a map or set, in the order in which it was filled, from growing without end. */
export function forgetOldest(kept: { readonly size: number; keys(): Iterator<string>; delete(key: string): boolean }, most: number): void {
  if (kept.size <= most) return
  const { value, done } = kept.keys().next()
  if (done !== true) kept.delete(value)
}
