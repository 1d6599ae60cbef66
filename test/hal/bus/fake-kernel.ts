import { type Kernel, SystemCallError } from '../../../hal/bus/kernel.ts'

/** GPIO chips in software behind the bytes of the character device: what the driver asks for is taken apart here by offsets written down a second
 *  time, from the C structures themselves. */

export interface FakeChip {
  readonly label: string
  readonly lines: number
  /** Names by offset. */
  readonly names?: Readonly<Record<number, string>>
}

export interface FakeLine {
  consumer: string
  /** Physical level: of the output, or what the wire outside gives. */
  level: 0 | 1
  /** Every physical level since the first request. */
  readonly history: (0 | 1)[]
  flags: number
  debounceUs: number
  /** Reads stay at this level whatever is driven. */
  stuck?: 0 | 1
}

interface Requested {
  readonly chip: number
  readonly offsets: readonly number[]
  readonly flags: readonly number[]
  readonly events: Buffer[]
  ready: (() => void) | undefined
  gone: (() => void) | undefined
}

interface OpenChip {
  readonly chip: number
  readonly offsets?: undefined
}

export interface FakeKernel extends Kernel {
  line(chip: number, offset: number): FakeLine
  /** The bytes of each GET_LINE, as they came. */
  readonly requests: Buffer[]
  /** The wire outside changes; the driver hears it at once. `atNs`: the kernel's timestamp. */
  drive(chip: number, offset: number, level: 0 | 1, atNs: bigint): void
  /** Several changes before the driver hears of the first. */
  burst(changes: readonly (readonly [chip: number, offset: number, level: 0 | 1, atNs: bigint])[]): void
  /** GET_LINE fails with this while it says so. */
  refuse(judge: (request: Buffer) => string | undefined): void
  /** Everything about this chip answers ENODEV from now on. */
  kill(chip: number): void
  /** Paths that cannot be opened. */
  forbid(path: string, code: string): void
  /** Another path to a chip. */
  link(path: string, chip: number): void
  readonly openFiles: number
}

const [edgeRising, edgeFalling, output, activeLow, input] = [16, 32, 8, 2, 4]

