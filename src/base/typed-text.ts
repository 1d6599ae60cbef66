import type { TSchema } from 'typebox'

/** Texts of a path or a query, turned into what their schema says (integer, number, boolean); what cannot be turned stays a text, and the check
 *  says so. */
export function typedBy(schema: TSchema, texts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, { readonly type?: string }>> }
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, read(text, Object.hasOwn(properties, name) ? properties[name]?.type : undefined)]),
  )
}

function read(text: unknown, type: string | undefined): unknown {
  if (typeof text !== 'string') return text
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}(\.\d{1,10})?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
