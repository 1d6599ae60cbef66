import type { Millis } from '../../src/base/units.ts'
import type { MqttMeterSpec, MqttValue } from '../spec/mqtt-meter.ts'

/** Numbers out of payloads that strangers write. */

/** A longer payload is no meter's, bytes. */
const longestPayload = 16_384
const largestNumber = 1e12

type Place = Pick<MqttValue, 'topic' | 'path' | 'scale'>
type Names = keyof MqttMeterSpec['values']

/** One number that the meter is made of, and when it came. */
export interface Slot {
  readonly topic: string
  readonly quantity: Names
  /** From 0. */
  readonly phase: number
  readonly place: Place
  /** 1, or -1 for what is taken off. */
  readonly sign: 1 | -1
  newest: { readonly number: number; readonly at: Millis } | undefined
}

/** Every place that the meter names. One without a topic has the meter's own, or none at all: ''. */
export function slotsOf({ topic: own, values }: MqttMeterSpec): readonly Slot[] {
  return Object.entries(values).flatMap(([quantity, named]) =>
    (Array.isArray(named) ? (named as readonly MqttValue[]) : [named as MqttValue]).flatMap((value, phase) => {
      const slot = (place: Place, sign: 1 | -1): Slot => ({
        topic: place.topic ?? own ?? '',
        quantity: quantity as Names,
        phase,
        place,
        sign,
        newest: undefined,
      })
      return [slot(value, 1), ...(value.minus === undefined ? [] : [slot(value.minus, -1)])]
    }),
  )
}

/** A payload, looked into as often as it has places. */
export interface Payload {
  /** In SI units; undefined: there is no such number. */
  number(place: Place): number | undefined
}

export function payloadOf(bytes: Uint8Array): Payload {
  const text = bytes.length > longestPayload ? '' : new TextDecoder().decode(bytes).trim()
  let parsed: { readonly value: unknown } | undefined
  const value = () => {
    parsed ??= { value: jsonIn(text) }
    return parsed.value
  }
  return {
    number({ path, scale = 1 }) {
      const raw = path === undefined ? numberIn(text) : numberIn(fieldOf(value(), path))
      return raw === undefined ? undefined : raw * scale
    },
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fieldOf(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, step) => (typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Readonly<Record<string, unknown>>)[step] : undefined),
      value,
    )
}

function numberIn(raw: unknown): number | undefined {
  const number =
    typeof raw === 'number' ? raw : typeof raw === 'string' && /^[-+]?\d{1,15}(\.\d{1,15})?(e[-+]?\d{1,2})?$/i.test(raw.trim()) ? Number(raw) : Number.NaN
  return Math.abs(number) <= largestNumber ? number : undefined
}
