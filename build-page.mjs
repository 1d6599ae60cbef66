// Makes the charger's own web page: `node build-page.mjs [FOLDER]`, into dist/page when none is named. Called by build.mjs for the package
// and by setup.mjs for a fresh clone.
import { readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const compressible = /\.(?:html|js|css|svg)$/

/** Each file that shrinks gets its `.gz` beside it: the charger sends that one and need not compress.
 *  @returns bytes of the whole page as it is sent, and the files of packages that are in it */
export async function buildPage(folder = join(root, 'dist', 'page')) {
  // Beside it first: whoever serves or builds the page at the same time meets a whole one.
  const draft = `${folder}.${process.pid}`
  try {
    const built = await intoFolder(draft)
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
    return built
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function intoFolder(folder) {
  const { output } = await build({
    configFile: false,
    root: join(root, 'src/local/web'),
    // Relative: the page also works below a path of a reverse proxy.
    base: './',
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      // Our Content-Security-Policy takes neither data: URLs nor inline scripts.
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
    },
  })
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  let bytes = 0
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name)
    const plain = readFileSync(path)
    const packed = compressible.test(entry.name) ? gzipSync(plain, { level: 9 }) : plain
    if (packed !== plain) writeFileSync(`${path}.gz`, packed)
    bytes += packed.length
  }
  const inputs = output.flatMap((part) => (part.type === 'chunk' ? Object.keys(part.modules) : []))
  // The style of uPlot comes by @import, of the same package as its code.
  return { bytes, inputs: inputs.filter((path) => path.startsWith(join(root, 'node_modules'))).map((path) => relative(root, path).replaceAll('\\', '/')) }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { bytes } = await buildPage(process.argv[2])
  process.stderr.write(`page: ${Math.ceil(bytes / 1_000)} kB compressed\n`)
}
