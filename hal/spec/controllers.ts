import type { Static } from 'typebox'
import * as schema from '../../src/base/schema.ts'
import { analog, fields, flag, input, kinds, maybe, name, numeric, output, whole, words } from './words.ts'

const contactor = fields(
  {
    output,
    mirror: maybe(
      fields(
        { ...input.properties, isOpenWhenActive: flag('True: an auxiliary contact that is closed while the main contacts are open (NC).') },
        'The mirror contact. Without one the weld check uses the meter.',
      ),
    ),
    auxiliary: maybe(
      schema.array(output, { description: 'Further outputs that close before and open after it (supply of the controller, second pole).', maxItems: 3 }),
    ),
  },
  'The contactor.',
)

const lock = fields(
  {
    lock: output,
    unlock: output,
    feedback: maybe(input),
    isLockedWhenActive: maybe(schema.boolean({ description: 'What the feedback means. true when left out.', default: true })),
  },
  'The plug lock of a socket: pulses of 600 ms.',
)

const proximity = fields(
  { ...analog.properties, pullUpOhms: numeric('From the supply to the contact.', 10, 100_000), supplyV: numeric('V.', 1, 12) },
  'The proximity contact of a socket, IEC 61851-1 B.2.',
)

const residualCurrent = fields({ trip: input, test: output }, 'The residual current monitor (RDC-DD): its trip contact and its test input.')

const phaseSwitch = fields(
  { output, onIs: schema.unsafe<1 | 3>({ type: 'integer', enum: [1, 3], description: 'Phases while the output is ON.' }) },
  'Switches between one and three phases. Never under load, 10 s without PWM before and after. Only where the contactors allow it; it can destroy cars.',
)

const common = {
  contactor: maybe(contactor),
  lock: maybe(lock),
  proximity: maybe(proximity),
  residualCurrent: maybe(residualCurrent),
  phaseSwitch: maybe(phaseSwitch),
}

const pwm = fields(
  {
    device: maybe(name('Part of the path behind /sys/class/pwm/pwmchipN/device, for instance 1f00098000.pwm. Found by `header` when left out.')),
    header: maybe(whole('GPIO (BCM) number: 12, 13, 18 or 19.', 12, 19)),
    channel: maybe(whole('Channel of that chip. Found by `header` when left out.', 0, 7)),
    isInverted: flag('True: the driver stage turns the signal round, high at the pin is -12 V.'),
  },
  'Hardware PWM by sysfs: 1 kHz, 0 % is -12 V, 100 % is +12 V.',
)

/** What makes the pilot. */
export const pilot = kinds(
  {
    adc: fields(
      {
        pwm,
        high: analog,
        low: maybe(analog),
        decayMs: maybe(numeric('Decay of the peak detectors, ms. 10 when left out; more than 20 does not leave time to open within 100 ms.', 1, 20)),
        disconnect: maybe(output),
      },
      'PWM, and a converter behind peak detectors. Without `low` there is no diode check.',
    ),
    contacts: fields({ plugged: input, ready: input }, 'For the bench: two switches play the car. plugged is state B, both are state C.'),
  },
  'The control pilot.',
)
export type PilotSpec = Static<typeof pilot>

export const controller = kinds(
  {
    native: fields({ pilot, ...common, contactor }),
    'evse-wb-din': fields({
      bus: name('The Modbus bus among `buses`.'),
      unit: maybe(whole('1 when left out.', 1, 247)),
      ...common,
      disconnect: maybe(output),
      hasSupplyBehindDeadMan: flag('True: its supply hangs behind the dead-man relay. It keeps its last current when the computer dies.'),
    }),
    'openevse-rapi': fields({ bus: name('The serial bus among `buses`, 115200 baud.'), ...common }),
    'socket-outlet': fields({ plugged: maybe(input), ...common, contactor }, 'An outlet without a control pilot: a household or CEE socket.'),
  },
  'Pilot, contactor and what belongs to them.',
)
export type ControllerSpec = Static<typeof controller>
export type ControllerCommon = Omit<Extract<ControllerSpec, { kind: 'native' }>, 'kind' | 'pilot'>

export const indicator = fields({ red: maybe(output), green: maybe(output), blue: maybe(output), buzzer: maybe(output) }, 'Lamps and buzzer of an outlet.')
export type IndicatorSpec = Static<typeof indicator>

/** Contacts from outside that limit the current. */
export const limitInput = fields(
  {
    name: maybe(words(['ripple-control', 'contact'], 'What the log calls it.')),
    input,
    amps: numeric('Largest current per phase while the contact is active, A; below 6 A charging pauses.', 0, 80),
    evse: maybe(whole('One outlet; all when left out.', 1, 64)),
  },
  'A contact that limits the current, for instance of the grid operator.',
)
export type LimitInputSpec = Static<typeof limitInput>
