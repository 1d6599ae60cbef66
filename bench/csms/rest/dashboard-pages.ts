import { existsSync } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { docsPage } from './docs-page.ts'
import type { RestParts } from './parts.ts'

/** The built dashboard at `/`, and the routes as a page to read at `/docs`. */
export async function servePages(app: FastifyInstance, { dashboard }: RestParts, document: () => Readonly<Record<string, unknown>>): Promise<void> {
  const schema = { hide: true }
  let docs: ({ readonly at: string } & ReturnType<typeof docsPage>) | undefined
  app.get('/docs', { schema, exposeHeadRoute: true }, (request, reply) => {
    const at = `http://${request.headers.host}`
    // Held: nobody has to show anything to ask for it again and again.
    if (docs?.at !== at) docs = { at, ...docsPage(document(), at) }
    const { html, styleHash } = docs
    const policy = `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
    return reply.headers({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy }).type('text/html; charset=utf-8').send(html)
  })
  if (dashboard === undefined || !existsSync(join(dashboard, 'index.html'))) {
    app.get('/', { schema, exposeHeadRoute: true }, (_request, reply) =>
      reply.header('Cache-Control', 'no-cache').type('text/html; charset=utf-8').send(notBuilt),
    )
    return
  }
  await app.register(files, {
    root: dashboard,
    dotfiles: 'deny',
    preCompressed: true,
    cacheControl: false,
    // Vite writes the hash of a file into its name: such a name never means anything else.
    setHeaders: (reply, path) => {
      reply.header('Cache-Control', /[\\/]assets[\\/].+-[\w-]{8,}\.\w+(?:\.gz|\.br)?$/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pilotwire bench</title>
<h1>The central system runs</h1>
<p>Its dashboard has not been built in this folder. Build it with <code>npm run build</code> and load this again.</p>
<p>Meanwhile: <a href="/docs">how to speak to it with programs</a>.</p>
</html>
`
