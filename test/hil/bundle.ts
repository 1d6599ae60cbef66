import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import about from '../../package.json' with { type: 'json' }

/** Bundles the programs that run in the machine, where sources would take half a minute to load. They stand under node_modules: there
 *  the machine finds them, and they find the native packages. */
export async function bundlePrograms(project: string): Promise<{ readonly inside: string; readonly drivers: readonly string[]; remove(): void }> {
  const cache = join(project, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const outdir = mkdtempSync(join(cache, 'hil-'))
  await build({
    absWorkingDir: project,
    entryPoints: {
      inside: 'test/hil/inside.ts',
      plant: 'test/hil/plant.ts',
      main: 'src/main.ts',
      'gpio-drivers': 'test/hil/guest-tests/gpio.ts',
      'analog-drivers': 'test/hil/guest-tests/analog.ts',
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24.12',
    external: ['bufferutil', 'utf-8-validate', ...Object.keys(about.optionalDependencies)],
    banner: { js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)" },
    logLevel: 'error',
  })
  const drivers = ['gpio-drivers', 'analog-drivers'].map((name) => join(outdir, `${name}.mjs`))
  return { inside: join(outdir, 'inside.mjs'), drivers, remove: () => rmSync(outdir, { recursive: true, force: true }) }
}
