/** The GPIO character device as the kernel's include/uapi/linux/gpio.h declares it (uAPI v2, since Linux 5.10): constants under their names
 *  there, structures by byte offset. All in little-endian order, as every board that Node has packages for. */

export const GPIO_GET_CHIPINFO_IOCTL = 0x8044b401
export const GPIO_V2_GET_LINEINFO_IOCTL = 0xc100b405
export const GPIO_V2_GET_LINE_IOCTL = 0xc250b407
export const GPIO_V2_LINE_GET_VALUES_IOCTL = 0xc010b40e
export const GPIO_V2_LINE_SET_VALUES_IOCTL = 0xc010b40f

export const GPIO_V2_LINE_FLAG_USED = 1
export const GPIO_V2_LINE_FLAG_ACTIVE_LOW = 2
export const GPIO_V2_LINE_FLAG_INPUT = 4
export const GPIO_V2_LINE_FLAG_OUTPUT = 8
export const GPIO_V2_LINE_FLAG_EDGE_RISING = 16
export const GPIO_V2_LINE_FLAG_EDGE_FALLING = 32
export const GPIO_V2_LINE_FLAG_BIAS_PULL_UP = 256
export const GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN = 512
export const GPIO_V2_LINE_FLAG_BIAS_DISABLED = 1024

const GPIO_V2_LINE_ATTR_ID_FLAGS = 1
const GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES = 2
const GPIO_V2_LINE_ATTR_ID_DEBOUNCE = 3
const GPIO_V2_LINE_NUM_ATTRS_MAX = 10

const GPIO_V2_LINE_EVENT_RISING_EDGE = 1

const GPIO_MAX_NAME_SIZE = 32
/** sizeof(struct gpio_v2_line_event) */
export const eventSize = 48

export interface ChipInfo {
  /** gpiochip0; two paths may lead to one chip. */
  readonly name: string
  readonly label: string
  readonly lines: number
}

/** struct gpiochip_info: name[32] @0, label[32] @32, lines @64. */
export const chipInfoSize = 68
export function chipInfo(bytes: Buffer): ChipInfo {
  return { name: text(bytes, 0), label: text(bytes, 32), lines: bytes.readUInt32LE(64) }
}

export interface LineInfo {
  readonly name: string
  readonly consumer: string
  readonly isUsed: boolean
}

/** struct gpio_v2_line_info: name[32] @0, consumer[32] @32, offset @64, num_attrs @68, flags (64 bits) @72. */
export function lineInfoRequest(offset: number): Buffer {
  const bytes = Buffer.alloc(256)
  bytes.writeUInt32LE(offset, 64)
  return bytes
}
export function lineInfo(bytes: Buffer): LineInfo {
  return { name: text(bytes, 0), consumer: text(bytes, 32), isUsed: (bytes.readUInt32LE(72) & GPIO_V2_LINE_FLAG_USED) !== 0 }
}

export interface RequestedLine {
  readonly offset: number
  readonly flags: number
  /** Physical level that an output begins with. */
  readonly level?: 0 | 1
  /** us; 0: none. */
  readonly debounceUs?: number
}

interface Attribute {
  readonly id: number
  readonly value: number
  mask: number
}

/** struct gpio_v2_line_request: offsets[64] @0, consumer[32] @256, config @288 (flags @288, num_attrs @296, attrs of 24 bytes @320),
 *  num_lines @560, event_buffer_size @564, fd @588. An attribute: id @0, value (64 bits) @8, mask of lines (64 bits) @16.
 *  At most 31 lines. @throws RangeError for more attributes than the kernel takes */
export function lineRequest(lines: readonly RequestedLine[], consumer: string, eventBuffer: number): Buffer {
  const bytes = Buffer.alloc(592)
  const common = lines[0]?.flags ?? 0
  const attributes: Attribute[] = []
  const add = (id: number, value: number, index: number) => {
    const same = attributes.find((each) => each.id === id && each.value === value)
    if (same === undefined) attributes.push({ id, value, mask: 1 << index })
    else same.mask |= 1 << index
  }
  lines.forEach(({ offset, flags, debounceUs = 0 }, index) => {
    bytes.writeUInt32LE(offset, 4 * index)
    if (flags !== common) add(GPIO_V2_LINE_ATTR_ID_FLAGS, flags, index)
    if (debounceUs > 0) add(GPIO_V2_LINE_ATTR_ID_DEBOUNCE, debounceUs, index)
  })
  // One attribute for all outputs: its value is a bit for each line.
  const outputs = lines.flatMap(({ level }, index) => (level === undefined ? [] : [{ bit: 1 << index, level }]))
  if (outputs.length > 0) {
    const all = outputs.reduce((bits, { bit }) => bits | bit, 0)
    const high = outputs.reduce((bits, { bit, level }) => (level === 1 ? bits | bit : bits), 0)
    attributes.push({ id: GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, value: high, mask: all })
  }
  if (attributes.length > GPIO_V2_LINE_NUM_ATTRS_MAX) throw new RangeError('too many different lines for one request')
  bytes.write(consumer.slice(0, GPIO_MAX_NAME_SIZE - 1), 256, 'latin1')
  bytes.writeUInt32LE(common, 288)
  bytes.writeUInt32LE(attributes.length, 296)
  attributes.forEach(({ id, value, mask }, index) => {
    const at = 320 + 24 * index
    bytes.writeUInt32LE(id, at)
    bytes.writeUInt32LE(value, at + 8)
    bytes.writeUInt32LE(mask >>> 0, at + 16)
  })
  bytes.writeUInt32LE(lines.length, 560)
  bytes.writeUInt32LE(eventBuffer, 564)
  return bytes
}
/** The descriptor of the lines, once the kernel has answered. */
export const requestedFile = (bytes: Buffer): number => bytes.readInt32LE(588)

/** struct gpio_v2_line_values: bits @0, mask @8, of the first line of the request. */
export function lineValue(level: 0 | 1 = 0): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(level, 0)
  bytes.writeUInt32LE(1, 8)
  return bytes
}
export const levelIn = (bytes: Buffer): 0 | 1 => ((bytes.readUInt32LE(0) & 1) === 1 ? 1 : 0)

export interface LineEvent {
  /** To the active level where ACTIVE_LOW was asked for, else to the high level. */
  readonly isRising: boolean
  /** CLOCK_MONOTONIC, ms: the same count as `Clock.monotonic()`. */
  readonly at: number
  readonly offset: number
}

/** struct gpio_v2_line_event: timestamp_ns (64 bits) @0, id @8, offset @12. */
export function lineEvents(bytes: Buffer, length: number): readonly LineEvent[] {
  return Array.from({ length: Math.floor(length / eventSize) }, (_, index) => {
    const at = index * eventSize
    return {
      isRising: bytes.readUInt32LE(at + 8) === GPIO_V2_LINE_EVENT_RISING_EDGE,
      at: Number(bytes.readBigUInt64LE(at) / 1_000n) / 1_000,
      offset: bytes.readUInt32LE(at + 12),
    }
  })
}

function text(bytes: Buffer, at: number): string {
  const field = bytes.subarray(at, at + GPIO_MAX_NAME_SIZE)
  const end = field.indexOf(0)
  return field.toString('latin1', 0, end === -1 ? GPIO_MAX_NAME_SIZE : end)
}
