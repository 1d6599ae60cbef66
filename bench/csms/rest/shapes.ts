import type { Static, TSchema } from 'typebox'
import * as t from '../../../src/base/schema.ts'
import { ocppVersions } from '../ocpp/ocpp-version.ts'

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
  ocpp_version: t.optional(choice('Spoken last', ...ocppVersions)),
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

/** What a route answers who asked a station for something. */
export const Outcome = shape('Outcome', 'What a station answered', {
  outcome: choice('Whether it will do it', 'accepted', 'rejected'),
  status: t.optional(text('Of its answer: Accepted, Rejected, Scheduled ...; left out where that message has none', 50)),
  action: text('The CALL that it was sent', 100),
  payload: t.record(t.string(), t.unsafe<unknown>({}), { description: 'Its answer' }),
  remark: t.optional(text('What this central system did not manage although the station accepted', 1_000)),
})
export type Outcome = Static<typeof Outcome>

export const Configuration = shape('Configuration', 'Keys of OCPP 1.6, variables of OCPP 2.0.1', {
  items: t.array(
    shape('ConfigurationEntry', 'One key, or `Component.Variable`', {
      key: text('Its name', 1_000),
      value: t.optional(text('Left out: write-only, a password, or it has none', 10_000)),
      is_read_only: t.boolean({ description: 'It is not to be changed' }),
    }),
  ),
  action: text('The CALL that the station was sent', 100),
  unknown_keys: t.array(text('As it was asked for', 1_000), { description: 'Those that were asked for and that an OCPP 1.6 station does not know' }),
})
export type Configuration = Static<typeof Configuration>

export const Settings = shape('Settings', 'This central system', {
  currency: text('ISO 4217', 3),
  tariff_per_kwh: amount('Price of a kWh where the site has none of its own'),
  tiles: t.optional(text('Of the map: https://tile.example/{z}/{x}/{y}.png; left out: the map draws its own ground', 2_000)),
  tiles_attribution: t.optional(text('To be named on the map', 2_000)),
  version: text('Of the program', 100),
  engine: choice('Of the database', 'sqlite', 'postgres'),
  process: text('The name of this process among those of the same central system'),
})
export type Settings = Static<typeof Settings>

export const Access = shape('Access', 'Who may come in', {
  required: t.boolean({ description: 'A token has to be shown' }),
  logged_in: t.boolean({ description: 'Whoever asks has shown it' }),
})
export type Access = Static<typeof Access>

export const Health = shape('Health', 'Whether this process does its work', {
  is_healthy: t.boolean({ description: 'The database takes writes' }),
  engine: choice('Of the database', 'sqlite', 'postgres'),
})
export type Health = Static<typeof Health>

export const TransactionWithSamples = shape('TransactionWithSamples', 'A charging session and its curve', {
  ...Transaction.properties,
  samples: t.array(Sample, { description: 'Oldest first, at most 1,000: of more each second, third ... and the last' }),
  samples_total: whole('How many were kept'),
})
export type TransactionWithSamples = Static<typeof TransactionWithSamples>

export const DashboardWithPower = shape('DashboardWithPower', 'The whole at a glance, and the power over time', {
  ...Dashboard.properties,
  span: text('As asked for', 10),
  step_s: whole('Length of a step, s', 1),
  power: t.array(PowerPoint),
})
export type DashboardWithPower = Static<typeof DashboardWithPower>

const point = shape('Point', 'RFC 7946', {
  type: choice('Of the geometry', 'Point'),
  coordinates: t.array(t.number(), { minItems: 2, maxItems: 2, description: 'Longitude, then latitude: degrees, WGS 84' }),
})
const features = <T extends TSchema>(title: string, description: string, properties: T) =>
  shape(title, description, {
    type: choice('RFC 7946', 'FeatureCollection'),
    features: t.array(
      t.object(
        { type: choice('RFC 7946', 'Feature'), id: text('Of the charger'), geometry: point, properties },
        { additionalProperties: false, description: 'One charger' },
      ),
    ),
  })
export const ChargerPoints = features(
  'ChargerPoints',
  'Chargers that have a place, as GeoJSON',
  t.object(
    {
      id: text('Its OCPP identity'),
      name: t.optional(text('For people')),
      site_id: t.optional(text('Where it stands', 64)),
      state: chargerState,
      is_connected: t.boolean({ description: 'It is on the line' }),
      power_w: amount('Drawn now, W'),
      max_kw: t.optional(amount('What it can deliver')),
    },
    { additionalProperties: false },
  ),
)
export type ChargerPoints = Static<typeof ChargerPoints>

export const HeatPoints = features(
  'HeatPoints',
  'Energy of each charger, as GeoJSON',
  t.object(
    { energy_kwh: amount('Delivered since then'), weight: t.number({ minimum: 0, maximum: 1, description: 'Of the largest' }) },
    { additionalProperties: false },
  ),
)
export type HeatPoints = Static<typeof HeatPoints>

/** RFC 9457. */
export const Problem = shape('Problem', 'What is wrong, which field is at fault, and what to do', {
  type: text('about:blank: the status says it'),
  title: text('In short'),
  status: whole('Of HTTP'),
  detail: text('In words', 2_000),
  field: t.optional(text('body.kw, query.limit, path.id', 1_000)),
  remedy: t.optional(text('What to do about it', 2_000)),
  transactions: t.optional(t.array(whole('Its number', 1), { description: 'Those among which one has to be named' })),
  code: t.optional(text('Of the CALLERROR of the station', 100)),
  action: t.optional(text('The CALL that the station was sent', 100)),
})
export type Problem = Static<typeof Problem>
