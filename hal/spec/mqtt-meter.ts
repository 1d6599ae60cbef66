import type { Static } from 'typebox'
import * as schema from '../../src/base/schema.ts'
import { fields, maybe, name, whole } from './words.ts'

/** A meter that somebody else publishes: which topic, and which field of it, holds what. */

const topic = (description: string) => maybe(schema.string({ description, minLength: 1, maxLength: 200, pattern: '^[^+#\\u0000]+$' }))
const place = {
  topic: topic("The topic, without wildcards. The meter's own when left out."),
  path: maybe(
    schema.string({
      description: 'Field of a JSON payload: ENERGY.Power, or phases.0.current. The payload is the number when left out.',
      minLength: 1,
      maxLength: 100,
    }),
  ),
  scale: maybe(
    schema.number({
      description: 'SI units per unit of the payload: 1000 for kW or kWh, 0.001 for mA, -1 turns the sign. 1 when left out. -1000000 to 1000000.',
      minimum: -1_000_000,
      maximum: 1_000_000,
    }),
  ),
}
const value = (description: string) =>
  fields({ ...place, minus: maybe(fields(place, 'What is taken off it: energy or power of the other direction.')) }, description)
const perPhase = (description: string) => maybe(schema.array(value('Of one phase.'), { description: `${description} L1, L2, L3.`, minItems: 1, maxItems: 3 }))

export const mqttMeter = fields(
  {
    bus: name('The bus of kind mqtt among `buses`.'),
    topic: topic('Where values are that name no topic of their own.'),
    values: fields(
      {
        importWh: maybe(value('Register of imported energy, Wh. An outlet needs it; at the grid it may be left out.')),
        exportWh: maybe(value('Register of exported energy, Wh.')),
        powerW: maybe(value('Power of all phases, W; negative: exported. The sum of phasePowerW when left out.')),
        voltageV: perPhase('Voltages, V.'),
        currentA: perPhase('Currents, A.'),
        phasePowerW: perPhase('Powers, W; negative: exported.'),
      },
      'What the meter tells.',
    ),
    staleMs: maybe(
      whole(
        'Powers and currents that are older are none, ms. Only messages that come while it runs count, never retained ones. 15000 when left out.',
        1_000,
        600_000,
      ),
    ),
  },
  'A meter that something else publishes. Read by the core and never used by interlocks.',
)

export type MqttMeterSpec = Static<typeof mqttMeter>
export type MqttValue = NonNullable<MqttMeterSpec['values']['importWh']>
