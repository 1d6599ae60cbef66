import { createHash } from 'node:crypto'
import { docsStyle } from '../../../src/local/http/docs-style.ts'
import { anchor, escaped, quoted } from '../../../src/local/http/docs-text.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
}
interface Media {
  readonly schema?: Schema
  readonly example?: unknown
}
interface Operation {
  readonly summary: string
  readonly tags: readonly string[]
  readonly security: readonly unknown[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly description?: string
    readonly schema: Schema
    readonly example?: unknown
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Media>> }>>
}
interface Document {
  readonly info: { readonly version: string; readonly description: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** The OpenAPI document as a page to read: one file without scripts, without anything from elsewhere.
 *  @param at where the door was asked for it, for examples that can be pasted: `http://localhost:8080`
 *  @returns `styleHash` for the Content-Security-Policy */
export function docsPage(described: Readonly<Record<string, unknown>>, at: string): { readonly html: string; readonly styleHash: string } {
  const { info, tags, paths, components } = described as unknown as Document
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
  const section = (name: string) =>
    `<section id="${anchor(name)}"><h2>${escaped(name)}</h2>\n${operations
      .filter(({ operation }) => operation.tags.includes(name))
      .map(({ path, method, operation }) => article(path, method, operation, at))
      .join('\n')}\n</section>`
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Pilotwire bench: REST</title><style>${docsStyle}</style></head>
<body>
<nav aria-label="Contents">
<p class="brand"><a href="#top">Pilotwire bench</a> <small>${escaped(info.version)}</small></p>
${tags.map(({ name }) => `<a href="#${anchor(name)}">${escaped(name)}</a>`).join('\n')}
<a href="#shapes">Shapes</a>
<a href="/openapi.json">OpenAPI 3.1</a>
<a href="/">Dashboard</a>
</nav>
<main id="top">
<h1>Speak to the central system</h1>
${introduction(info.description, at)}
${tags.map(({ name }) => section(name)).join('\n')}
<section id="shapes"><h2>Shapes</h2>
${Object.entries(components.schemas)
  .map(([name, each]) => `<article id="shape-${anchor(name)}"><h3>${escaped(name)}</h3>${table(rowsOf(each, ''))}</article>`)
  .join('\n')}
</section>
</main>
</body>
</html>
`
  return { html, styleHash: `sha256-${createHash('sha256').update(docsStyle).digest('base64')}` }
}

const introduction = (description: string, at: string) => `<p>${escaped(description)}</p>
<p>Programs show the token that is printed at start with each request; the examples take it from <code>$TOKEN</code>. People log in at the dashboard.</p>
<pre>curl -H "Authorization: Bearer $TOKEN" ${escaped(at)}/chargers</pre>
<p>Lists come in pages: <code>offset</code> and <code>limit</code>. What asks a station waits for its answer: <code>409</code> it is not on the line or refused,
<code>422</code> it cannot be asked that, <code>502</code> its answer is not what OCPP says, <code>504</code> it did not answer in time.</p>
<pre>{"type":"about:blank","title":"Not a valid value","status":422,"detail":"body.kw must be number, not \\"six\\"",
 "field":"body.kw","remedy":"kW, 0 to 1,000. One of kw, watts and amps"}</pre>`

function article(path: string, method: string, operation: Operation, at: string): string {
  const { summary, security, parameters = [], requestBody, responses } = operation
  const inputs = (place: string) =>
    parameters.filter((each) => each.in === place).map(({ name, required, description, schema }) => row(name, required, schema, description))
  const body = requestBody?.content['application/json']
  const good = responses['200'] ?? responses['204']
  const [media, { schema } = {}] = Object.entries(good?.content ?? {})[0] ?? []
  const problems = Object.entries(responses).filter(([status]) => /^[45]\d\d$/.test(status) && status !== '401')
  return `<article id="${anchor(`${method} ${path}`)}">
<h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${escaped(path)}</code></h3>
<p>${escaped(summary)}${security.length === 0 ? ' <em>(nobody is asked for the token)</em>' : ''}</p>
${table(inputs('path'), 'In the path')}${table(inputs('query'), 'Behind ?')}${(body?.schema?.oneOf ?? [body?.schema ?? {}]).map((each) => table(rowsOf(each, ''), 'In the body')).join('')}
<pre>${escaped(curl(path, method, operation, at))}</pre>
<p class="answer">Answer: ${media === undefined ? 'none (204)' : schema?.type === 'string' ? `<code>${media}</code>` : typeOf(schema ?? {})}${problems.map(([status, each]) => `; <code>${status}</code> ${escaped(each.description)}`).join('')}</p>
</article>`
}

function table(rows: readonly string[], caption?: string): string {
  return rows.length === 0 ? '' : `<table>${caption === undefined ? '' : `<caption>${caption}</caption>`}<tbody>${rows.join('')}</tbody></table>`
}

function row(name: string, isRequired: boolean, schema: Schema, description = schema.description ?? ''): string {
  return `<tr><th scope="row"><code>${escaped(name)}</code>${isRequired ? '' : ' <em>optional</em>'}</th><td>${typeOf(schema)}</td><td>${escaped(description)}</td></tr>`
}

/** The fields of an object, those of unnamed objects in it too; a list is shown as what is in it. */
function rowsOf({ properties = {}, required = [] }: Schema, prefix: string): readonly string[] {
  return Object.entries(properties).flatMap(([name, each]) => {
    const inner = each.items ?? each
    return [row(`${prefix}${name}`, required.includes(name), each), ...rowsOf(inner, `${prefix}${name}${each.items === undefined ? '.' : '[].'}`)]
  })
}

function typeOf(schema: Schema): string {
  const name = schema.$ref?.split('/').at(-1)
  if (name !== undefined) return `<a href="#shape-${anchor(name)}">${escaped(name)}</a>`
  if (schema.enum !== undefined) return schema.enum.map((each) => `<code>${escaped(String(each))}</code>`).join(' ')
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`
  const bounds = [
    ...(schema.format === undefined ? [] : [schema.format]),
    ...(schema.minimum === undefined ? [] : [`from ${schema.minimum}`]),
    ...(schema.maximum === undefined ? [] : [`to ${schema.maximum}`]),
    ...(schema.maxLength === undefined ? [] : [`at most ${schema.maxLength} characters`]),
  ]
  return escaped([[schema.type ?? 'anything'].flat().join(' or '), ...bounds].join(' '))
}

/** An example to paste into a shell. */
function curl(path: string, method: string, { parameters = [], requestBody, security, responses }: Operation, at: string): string {
  const exampleOf = (name: string) => parameters.find((each) => each.name === name)?.example ?? '1'
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(String(exampleOf(name))))
  const query = new URLSearchParams()
  for (const { name, in: place, example } of parameters) if (place === 'query' && example !== undefined) query.set(name, String(example))
  const body = requestBody?.content['application/json']?.example
  return [
    responses['200']?.content?.['text/event-stream'] === undefined ? 'curl' : 'curl -N',
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    ...(security.length === 0 ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(body === undefined ? [] : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`]),
    query.size > 0 ? quoted(`${at}${filled}?${query}`) : `${at}${filled}`,
  ].join(' ')
}
