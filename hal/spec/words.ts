import type { Static, TSchema } from 'typebox'
import * as schema from '../../src/base/schema.ts'

/** The words that board files use for wires. What a file may say is declared here once: check, type and JSON Schema in one. */

const closed = { additionalProperties: false } as const

/** An object of exactly these fields. */
export const fields = ((properties: Readonly<Record<string, TSchema>>, description?: string) =>
  schema.object(properties as never, { ...closed, ...(description === undefined ? {} : { description }) })) as <
  const P extends Readonly<Record<string, TSchema>>,
>(
  properties: P,
  description?: string,
) => ReturnType<typeof schema.object<P>>

export const words = <const T extends readonly string[]>(list: T, description: string) =>
  schema.unsafe<T[number]>({ type: 'string', enum: [...list], description })
export const maybe = schema.optional
export const flag = (description: string) => maybe(schema.boolean({ description, default: false }))
export const whole = (description: string, minimum: number, maximum: number) =>
  schema.integer({ description: `${description} ${minimum} to ${maximum}.`, minimum, maximum })
export const numeric = (description: string, minimum: number, maximum: number) =>
  schema.number({ description: `${description} ${minimum} to ${maximum}.`, minimum, maximum })
export const name = (description: string) => schema.string({ description, minLength: 1, maxLength: 60 })

/** One of several groups of fields, told apart by `kind`. Checked by the branch that `kind` names, so that a mistake is told in its words. */
export const kinds = <const T extends Readonly<Record<string, TSchema>>>(branches: T, description: string) =>
  schema.unsafe<{ [K in keyof T & string]: Static<T[K]> & { readonly kind: K } }[keyof T & string]>({
    description,
    anyOf: Object.entries(branches).map(([kind, branch]) => {
      const { properties, required, ...rest } = branch as unknown as { properties: object; required?: readonly string[] }
      return { ...rest, properties: { kind: { type: 'string', enum: [kind] }, ...properties }, required: ['kind', ...(required ?? [])] }
    }),
  })

/** Where a line is: exactly one of `header`, `chip` with `offset`, `name`, or `part` with `pin`. Never a global number, which changes with the kernel. */
const place = {
  header: maybe(whole('GPIO (BCM) number on the 40-pin header of a Raspberry Pi, not the position of the pin.', 0, 27)),
  chip: maybe(name('Label of a gpiochip, as `gpioinfo` prints it (pinctrl-rp1, pinctrl-bcm2711), with `offset`.')),
  offset: maybe(whole('Line of that chip.', 0, 1023)),
  name: maybe(name('Name of a line, as `gpioinfo` prints it.')),
  part: maybe(name('An I2C part of `parts`, with `pin`.')),
  pin: maybe(whole('Pin of that part; relays of relay boards count from 1.', 0, 15)),
}

export const output = fields(
  { ...place, activeLow: flag('True: ON is 0 V. The OFF level is set first, whatever the polarity.') },
  'An output: OFF when the program begins, ends or dies in good order.',
)
export type OutputSpec = Static<typeof output>

export const input = fields(
  {
    ...place,
    activeLow: flag('True: active is 0 V, for instance a contact to ground with a pull-up.'),
    pull: maybe(
      words(['up', 'down', 'none'], 'Bias of the pin. Only the character device can set it; on sysfs and expanders it must be wired or set in config.txt.'),
    ),
    debounceMs: maybe(whole('The input must hold for this long, ms.', 0, 100)),
  },
  'An input: a contact or an opto-coupler.',
)
export type InputSpec = Static<typeof input>
export type LineSpec = OutputSpec | InputSpec

export const analog = fields(
  {
    part: name('The converter among `parts`.'),
    channel: whole('Its input.', 0, 3),
    scale: maybe(numeric('Volts at the terminal per volt at the converter. 1 when left out.', -1_000, 1_000)),
    offsetV: maybe(numeric('Volts at the terminal when the converter reads 0 V. 0 when left out.', -100, 100)),
  },
  'A voltage behind a divider: terminal = converter x scale + offsetV.',
)
export type AnalogSpec = Static<typeof analog>
