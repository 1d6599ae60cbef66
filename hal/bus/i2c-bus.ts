import { getSystemErrorName } from 'node:util'
import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'
import type { I2cBus } from './i2c.ts'

/** What is used of the package `i2c-bus`. */
export interface RawI2c {
  i2cRead(address: number, length: number, buffer: Buffer): Promise<{ readonly bytesRead: number }>
  i2cWrite(address: number, length: number, buffer: Buffer): Promise<{ readonly bytesWritten: number }>
  readI2cBlock(address: number, command: number, length: number, buffer: Buffer): Promise<{ readonly bytesRead: number }>
  bus(): {
    i2cReadSync(address: number, length: number, buffer: Buffer): number
    i2cWriteSync(address: number, length: number, buffer: Buffer): number
    closeSync(): void
  }
}

/** A transfer takes 1 ms; the kernel gives up on a bus that hangs after 1 s, which the guard does not have. Time is counted in looks: a process
 *  that stood still (it loads its modules, its computer is busy) has not looked, and what came back meanwhile has not been heard yet. */
const lookEvery: Millis = 10
/** 100 ms. */
const longestTransfer = 10
/** A synchronous write waits for the transfer under way. One that is under way for longer than so many looks hangs. */
const longestWait = 2
/** SMBus block reads carry no more. */
const longestBlock = 31

/** Opens /dev/i2c-N. That it exists, and who answers, shows with the first transfer: the package opens one file per address.
 *  @throws DeviceError 'absent' when the package i2c-bus cannot be loaded */
export async function openI2c(number: number, clock: Clock): Promise<I2cBus> {
  let raw: RawI2c
  try {
    const { default: i2c } = await import('i2c-bus')
    raw = await i2c.openPromisified(number)
  } catch (error) {
    throw new DeviceError(
      `I2C bus ${number}`,
      'absent',
      new Error('the package i2c-bus does not load: run the set-up again on this computer', { cause: error }),
    )
  }
  return i2cOver(number, clock, raw)
}

/** The queue over the package. One transfer is under way at a time.
 *
 *  A transfer that has not come back within 100 ms is given up as a timeout. The kernel still works on it, in a thread of the process,
 *  and holds the adapter: until it returns, everything asked for fails at once as a timeout, and then the queue goes on. So a late
 *  transfer can never run between those of another. */
