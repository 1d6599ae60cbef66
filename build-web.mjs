// What build-page.mjs and build-dashboard.mjs share: a folder of sources becomes a page of few files.
import { readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const compressible = /\.(?:html|js|css|svg|json)$/

/** Each file that shrinks gets its `.gz` beside it: who serves it sends that one and need not compress.
 *  @param sources folder of its index.html, in the repository
 *  @returns bytes of the whole page as it is sent, and the files of packages that are in it */
export async function buildWeb(sources, folder) {
  // Beside it first: whoever serves or builds the page at the same time meets a whole one.
  const draft = `${folder}.${process.pid}`
  try {
    const built = await intoFolder(join(root, sources), draft)
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
    return built
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function intoFolder(sources, folder) {
  const { output } = await build({
    configFile: false,
    root: sources,
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

/** @returns whether this is the program that was called: `node build-page.mjs` */
export function isCalled(url) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url)
}
