import type { Static } from 'typebox'
import * as schema from '../../src/base/schema.ts'
import { mqttMeter } from './mqtt-meter.ts'
import { fields, flag, input, kinds, maybe, name, numeric, whole, words } from './words.ts'

/** What devices hang on: serial lines, Modbus, I2C. Names are the file's own; devices refer to them. */

const serialLine = {
  path: name('Device of the serial line. Best /dev/serial/by-id/..., which stays the same; else /dev/serial0.'),
  baud: maybe(whole('Bits per second. 9600 when left out.', 300, 921_600)),
  parity: maybe(words(['none', 'even', 'odd'], 'none when left out. The mini-UART of a Raspberry Pi has no parity.')),
  stopBits: maybe(schema.unsafe<1 | 2>({ type: 'integer', enum: [1, 2], description: '1 when left out.' })),
}
const file = (description: string) => schema.string({ description: `${description} A file, relative to this one.`, minLength: 1, maxLength: 4_096 })
/** Shared by every way Modbus comes. */
const polite = {
  gapMs: maybe(whole('Silence between a reply and the next request, ms. 100 when left out, and never less than 3.5 characters.', 0, 2_000)),
  timeoutMs: maybe(whole('How long a reply may take, ms. 500 when left out, 1000 up to 2400 baud.', 50, 5_000)),
  retries: maybe(whole('Further tries of a request. 2 when left out.', 0, 5)),
}

export const bus = kinds(
  {
    'modbus-rtu': fields({ ...serialLine, ...polite }),
    'modbus-tcp': fields({ host: name('Name or address.'), port: maybe(whole('502 when left out.', 1, 65_535)), ...polite }),
    'modbus-rtu-over-tcp': fields({ host: name('Name or address.'), port: whole('Port of the serial server.', 1, 65_535), ...polite }),
    i2c: fields({ number: whole('The N of /dev/i2c-N.', 0, 255) }),
    serial: fields(serialLine),
    mqtt: fields({
      url: schema.string({ description: 'The broker: mqtt://HOST:1883, or mqtts://HOST:8883 for TLS.', minLength: 1, maxLength: 300 }),
      user: maybe(name('User name at the broker.')),
      passwordFile: maybe(file('Holds the password.')),
      caFile: maybe(file("PEM of the authority that signed the broker's certificate. The system's when left out.")),
      certFile: maybe(file('PEM of our own certificate, for brokers that ask for one. With keyFile.')),
      keyFile: maybe(file('PEM of its key.')),
    }),
  },
  'A bus. modbus-tcp, modbus-rtu-over-tcp and mqtt carry meters only, read by the core and never used by interlocks.',
)
export type BusSpec = Static<typeof bus>
export type ModbusBusSpec = Extract<BusSpec, { kind: `modbus-${string}` }>

const onBus = { bus: name('The I2C bus among `buses`.') }
const address = (usual: string) => whole(`I2C address. ${usual}`, 0x03, 0x77)
const stack = maybe(whole('Position in the stack, set by jumpers. 0 when left out.', 0, 7))

/** A chip or a board on an I2C bus that gives pins or voltages to others. */
export const part = kinds(
  {
    mcp23017: fields({ ...onBus, address: address('0x20 to 0x27 (32 to 39).') }),
    pcf8574: fields({ ...onBus, address: address('0x20 to 0x27, or 0x38 to 0x3f for the A version.') }),
    pca9554: fields({ ...onBus, address: address('0x20 to 0x27, or 0x38 to 0x3f for the A version.') }),
    'sequent-4rel4in': fields({ ...onBus, stack }, 'Sequent Microsystems 4-RELAYS + 4 opto-inputs: pins 1 to 4 each way.'),
    'sequent-8rel': fields({ ...onBus, stack }, 'Sequent Microsystems 8-RELAYS: pins 1 to 8.'),
    ads1115: fields({
      ...onBus,
      address: address('0x48 to 0x4b (72 to 75).'),
      fullScaleV: maybe(
        schema.unsafe<6.144 | 4.096 | 2.048 | 1.024>({ type: 'number', enum: [6.144, 4.096, 2.048, 1.024], description: '4.096 when left out.' }),
      ),
      is12Bit: flag('True for an ADS1015.'),
    }),
  },
  'A chip or a board on an I2C bus.',
)
export type PartSpec = Static<typeof part>

