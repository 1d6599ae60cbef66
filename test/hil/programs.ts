import { dirname, join } from 'node:path'

/** What runs in the machine beside `inside`, bundled next to it by bundle.ts. */
export const program = (name: 'main' | 'plant'): string => join(dirname(process.argv[1] ?? ''), `${name}.mjs`)
