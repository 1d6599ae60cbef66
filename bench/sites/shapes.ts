import * as t from '../../src/base/schema.ts'

// What a person may say of a site and of a charger: the fields of the REST door, with remedies for whoever writes a file.

const latitude = t.number({ minimum: -90, maximum: 90, description: 'Degrees north, WGS 84, from -90 to 90' })
const longitude = t.number({ minimum: -180, maximum: 180, description: 'Degrees east, WGS 84, from -180 to 180' })
const kilowatts = (description: string) => t.number({ minimum: 0, maximum: 1_000_000, description })
const name = t.string({ maxLength: 255, description: 'A name for people, at most 255 characters' })
const siteId = t.string({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'Letters, digits, - and _, at most 64' })

export const siteFields = {
  id: siteId,
  name,
  address: t.optional(t.string({ maxLength: 500, description: 'The address, at most 500 characters' })),
  latitude,
  longitude,
  max_kw: t.optional(kilowatts('What its chargers may draw together, kW')),
  tariff_per_kwh: t.optional(t.number({ minimum: 0, maximum: 1_000_000, description: 'Price of a kWh; that of the central system when left out' })),
}

export const chargerFields = {
  id: t.string({
    pattern: '^[A-Za-z0-9*_=:+|@.{}-]{1,48}$',
    description: 'Its OCPP identity: at most 48 letters, digits and * - _ = : + | @ . ; CP-{01..12} is a row of twelve',
  }),
  name: t.optional(name),
  kind: t.optional(t.unsafe<'ac' | 'dc'>({ type: 'string', enum: ['ac', 'dc'], description: 'Write what it delivers: ac or dc' })),
  max_kw: t.optional(kilowatts('What one of them can deliver, kW')),
  latitude: t.optional(latitude),
  longitude: t.optional(longitude),
}

/** In a list without sites around the chargers. */
export const chargerOfSiteFields = { ...chargerFields, site_id: t.optional(siteId) }
