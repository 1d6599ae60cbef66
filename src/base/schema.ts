import type * as Type from 'typebox'

/** The words in which schemas are written: plain JSON Schema under TypeBox's types, checked by TypeBox. Its own builders compute types
 *  when the program runs; a declaration needs nothing of that, and at each start it would cost 6 ms and 1.2 MB. */

/** Set by `optional`, read by `object`; symbols are no part of JSON Schema and are not printed. */
const isOptional = Symbol('optional')

type Options = Readonly<Record<string, unknown>>
type Plain = Readonly<Record<string | symbol, unknown>>

const typed =
  (type: string) =>
  (options: Options = {}) => ({ type, ...options })

function requiring(properties: Readonly<Record<string, Plain>>, options: Options = {}) {
  const required = Object.keys(properties).filter((name) => properties[name]?.[isOptional] !== true)
  return { type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...options }
}

export const object = requiring as unknown as typeof Type.Object
/** A field that may be left out; for the fields of `object`. */
export const optional = ((schema: Plain) => Object.defineProperty({ ...schema }, isOptional, { value: true })) as unknown as typeof Type.Optional
export const array = ((items: Plain, options: Options = {}) => ({ type: 'array', items, ...options })) as unknown as typeof Type.Array
/** Any name, values of one kind. */
export const record = ((_names: Plain, values: Plain, options: Options = {}) => ({
  type: 'object',
  patternProperties: { '^.*$': values },
  ...options,
})) as unknown as typeof Type.Record
export const string = typed('string') as unknown as typeof Type.String
export const integer = typed('integer') as unknown as typeof Type.Integer
export const number = typed('number') as unknown as typeof Type.Number
export const boolean = typed('boolean') as unknown as typeof Type.Boolean
/** A schema written out, with the type it stands for. */
export const unsafe = ((schema: Plain) => schema) as unknown as typeof Type.Unsafe
