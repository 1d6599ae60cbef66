import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import about from '../../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles the program as it stands now, in the shape of the package, into `directory` and returns the file: it starts in a fraction of the time that
 *  the sources take, and a run of kills is mostly starts. */
export async function bundledProgram(directory: string): Promise<string> {
  const outfile = join(directory, 'dist', 'pilotwire.mjs')
  symlinkSync(join(root, 'board-configs'), join(directory, 'board-configs'))
  // What is native stays beside the bundle.
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24.12',
    external: ['bufferutil', 'utf-8-validate', ...Object.keys(about.optionalDependencies)],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)" },
    logLevel: 'error',
  })
  return outfile
}
