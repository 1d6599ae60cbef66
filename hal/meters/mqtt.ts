import type { Timer } from '../../src/base/clock.ts'
import { ConfigError } from '../../src/base/errors.ts'
import type { MqttMessage } from '../../src/base/mqtt/session.ts'
import { type Millis, millis, seconds } from '../../src/base/units.ts'
import { healthOf } from '../bus/health.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { MqttMeterSpec } from '../spec/mqtt-meter.ts'
import type { Meter, PhaseReading, Reading } from '../types.ts'
import { payloadOf, type Slot, slotsOf } from './mqtt-values.ts'
import { plausibility } from './plausible.ts'

const usualStale: Millis = seconds(15)
/** Registers of energy are published more rarely. */
const energyStale: Millis = seconds(600)
/** Topics of one measurement come together: one reading is made of them, and no flood makes more. */
const together: Millis = millis(50)
/** What a current is worth whose voltage nobody tells, V. */
const usualV = 230

const live: readonly Slot['quantity'][] = ['powerW', 'currentA', 'phasePowerW']

/** A meter that something else publishes. What cannot be is not believed, what is old is not there, and retained messages are of an age that
 *  nobody knows: the first reading comes with the first message of each topic. @throws ConfigError for a bus that is not in the file */
export async function openMqttMeter(spec: MqttMeterSpec, wiring: Wiring): Promise<Opened<Meter>> {
  const slots = slotsOf(spec)
  if (slots.length === 0) throw new ConfigError('board file', 'meter.values', 'are none', 'Name at least currentA or powerW')
  if (slots.some(({ topic }) => topic === '')) throw new ConfigError('board file', 'meter.topic', 'is missing', 'Give the meter a topic, or each of its values')
  const { clock } = wiring
  const { staleMs = usualStale } = spec
  const client = await wiring.mqtt(spec.bus)
  const topics = new Set(slots.map(({ topic }) => topic))
  const health = healthOf(`meter ${[...topics][0]} on ${spec.bus}`, wiring)
  const plausible = plausibility({ phases: 3 })
  let newest: Reading | undefined
  let making: Timer | undefined
  let fading: Timer | undefined
  const fade = (words: string) => {
    if (newest === undefined) return health.bad(words)
    newest = undefined
    health.bad(words)
    wiring.changed()
  }
  const watch = (at: Millis) => {
    fading?.stop()
    fading = clock.after('mqtt meter is stale', Math.max(0, at + staleMs - clock.monotonic()), () => fade('publishes nothing'))
  }
  const make = () => {
    making = undefined
    const made = readingOf(slots, clock.monotonic(), staleMs)
    if (typeof made === 'string') return health.bad(made)
    // Its register may be older than its power: what it can have counted goes by its own time.
    const verdict = plausible.judge({ ...made.reading, at: made.countedAt })
    if ('refused' in verdict) return health.bad(verdict.refused)
    newest = { ...verdict.reading, at: made.reading.at }
    health.good()
    watch(newest.at)
    wiring.changed()
  }
  const stop = client.received.on(({ topic, payload, isRetained }: MqttMessage) => {
    if (isRetained || !topics.has(topic)) return
    const found = payloadOf(payload)
    const heard = slots.filter((slot) => slot.topic === topic).map((slot) => ({ slot, number: found.number(slot.place) }))
    // The whole message or nothing: old and new values of one moment are never mixed.
    const lacking = heard.find(({ number }) => number === undefined)?.slot
    if (lacking !== undefined)
      return health.bad(`publishes what is no number (${lacking.quantity}${lacking.place.path === undefined ? '' : ` at ${lacking.place.path}`})`)
    for (const { slot, number } of heard) if (number !== undefined) slot.newest = { number, at: clock.monotonic() }
    making ??= clock.after('mqtt meter', together, make)
  })
  watch(clock.monotonic())
  for (const topic of topics) client.subscribe({ topic })
  return {
    get newest() {
      return newest
    },
    close() {
      stop()
      making?.stop()
      fading?.stop()
    },
  }
}

interface Made {
  readonly reading: Reading
  /** The oldest register of energy that stands in it. */
  readonly countedAt: Millis
}

/** A reading, or why there is none. */
function readingOf(slots: readonly Slot[], now: Millis, staleMs: Millis): Made | string {
  const hasLive = slots.some(({ quantity }) => live.includes(quantity))
  let at = now
  let countedAt = now
  for (const { topic, quantity, newest } of slots) {
    if (newest === undefined) return `has not published ${quantity} yet (${topic})`
    const counts = quantity === 'importWh' || quantity === 'exportWh'
    const isLive = live.includes(quantity) || !hasLive
    if (now - newest.at > (isLive ? staleMs : Math.max(staleMs, energyStale))) return `does not publish ${quantity} any more (${topic})`
    if (isLive) at = Math.min(at, newest.at)
    if (counts) countedAt = Math.min(countedAt, newest.at)
  }
  const of = (quantity: Slot['quantity'], phase = 0) => totalOf(slots, quantity, phase)
  const phases = phasesOf(of)
  const [exportWh, powerW] = [of('exportWh'), of('powerW') ?? sum(phases)]
  return {
    // A grid meter need not count. The register of an outlet is asked for where its meter is opened.
    reading: { at, importWh: of('importWh') ?? 0, phases, ...(exportWh === undefined ? {} : { exportWh }), ...(powerW === undefined ? {} : { powerW }) },
    countedAt,
  }
}

function totalOf(slots: readonly Slot[], quantity: Slot['quantity'], phase: number): number | undefined {
  let total: number | undefined
  for (const slot of slots) {
    if (slot.quantity !== quantity || slot.phase !== phase || slot.newest === undefined) continue
    total = (total ?? 0) + slot.sign * slot.newest.number
  }
  return total
}

function phasesOf(of: (quantity: Slot['quantity'], phase: number) => number | undefined): readonly PhaseReading[] {
  const phases = [0, 1, 2].map((phase): PhaseReading => {
    const [voltageV, currentA] = [of('voltageV', phase), of('currentA', phase)]
    // A current has no sign in a reading: that of one that flows out is kept as its power.
    const powerW = of('phasePowerW', phase) ?? (currentA !== undefined && currentA < 0 ? currentA * (voltageV ?? usualV) : undefined)
    return {
      ...(voltageV === undefined ? {} : { voltageV }),
      ...(currentA === undefined ? {} : { currentA: Math.abs(currentA) }),
      ...(powerW === undefined ? {} : { powerW }),
    }
  })
  const last = phases.findLastIndex((each) => Object.keys(each).length > 0)
  return phases.slice(0, last + 1)
}

/** Where each phase has its power. */
function sum(phases: readonly PhaseReading[]): number | undefined {
  if (phases.length === 0 || phases.some(({ powerW }) => powerW === undefined)) return undefined
  return phases.reduce((total, { powerW = 0 }) => total + powerW, 0)
}
