import type { Static, TSchema } from 'typebox'
import * as t from '../../../src/base/schema.ts'

// The JSON shapes of the REST door: what the routes answer, what the dashboard reads, and what the store hands out. Times are ISO 8601 in
// UTC. What is not known is left out.

const text = (description: string, maxLength = 255) => t.string({ description, maxLength })
const whole = (description: string, minimum = 0) => t.integer({ description, minimum })
const amount = (description: string) => t.number({ description })
const time = (description: string) => t.string({ description, format: 'date-time' })
const choice = <const T extends readonly string[]>(description: string, ...values: T) => t.unsafe<T[number]>({ type: 'string', enum: [...values], description })
const shape = <const P extends Record<string, TSchema>>(title: string, description: string, properties: P) =>
  t.object(properties, { title, description, additionalProperties: false })

/** What a charger is at, the worst and then the busiest of its connectors first. */
export const chargerStates = ['offline', 'faulted', 'charging', 'suspended', 'occupied', 'reserved', 'unavailable', 'available'] as const
export const chargerState = choice('Where it has several connectors, that of the most telling one', ...chargerStates)
export type ChargerState = (typeof chargerStates)[number]

const counts = t.object(
  Object.fromEntries(chargerStates.map((each) => [each, whole(`How many are ${each}`)])) as Record<ChargerState, ReturnType<typeof whole>>,
  {
    additionalProperties: false,
    description: 'Chargers by state',
  },
)

export const Site = shape('Site', 'A place with chargers', {
  id: text('Chosen by whoever made it: letters, digits, - and _', 64),
  name: text('For people'),
  address: t.optional(text('For people', 500)),
  latitude: t.number({ minimum: -90, maximum: 90, description: 'Degrees, WGS 84' }),
  longitude: t.number({ minimum: -180, maximum: 180, description: 'Degrees, WGS 84' }),
  max_kw: t.optional(amount('What its chargers may draw together, kW')),
  tariff_per_kwh: t.optional(amount('Price of a kWh, in the currency of the central system; its own tariff when left out')),
})
export type Site = Static<typeof Site>

export const SiteNow = shape('SiteNow', 'A site and how it stands', {
  ...Site.properties,
  chargers: whole('How many it has'),
  states: counts,
  power_kw: amount('Drawn now'),
  energy_today_kwh: amount('Since midnight UTC'),
  installed_kw: amount('Sum of what its chargers can deliver'),
})
export type SiteNow = Static<typeof SiteNow>

export const Connector = shape('Connector', 'One outlet, or EVSE', {
  evse_id: whole('From 1; the connector of OCPP 1.6', 1),
  connector_id: whole('From 1, of the EVSE; 1 in OCPP 1.6', 1),
  status: text('As the station said: Available, Charging, Occupied ...', 30),
  error_code: t.optional(text('Other than NoError', 50)),
  info: t.optional(text('Of the StatusNotification')),
  since: t.optional(time('Of the StatusNotification')),
  power_w: t.optional(amount('Newest sample, W')),
  energy_wh: t.optional(amount('Register of the newest sample, Wh')),
  current_a: t.optional(amount('Newest sample, A, the highest phase')),
  voltage_v: t.optional(amount('Newest sample, V, the mean of the phases')),
  soc_percent: t.optional(amount('State of charge of the car')),
  sampled_at: t.optional(time('Of the newest sample')),
  transaction_id: t.optional(whole('The one that runs')),
  limit_w: t.optional(amount('Set by this central system for this outlet, W')),
  limit_a: t.optional(amount('Set by this central system for this outlet, A of each phase')),
})
export type Connector = Static<typeof Connector>

export const Charger = shape('Charger', 'A charge point', {
  id: text('Its OCPP identity'),
  site_id: t.optional(text('Where it stands', 64)),
  name: t.optional(text('For people')),
  latitude: t.optional(t.number({ minimum: -90, maximum: 90, description: 'Degrees, WGS 84; that of its site when it has none of its own' })),
  longitude: t.optional(t.number({ minimum: -180, maximum: 180, description: 'Degrees, WGS 84' })),
  kind: t.optional(choice('What it delivers', 'ac', 'dc')),
  max_kw: t.optional(amount('What it can deliver')),
  is_connected: t.boolean({ description: 'It is on the line, at whichever process' }),
  state: chargerState,
  ocpp_version: t.optional(choice('Spoken last', '1.6', '2.0.1')),
  vendor: t.optional(text('Of BootNotification')),
  model: t.optional(text('Of BootNotification')),
  serial_number: t.optional(text('Of BootNotification')),
  firmware_version: t.optional(text('Of BootNotification')),
  booted_at: t.optional(time('The last BootNotification')),
  seen_at: t.optional(time('Its last sign of life that was kept')),
  has_password: t.boolean({ description: 'It must give a password (HTTP basic authentication)' }),
  power_w: amount('Of all its connectors, W'),
  limit_w: t.optional(amount('Set by this central system for all connectors together, W')),
  limit_a: t.optional(amount('The same in A of each phase')),
  connectors: t.array(Connector),
})
export type Charger = Static<typeof Charger>

