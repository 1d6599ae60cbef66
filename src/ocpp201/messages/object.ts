import type { TSchema } from 'typebox'
import * as words from '../../base/schema.ts'
import * as closed from '../../ocpp/message.ts'

/** OCPP 2.0.1 Part 4 §9: what a vendor adds, under the vendor's name. The only object that is open. */
const customData = words.object({ vendorId: closed.text(255) })

/** An object as the schemas of OCPP 2.0.1 have each of theirs: closed, but for the `customData` that is allowed in all of them. */
export const object = <const P extends Record<string, TSchema>>(properties: P) => closed.object({ ...properties, customData: closed.optional(customData) })

/** What a request or a response without fields is: `{}`. */
export const nothing = object({})
