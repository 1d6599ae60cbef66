import { createHash } from 'node:crypto'
import { docsStyle } from './docs-style.ts'
import { anchor, escaped, quoted } from './docs-text.ts'
import type { Schema } from './openapi.ts'
import { type Declared, root } from './served.ts'

/** The routes as a page to read: one file without scripts, without anything from elsewhere.
 *  @param at where the charger was asked for it, for examples that can be pasted: `http://localhost:8080`
 *  @returns `styleHash` for the Content-Security-Policy */
export function docsPage(routes: readonly Declared[], version: string, at: string): { readonly html: string; readonly styleHash: string } {
  const tags = [...new Set(routes.map(({ tag }) => tag))]
  const titled = new Map<string, Schema>()
  for (const { answer } of routes) if (typeof answer !== 'string') collect(answer as Schema, titled)
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Pilotwire: REST</title><style>${docsStyle}</style></head>
<body>
<nav aria-label="Contents">
<p class="brand"><a href="#top">Pilotwire</a> <small>${escaped(version)}</small></p>
${tags.map((tag) => `<a href="#${anchor(tag)}">${escaped(tag)}</a>`).join('\n')}
<a href="#shapes">Shapes</a>
<a href="${root}/openapi.json">OpenAPI 3.1</a>
<a href="/">The charger's page</a>
</nav>
<main id="top">
<h1>Speak to the charger</h1>
${introduction(at)}
${tags.map((tag) => section(tag, routes, at)).join('\n')}
<section id="shapes"><h2>Shapes</h2>
${[...titled].map(([title, each]) => `<article id="shape-${anchor(title)}"><h3>${escaped(title)}</h3><p>${escaped(each.description ?? '')}</p>${fields(each)}</article>`).join('\n')}
</section>
</main>
</body>
</html>
`
  return { html, styleHash: `sha256-${createHash('sha256').update(docsStyle).digest('base64')}` }
}

const introduction = (
  at: string,
) => `<p>JSON over HTTP, below <code>${root}</code>. Units stand in the names; moments are ISO 8601 in UTC; <code>null</code>: there is none.
Nothing here goes past the guard: what is asked for is a wish, and the least of all limits counts.</p>
<p>Where the charger has a password or a token, programs show it with each request; without one leave the header out:</p>
<pre>curl -H "Authorization: Bearer $TOKEN" ${escaped(at)}${root}/station</pre>
<p>An error is a problem document (RFC 9457), which names the field at fault: <code>400</code> not readable, <code>401</code> no token or
password, <code>403</code> a page of another site, <code>404</code> nothing there, <code>405</code> another method, <code>409</code> the charger says no,
<code>413</code> over 64 KiB, <code>415</code> not JSON, <code>421</code> called by a name that it does not know, <code>422</code> a value that does not
fit, <code>429</code> too often (<code>Retry-After</code>), <code>503</code> not now.</p>
<pre>{"type":"about:blank","title":"Not a valid value","status":422,
 "detail":"body.amps must be number, not \\"six\\". A per phase.","field":"body.amps"}</pre>`

function section(tag: string, routes: readonly Declared[], at: string): string {
  const those = routes.filter((each) => each.tag === tag)
  return `<section id="${anchor(tag)}"><h2>${escaped(tag)}</h2>\n${those.map((each) => article(each, at)).join('\n')}\n</section>`
}

function article(route: Declared, at: string): string {
  const notes = [...(route.isSimulatedOnly === true ? ['simulated board only'] : []), ...(route.access === 'open' ? ['nobody is asked for a password'] : [])]
  return `<article id="${anchor(`${route.method} ${route.path}`)}">
<h3><span class="method ${route.method.toLowerCase()}">${route.method}</span> <code>${escaped(route.path)}</code></h3>
<p>${escaped(route.summary)}${notes.length === 0 ? '' : ` <em>(${notes.join('; ')})</em>`}</p>
${inputTable('In the path', route.params)}${inputTable('Behind ?', route.query)}${inputTable('In the body', route.body)}
<pre>${escaped(curl(route, at))}</pre>
<p class="answer">Answer: ${typeof route.answer === 'string' ? `<code>${route.answer}</code>` : typeOf(route.answer as Schema)}</p>
</article>`
}

function inputTable(caption: string, schema: unknown): string {
  return schema === undefined ? '' : fields(schema as Schema, caption)
}

/** The fields of an object, those of unnamed objects in it too; a list is shown as what is in it. */
function fields(schema: Schema, caption?: string): string {
  const rows = rowsOf(schema, '')
  if (rows.length === 0) return ''
  return `<table>${caption === undefined ? '' : `<caption>${caption}</caption>`}<tbody>${rows.join('')}</tbody></table>`
}

function rowsOf(schema: Schema, prefix: string): readonly string[] {
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, each]) => {
    const path = `${prefix}${name}`
    const optional = required.includes(name) ? '' : ' <em>optional</em>'
    const row = `<tr><th scope="row"><code>${escaped(path)}</code>${optional}</th><td>${typeOf(each)}</td><td>${escaped(each.description ?? '')}</td></tr>`
    const inner = each.items ?? each.anyOf?.find(({ properties: within }) => within !== undefined) ?? each
    return [row, ...(inner.title === undefined ? rowsOf(inner, each.items === undefined ? `${path}.` : `${path}[].`) : [])]
  })
}

function typeOf(schema: Schema): string {
  if (schema.title !== undefined) return `<a href="#shape-${anchor(schema.title)}">${escaped(schema.title)}</a>`
  if (schema.enum !== undefined) return schema.enum.map((each) => `<code>${escaped(String(each))}</code>`).join(' ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  const bounds = [
    ...(schema.minimum === undefined ? [] : [`from ${schema.minimum}`]),
    ...(schema.maximum === undefined ? [] : [`to ${schema.maximum}`]),
    ...(schema.maxLength === undefined ? [] : [`at most ${schema.maxLength} characters`]),
  ]
  return escaped([[schema.type ?? 'anything'].flat().join(' or '), ...bounds].join(' '))
}

function collect(schema: Schema, titled: Map<string, Schema>): void {
  if (schema.title !== undefined) titled.set(schema.title, schema)
  for (const each of [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items]), ...(schema.anyOf ?? [])])
    collect(each, titled)
}

/** An example to paste into a shell. */
function curl({ method, path, example, answer }: Declared, at: string): string {
  const params = (example.params ?? {}) as Readonly<Record<string, unknown>>
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(String(params[name] ?? '1')))
  const query = new URLSearchParams(example.query as Readonly<Record<string, string>> | undefined)
  const url = `${at}${root}${filled}${query.size === 0 ? '' : `?${query}`}`
  const words = [
    answer === 'text/event-stream' ? 'curl -N' : 'curl',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(example.body === undefined ? [] : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(example.body))}`]),
    query.size > 1 ? quoted(url) : url,
  ]
  return words.join(' ')
}