export const Transaction = shape('Transaction', 'A charging session', {
  id: whole('Given by the central system; the transactionId of OCPP 1.6', 1),
  charger_id: text('The charge point'),
  evse_id: t.optional(whole('From 1; unknown in OCPP 2.0.1 until the cable is in', 1)),
  connector_id: t.optional(whole('From 1', 1)),
  reference: t.optional(text('The transactionId of OCPP 2.0.1', 36)),
  tag: t.optional(text('The card; unknown in OCPP 2.0.1 until one is shown')),
  started_at: time('As the station said'),
  stopped_at: t.optional(time('As the station said; left out while it runs')),
  meter_start_wh: amount('Register, Wh'),
  meter_stop_wh: t.optional(amount('Register, Wh')),
  energy_wh: amount('So far'),
  duration_s: amount('So far'),
  reason: t.optional(text('Why it ended', 50)),
  cost: t.optional(amount('By the tariff, in the currency of the central system')),
  repeated: whole('Messages about it that came again because their answer was lost'),
})
export type Transaction = Static<typeof Transaction>

export const Sample = shape('Sample', 'Meter values of one moment', {
  charger_id: text('The charge point'),
  evse_id: whole('0: the whole station'),
  transaction_id: t.optional(whole('The transaction that it belongs to')),
  at: time('As the station said'),
  context: t.optional(text('Transaction.Begin, Sample.Clock ...; left out for Sample.Periodic', 50)),
  power_w: t.optional(amount('W')),
  energy_wh: t.optional(amount('Register, Wh')),
  current_a: t.optional(amount('A, the highest phase')),
  voltage_v: t.optional(amount('V, the mean of the phases')),
  soc_percent: t.optional(amount('State of charge of the car')),
  others: t.optional(t.record(t.string(), t.string(), { description: 'Every other measurand, `Temperature.Outlet` or `Current.Offered.L1`, with its unit' })),
})
export type Sample = Static<typeof Sample>

export const tokenStatuses = ['Accepted', 'Blocked', 'Expired', 'Invalid'] as const
export const Token = shape('Token', 'A card', {
  tag: t.string({ description: 'Compared without regard to case', minLength: 1, maxLength: 36 }),
  status: choice('What the stations are told', ...tokenStatuses),
  parent_tag: t.optional(text('Its group', 36)),
  expires_at: t.optional(time('Expired from then on')),
  name: t.optional(text('For people')),
})
export type Token = Static<typeof Token>

export const Frame = shape('Frame', 'One OCPP frame, secrets taken out', {
  id: t.optional(whole('Grows')),
  charger_id: text('The charge point'),
  at: time('When it passed'),
  direction: choice('in: from the station', 'in', 'out'),
  kind: choice('What it is', 'call', 'result', 'error', 'malformed', 'unknown'),
  action: t.optional(text('Of the CALL, also for its answer')),
  message_id: t.optional(text('Of the frame')),
  payload: t.unsafe<unknown>({ description: 'As it passed' }),
})
export type Frame = Static<typeof Frame>

export const Dashboard = shape('Dashboard', 'The whole at a glance', {
  at: time('When it was counted'),
  currency: text('ISO 4217', 3),
  sites: whole('How many'),
  chargers: whole('How many'),
  connected: whole('Chargers on the line'),
  states: counts,
  active_transactions: whole('Running'),
  power_kw: amount('Drawn now'),
  installed_kw: amount('What all chargers can deliver'),
  energy_today_kwh: amount('Since midnight UTC'),
  revenue_today: amount('Of that energy, by the tariffs'),
  transactions_today: whole('Begun since midnight UTC'),
  utilisation_percent: amount('Share of the connectors with a running transaction'),
})
export type Dashboard = Static<typeof Dashboard>

export const PowerPoint = shape('PowerPoint', 'One step of the power over time', {
  at: time('The end of the step'),
  power_kw: amount('Mean of the step'),
  active_transactions: whole('At its end'),
  energy_kwh: amount('Delivered in the step'),
})
export type PowerPoint = Static<typeof PowerPoint>

export const page = <T extends TSchema>(item: T, title: string) =>
  shape(title, 'A part of a list', { items: t.array(item), total: whole('In the whole list'), offset: whole('Of the first item'), limit: whole('Asked for') })

export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
  readonly offset: number
  readonly limit: number
}