/** A Modbus register table that stands in a file of its own beside the board file, or is one of those built in. */
export const meter = kinds(
  {
    modbus: fields({
      bus: name('The Modbus bus among `buses`.'),
      unit: whole('Modbus address.', 1, 247),
      model: name('A meter that is built in (`pilotwire probe meter --list`), or a file beside the board file that ends in .yaml.'),
      pollMs: maybe(whole('Between two readings, ms. 1000 when left out.', 200, 10_000)),
      invert: flag('True: the meter is wired the other way round, export is import.'),
    }),
    s0: fields({
      input,
      pulsesPerKwh: whole('As printed on the meter.', 1, 100_000),
    }),
    mqtt: mqttMeter,
  },
  'An energy meter.',
)
export type MeterSpec = Static<typeof meter>

/** How a reader's UID becomes an idTag. */
const tagFormat = {
  evse: maybe(whole('The EVSE it belongs to; all when left out.', 1, 64)),
  format: maybe(words(['hex', 'dec'], 'hex when left out.')),
  case: maybe(words(['upper', 'lower'], 'upper when left out.')),
  byteOrder: maybe(words(['msb', 'lsb'], 'msb (as the reader says it) when left out; lsb turns the bytes round.')),
  padTo: maybe(whole('Zeros in front up to so many characters.', 1, 36)),
  debounceMs: maybe(whole('The same card again within this time is the same presentation, ms. 2000 when left out.', 500, 10_000)),
  allowRandomUid: flag('True: four-byte UIDs that begin with 08 (phones, which change it each time) are taken. They are refused when left out.'),
}

export const reader = kinds(
  {
    pn532: fields({ bus: name('A serial or I2C bus among `buses`.'), ...tagFormat }),
    rdm6300: fields({ bus: name('A serial bus among `buses`, 9600 baud.'), ...tagFormat }),
    mfrc522: fields({ bus: name('An I2C bus among `buses`.'), address: maybe(whole('40 (0x28) when left out.', 0x08, 0x77)), ...tagFormat }),
    'usb-hid': fields({
      path: name('/dev/input/by-id/...-event-kbd'),
      typed: maybe(words(['as-is', 'dec', 'hex'], 'What the reader types: taken as it is, or a number to be turned into hex. as-is when left out.')),
      ...tagFormat,
    }),
    wiegand: fields({ data0: input, data1: input, ...tagFormat }, 'Wiegand 26 and 34. Both lines on one gpiochip, by the character device.'),
  },
  'A reader of cards.',
)
export type ReaderSpec = Static<typeof reader>
export type TagFormat = Omit<ReaderSpec & { readonly kind: 'rdm6300' }, 'bus' | 'kind'>

export const sensor = kinds(
  {
    lm75: fields({ ...onBus, address: address('0x48 to 0x4f.') }, 'LM75 or TMP102.'),
    ds18b20: fields({ id: name('28-..., the directory in /sys/bus/w1/devices.') }, '1-Wire.'),
    ntc: fields({
      part: name('The converter among `parts`.'),
      channel: whole('Its input.', 0, 3),
      seriesOhms: numeric('Resistor from the supply to the NTC.', 100, 1_000_000),
      supplyV: numeric('Supply of the divider, V.', 1, 12),
      ohmsAt25: numeric('Of the NTC at 25 degrees C.', 100, 1_000_000),
      beta: numeric('Of the NTC, K.', 1_000, 6_000),
    }),
  },
  'A temperature sensor.',
)
export type SensorSpec = Static<typeof sensor>