export function i2cOver(number: number, clock: Clock, raw: RawI2c): I2cBus {
  const sync = raw.bus()
  const opened = new Set<number>()
  const refused = new Map<number, DeviceError>()
  let tail: Promise<unknown> = Promise.resolve()
  /** While a transfer is under way. */
  let looks: number | undefined
  let isHung = false
  let isClosed = false

  const name = (address: number) => `I2C bus ${number} address 0x${address.toString(16).padStart(2, '0')}`
  const hangs = (address: number) =>
    new DeviceError(
      name(address),
      'timeout',
      new Error('the bus hangs: something holds SDA or SCL low. Check wires and pull-ups, switch the devices off and on'),
    )
  const closed = (address: number) => new DeviceError(name(address), 'refused', new Error('the bus is closed'))

  /** The package keeps the file of an address that the kernel refused, and would from then on talk to address 0 by it: what was refused once is
   *  never asked again. It opens the file in the midst of a transfer, where a synchronous one could meet it half open: so it is done here. */
  const ready = (address: number) => {
    if (isClosed) throw closed(address)
    const before = refused.get(address)
    if (before !== undefined) throw before
    if (opened.has(address)) return
    try {
      // A read of no bytes opens the file and sets the address; nothing goes over the bus.
      sync.i2cReadSync(address, 0, Buffer.alloc(1))
      opened.add(address)
    } catch (error) {
      const failure = deviceErrorOf(name(address), number, error)
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EACCES') refused.set(address, failure)
      throw failure
    }
  }
  const run = <T>(address: number, work: () => Promise<T>): Promise<T> => {
    if (isHung) throw hangs(address)
    ready(address)
    looks = 0
    return new Promise<T>((resolve, reject) => {
      const timer = clock.every('I2C transfer', lookEvery, () => {
        looks = (looks ?? 0) + 1
        if (looks < longestTransfer) return
        timer.stop()
        isHung = true
        reject(hangs(address))
      })
      const settled = () => {
        timer.stop()
        looks = undefined
        isHung = false
        if (isClosed) sync.closeSync()
      }
      work().then(
        (value) => {
          settled()
          resolve(value)
        },
        (error: unknown) => {
          settled()
          reject(deviceErrorOf(name(address), number, error))
        },
      )
    })
  }
  const queued = <T>(address: number, work: () => Promise<T>): Promise<T> => {
    const turn = tail.then(() => run(address, work))
    tail = turn.catch(() => {})
    return turn
  }
  const whole = (address: number, wanted: number, got: number) => {
    if (got !== wanted) throw new DeviceError(name(address), 'crc', new Error(`${got} of ${wanted} bytes`))
  }
  const writeAll = async (address: number, bytes: Uint8Array) => {
    const { bytesWritten } = await raw.i2cWrite(address, bytes.length, Buffer.from(bytes))
    whole(address, bytes.length, bytesWritten)
  }
  const readAll = async (address: number, write: Uint8Array, length: number): Promise<Uint8Array> => {
    const buffer = Buffer.alloc(length)
    const [command] = write
    // The package has no I2C_RDWR. A register number and up to 31 bytes go as an SMBus block read, which the adapters of this house send as one
    // transfer with a repeated start. Anything longer is a write and a read with a stop between; nobody else of this process comes between them.
    if (command !== undefined && write.length === 1 && length <= longestBlock) {
      const { bytesRead } = await raw.readI2cBlock(address, command, length, buffer)
      whole(address, length, bytesRead)
    } else {
      if (write.length > 0) await writeAll(address, write)
      const { bytesRead } = await raw.i2cRead(address, length, buffer)
      whole(address, length, bytesRead)
    }
    return new Uint8Array(buffer)
  }

  return {
    number,
    transfer: (address, write, length) =>
      queued(address, async () => {
        if (length > 0) return await readAll(address, write, length)
        await writeAll(address, write)
        return new Uint8Array(0)
      }),
    write: (address, bytes) => queued(address, () => writeAll(address, bytes)),
    writeNow(address, bytes) {
      if (isHung || (looks !== undefined && looks > longestWait)) throw hangs(address)
      ready(address)
      let written: number
      try {
        written = sync.i2cWriteSync(address, bytes.length, Buffer.from(bytes))
      } catch (error) {
        throw deviceErrorOf(name(address), number, error)
      }
      whole(address, bytes.length, written)
    },
    close() {
      if (isClosed) return
      isClosed = true
      // The files of a transfer under way are closed when it is back.
      if (looks === undefined) sync.closeSync()
    },
  }
}

/** The package gives errors of block reads a number, and no name to those that Node has none for (EREMOTEIO). */
function codeOf(error: unknown): string | undefined {
  const { code, errno } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  if (code !== undefined && code !== '') return code
  return errno === undefined || errno === 0 ? undefined : getSystemErrorName(-Math.abs(errno))
}

const meanings: Readonly<Record<string, readonly [DeviceError['problem'], (bus: number) => string]>> = {
  ENXIO: ['absent', () => 'nobody answers. Check its supply, SDA, SCL and its address jumpers (i2cdetect shows who is there)'],
  EREMOTEIO: ['absent', () => 'nobody answers. Check its supply, SDA, SCL and its address jumpers (i2cdetect shows who is there)'],
  EIO: ['absent', () => 'the transfer broke off. Check its supply, SDA and SCL'],
  ENOENT: ['absent', (bus) => `there is no /dev/i2c-${bus}. Add dtparam=i2c_arm=on to config.txt and load the module i2c-dev`],
  ENODEV: ['absent', (bus) => `there is no /dev/i2c-${bus}. Add dtparam=i2c_arm=on to config.txt and load the module i2c-dev`],
  EACCES: ['refused', (bus) => `no permission for /dev/i2c-${bus}. Add the user to the group i2c`],
  EPERM: ['refused', (bus) => `no permission for /dev/i2c-${bus}. Add the user to the group i2c`],
  EBUSY: ['refused', () => 'a driver of the kernel holds this address. Remove its dtoverlay from config.txt'],
  ETIMEDOUT: ['timeout', () => 'the bus hangs: something holds SDA or SCL low. Check wires and pull-ups'],
  EAGAIN: ['timeout', () => 'the bus was lost to another master, or to noise'],
}

function deviceErrorOf(device: string, bus: number, error: unknown): DeviceError {
  if (error instanceof DeviceError) return error
  const meaning = meanings[codeOf(error) ?? '']
  if (meaning === undefined) return new DeviceError(device, 'refused', error)
  const [problem, words] = meaning
  return new DeviceError(device, problem, new Error(words(bus), { cause: error }))
}