export function fakeKernel(chips: readonly FakeChip[], numbers: readonly number[] = chips.map((_, at) => at)): FakeKernel {
  const paths = new Map<string, number>(numbers.map((number, chip) => [`/dev/gpiochip${number}`, chip]))
  const forbidden = new Map<string, string>()
  const dead = new Set<number>()
  const lines = new Map<string, FakeLine>()
  const files = new Map<number, OpenChip | Requested>()
  const requests: Buffer[] = []
  let nextFile = 100
  let judge: (request: Buffer) => string | undefined = () => undefined
  const line = (chip: number, offset: number): FakeLine => {
    const key = `${chip}:${offset}`
    const found = lines.get(key) ?? { consumer: '', level: 0, history: [], flags: 0, debounceUs: 0 }
    lines.set(key, found)
    return found
  }
  const fail = (code: string): never => {
    throw new SystemCallError('ioctl', code)
  }
  const fileOf = (file: number) => files.get(file) ?? fail('EBADF')
  const chipCall = (chip: number, request: number, bytes: Buffer) => {
    if (dead.has(chip)) fail('ENODEV')
    const of = chips[chip] ?? fail('ENODEV')
    if (request === 0x8044b401) {
      expectSize(bytes, 68)
      bytes.write(`gpiochip${numbers[chip]}`, 0)
      bytes.write(of.label, 32)
      bytes.writeUInt32LE(of.lines, 64)
    } else if (request === 0xc100b405) {
      expectSize(bytes, 256)
      const offset = bytes.readUInt32LE(64)
      if (offset >= of.lines) fail('EINVAL')
      bytes.write(of.names?.[offset] ?? '', 0)
      bytes.write(line(chip, offset).consumer, 32)
      bytes.writeUInt32LE(line(chip, offset).consumer === '' ? 0 : 1, 72)
    } else if (request === 0xc250b407) getLine(chip, of, bytes)
    else fail('ENOTTY')
  }
  const getLine = (chip: number, of: FakeChip, bytes: Buffer) => {
    expectSize(bytes, 592)
    requests.push(Buffer.from(bytes))
    const refused = judge(bytes)
    if (refused !== undefined) fail(refused)
    const offsets = Array.from({ length: bytes.readUInt32LE(560) }, (_, at) => bytes.readUInt32LE(4 * at))
    const flags = offsets.map(() => bytes.readUInt32LE(288))
    const debounce = offsets.map(() => 0)
    const values = offsets.map(() => 0)
    for (let at = 320; at < 320 + 24 * bytes.readUInt32LE(296); at += 24) {
      const [id, value, mask] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 8), bytes.readBigUInt64LE(at + 16)]
      offsets.forEach((_, index) => {
        if (((mask >> BigInt(index)) & 1n) === 0n) return
        if (id === 1) flags[index] = value
        else if (id === 2) values[index] = (value >> index) & 1
        else if (id === 3) debounce[index] = value
        else fail('EINVAL')
      })
    }
    if (offsets.some((offset) => offset >= of.lines)) fail('EINVAL')
    if (offsets.some((offset) => line(chip, offset).consumer !== '')) fail('EBUSY')
    offsets.forEach((offset, index) => {
      const one = line(chip, offset)
      const isOutput = ((flags[index] ?? 0) & output) !== 0
      if (isOutput === (((flags[index] ?? 0) & input) !== 0)) fail('EINVAL')
      one.consumer = bytes.toString('latin1', 256, bytes.indexOf(0, 256))
      one.flags = flags[index] ?? 0
      one.debounceUs = debounce[index] ?? 0
      if (isOutput) put(one, values[index] === 1 ? 1 : 0)
    })
    const file = nextFile++
    files.set(file, { chip, offsets, flags, events: [], ready: undefined, gone: undefined })
    bytes.writeInt32LE(file, 588)
  }
  const put = (one: FakeLine, level: 0 | 1) => {
    one.level = level
    one.history.push(level)
  }
  const lineCall = (file: Requested, request: number, bytes: Buffer) => {
    if (dead.has(file.chip)) fail('ENODEV')
    expectSize(bytes, 16)
    const mask = bytes.readBigUInt64LE(8)
    const bits = bytes.readBigUInt64LE(0)
    let read = 0n
    file.offsets.forEach((offset, index) => {
      if (((mask >> BigInt(index)) & 1n) === 0n) return
      const one = line(file.chip, offset)
      if (request === 0xc010b40f) put(one, ((bits >> BigInt(index)) & 1n) === 1n ? 1 : 0)
      else if (request !== 0xc010b40e) fail('ENOTTY')
      const level = one.stuck ?? one.level
      const isActive = (level === 1) !== (((file.flags[index] ?? 0) & activeLow) !== 0)
      if (isActive) read |= 1n << BigInt(index)
    })
    if (request === 0xc010b40e) bytes.writeBigUInt64LE(read, 0)
  }
  const change = (chip: number, offset: number, level: 0 | 1, atNs: bigint): Requested | undefined => {
    const one = line(chip, offset)
    if (one.level === level) return undefined
    one.level = level
    for (const file of files.values()) {
      if (file.offsets === undefined || file.chip !== chip || !file.offsets.includes(offset)) continue
      const flags = file.flags[file.offsets.indexOf(offset)] ?? 0
      const isRising = (level === 1) !== ((flags & activeLow) !== 0)
      if ((flags & (isRising ? edgeRising : edgeFalling)) === 0) return undefined
      const event = Buffer.alloc(48)
      event.writeBigUInt64LE(atNs, 0)
      event.writeUInt32LE(isRising ? 1 : 2, 8)
      event.writeUInt32LE(offset, 12)
      file.events.push(event)
      return file
    }
    return undefined
  }
  return {
    names: (directory) => [...paths.keys()].filter((path) => path.startsWith(`${directory}/`)).map((path) => path.slice(directory.length + 1)),
    open(path) {
      const code = forbidden.get(path)
      if (code !== undefined) throw new SystemCallError(`open ${path}`, code)
      const chip = paths.get(path) ?? fail('ENOENT')
      files.set(nextFile, { chip })
      return nextFile++
    },
    ioctl(file, request, argument) {
      if (typeof argument === 'number') return fail('ENOTTY')
      const of = fileOf(file)
      const bytes = argument as Buffer
      if (of.offsets !== undefined) lineCall(of, request, bytes)
      else chipCall(of.chip, request, bytes)
    },
    read(file, into) {
      const of = fileOf(file)
      if (of.offsets === undefined) return fail('EINVAL')
      if (dead.has(of.chip)) fail('ENODEV')
      const batch = Buffer.concat(of.events.splice(0, Math.floor(into.length / 48)))
      into.set(batch)
      return batch.length
    },
    watch(file, ready, gone) {
      const of = fileOf(file)
      if (of.offsets === undefined) return fail('EPERM')
      of.ready = ready
      of.gone = gone
      return () => {
        of.ready = undefined
        of.gone = undefined
      }
    },
    close(file) {
      const of = fileOf(file)
      files.delete(file)
      if (of.offsets === undefined) return
      if (of.ready !== undefined) throw new Error('closed while it is watched')
      for (const offset of of.offsets) line(of.chip, offset).consumer = ''
    },
    line,
    requests,
    drive(chip, offset, level, atNs) {
      change(chip, offset, level, atNs)?.ready?.()
    },
    burst(changes) {
      const heard = new Set(changes.map(([chip, offset, level, atNs]) => change(chip, offset, level, atNs)))
      for (const file of heard) while (file !== undefined && file.events.length > 0 && file.ready !== undefined) file.ready()
    },
    refuse(by) {
      judge = by
    },
    kill(chip) {
      dead.add(chip)
      for (const file of files.values()) if (file.offsets !== undefined && file.chip === chip) file.gone?.()
    },
    forbid: (path, code) => forbidden.set(path, code),
    link: (path, chip) => paths.set(path, chip),
    get openFiles() {
      return files.size
    },
  }
}

function expectSize(bytes: Buffer, size: number): void {
  if (bytes.length !== size) throw new Error(`a structure of ${bytes.length} bytes where the kernel has ${size}`)
}
