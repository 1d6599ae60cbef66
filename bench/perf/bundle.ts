import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles one file of this folder into `directory`, as build.mjs bundles the program, and returns the path. */
export async function bundled(name: string, directory: string): Promise<string> {
  const outfile = join(directory, `${name}.mjs`)
  await build({
    absWorkingDir: root,
    entryPoints: [`bench/perf/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24.12',
    minifySyntax: true,
    legalComments: 'none',
    external: ['bufferutil', 'utf-8-validate', 'node-*'],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)" },
    logLevel: 'warning',
  })
  return outfile
}
