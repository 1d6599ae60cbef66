import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { send } from './send.ts'

/** The files of the charger's own page. */
export interface PageFiles {
  /** False: there is no such file. @param parts of the path; none: the page itself */
  serve(parts: readonly string[], request: IncomingMessage, response: ServerResponse): boolean
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
}

interface Held {
  readonly plain: Buffer
  readonly packed: Buffer | undefined
  readonly tag: string
}

/** What is in the folder is learnt at the first request, and each file is read once: a path from outside only ever looks into that
 *  list, and never reaches the disk. @param directory undefined, or without a page: a plain page says how to build it */
export function pageFiles(directory: string | undefined): PageFiles {
  let paths: ReadonlySet<string> | undefined
  const held = new Map<string, Held>()
  const contentOf = (path: string): Held => {
    const known = held.get(path)
    if (known !== undefined || directory === undefined) return known ?? notBuilt
    const plain = readFileSync(join(directory, path))
    const packed = paths?.has(`${path}.gz`) === true ? readFileSync(join(directory, `${path}.gz`)) : undefined
    const read = { plain, packed, tag: tagOf(plain) }
    held.set(path, read)
    return read
  }
  return {
    serve(parts, request, response) {
      paths ??= filesIn(directory)
      const path = parts.length === 0 ? 'index.html' : parts.join('/')
      if (!paths.has(path)) {
        if (parts.length > 0) return false
        answer('index.html', notBuilt, request, response)
        return true
      }
      try {
        answer(path, contentOf(path), request, response)
        return true
      } catch {
        // It was taken away since: by an update, for instance.
        return false
      }
    },
  }
}

function answer(path: string, { plain, packed, tag }: Held, { headers }: IncomingMessage, response: ServerResponse): void {
  const isPacked = packed !== undefined && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))/.test(String(headers['accept-encoding'] ?? ''))
  // Vite writes the hash of a file into its name: such a name never means anything else.
  const isForever = /^assets\/.+-[\w-]{8,}\.\w+$/.test(path)
  const about = {
    ETag: isPacked ? tag.replace(/"$/, '-gz"') : tag,
    'Cache-Control': isForever ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(packed === undefined ? {} : { Vary: 'Accept-Encoding' }),
  }
  if (headers['if-none-match']?.split(/\s*,\s*/).includes(about.ETag) === true) {
    send(response, 304, about)
    return
  }
  const type = types[extname(path)] ?? 'application/octet-stream'
  send(response, 200, { ...about, 'Content-Type': type, ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}) }, isPacked ? packed : plain)
}

function filesIn(directory: string | undefined): ReadonlySet<string> {
  if (directory === undefined) return new Set()
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    return new Set(entries.map((each) => relative(directory, join(each.parentPath, each.name)).replaceAll(sep, '/')))
  } catch {
    return new Set()
  }
}

function tagOf(content: Uint8Array): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
}

const notBuiltText = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pilotwire</title>
<h1>The charger runs</h1>
<p>Its page has not been built in this folder. Build it with <code>npm run build</code> and load this again.</p>
<p>Meanwhile: <a href="/docs">how to speak to it with programs</a>, <a href="/api/v1/station">its state as JSON</a>.</p>
</html>
`
const notBuilt: Held = { plain: Buffer.from(notBuiltText), packed: undefined, tag: tagOf(Buffer.from(notBuiltText)) }
