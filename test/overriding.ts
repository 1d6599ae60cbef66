/** The same thing with some of its members replaced. Its getters stay getters, and its methods are called on it itself: a class keeps what is
 *  private to it from a copy. */
export function overriding<T extends object>(original: T, members: Partial<T>): T {
  return new Proxy(Object.create(null) as T, {
    get(_, name) {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name)
      const member: unknown = Reflect.get(original, name)
      return typeof member === 'function' ? member.bind(original) : member
    },
  })
}
