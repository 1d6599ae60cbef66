import { createRequire } from 'node:module'

export type Schema = Readonly<Record<string, unknown>>

/** The official schemas of one OCPP version by `urn:ACTION.req` and `urn:ACTION.conf`, as the package `ocpp-rpc` carries them. */
export function officialSchemas(file: 'ocpp1_6' | 'ocpp2_0_1'): ReadonlyMap<string, Schema> {
  const load = createRequire(import.meta.url)
  return new Map((load(`ocpp-rpc/lib/schemas/${file}.json`) as readonly (Schema & { $id: string })[]).map((schema) => [schema.$id, schema]))
}

/** The actions that official schemas are of. */
export const actionsOf = (official: ReadonlyMap<string, Schema>) =>
  [...official.keys()].filter((id) => id.endsWith('.req')).map((id) => id.slice('urn:'.length, -'.req'.length))

/** A schema reduced to what it demands: references resolved, titles and defaults gone, lists without an order sorted. What `differences`
 *  names, as the end of `path.to.field: keyword`, is taken out and noted. */
export function demandsOf(schema: Schema, differences: readonly string[] = [], noted: Set<string> = new Set()): unknown {
  return reduced(schema, '')

  function reduced(part: Schema, path: string): unknown {
    if (typeof part['$ref'] === 'string') {
      const name = part['$ref'].replace('#/definitions/', '')
      return reduced((schema['definitions'] as Record<string, Schema>)[name] as Schema, path)
    }
    const out: Record<string, unknown> = {}
    for (const [keyword, value] of Object.entries(part)) {
      if (annotations.has(keyword) || (keyword === 'properties' && Object.keys(value as object).length === 0)) continue
      const place = `${path}: ${keyword}`
      const known = differences.find((each) => place.endsWith(each))
      if (known !== undefined) noted.add(known)
      else if (keyword === 'properties') {
        out[keyword] = Object.fromEntries(
          Object.entries(value as Record<string, Schema>).map(([name, inner]) => [name, reduced(inner, path === '' ? name : `${path}.${name}`)]),
        )
      } else if (keyword === 'items') out[keyword] = reduced(value as Schema, `${path}[]`)
      else if (keyword === 'required' || keyword === 'enum') {
        if ((value as readonly string[]).length > 0) out[keyword] = (value as readonly string[]).toSorted()
      } else out[keyword] = value
    }
    return out
  }
}

const annotations = new Set(['$schema', '$id', 'id', 'title', 'description', 'comment', 'javaType', 'definitions', 'additionalItems', 'default'])
