import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the built dashboard is: beside the bundle, or in `dist` of a clone; undefined when it was not built. */
export function builtDashboard(): string | undefined {
  const places = [join(import.meta.dirname, 'dashboard'), join(import.meta.dirname, '..', '..', 'dist', 'dashboard')]
  return places.find((each) => existsSync(join(each, 'index.html')))
}
