import { readSync } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../src/base/clock.ts'
import { wordsOf } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import { type OpenLine, reopeningLine } from './reopening.ts'
import { within } from './rounds.ts'
import type { ByteLine, SerialSettings } from './serial.ts'

/** A serial line of the machine. Loads `serialport` on first use. A line that cannot be opened now is tried again, and says so in the log.
 *  @param o.root where the files of the system are found; tests have their own */
export async function openSerial(settings: SerialSettings, o: { readonly clock: Clock; readonly log: Log; readonly root?: string }): Promise<ByteLine> {
  const line = reopeningLine(settings.path, () => openPort(settings, o.root ?? '/', o.clock), o)
  await line.tried
  return line
}

async function openPort(settings: SerialSettings, root: string, clock: Clock): Promise<OpenLine> {
  const { path, baud, parity, stopBits } = settings
  if (parity !== 'none' && (await isMiniUart(path, root))) {
    throw new Error(`${path} is the mini-UART of a Raspberry Pi, which has no parity (${parity} is asked for). ${miniUartRemedy}`)
  }
  const { SerialPort } = await import('serialport')
  try {
    const port: unknown = await SerialPort.binding.open({ path, baudRate: baud, dataBits: 8, parity, stopBits, lock: true })
    return lineOf(port as Port, path, clock)
  } catch (error) {
    throw new Error(await openingWords(path, wordsOf(error), root), { cause: error })
  }
}

/** The library's port below its stream. That stream, and the port's own `read`, turn in a circle for ever once an adapter is pulled out:
 *  the kernel then says "0 bytes" (serialport/bindings-cpp#162). So we read ourselves: the descriptor does not block. */
interface Port {
  readonly fd: number
  readonly poller: { once(event: 'readable', then: (error: Error | null) => void): unknown }
  write(bytes: Buffer): Promise<void>
  drain(): Promise<void>
  set(options: { readonly brk: false; readonly dtr: true; readonly rts: true; readonly lowLatency: true }): Promise<void>
  close(): Promise<void>
}

const miniUartRemedy = 'Add dtoverlay=disable-bt to config.txt and use /dev/serial0, or use a USB adapter'

/** /dev/ttyS0 is the mini-UART on every Raspberry Pi before the 5. */
async function isMiniUart(path: string, root: string): Promise<boolean> {
  const model = await readFile(join(root, 'proc/device-tree/model'), 'utf8').catch(() => '')
  if (!model.startsWith('Raspberry Pi') || /\b(?:Pi|Module) 5/.test(model)) return false
  const target = await realpath(join(root, path)).catch(() => path)
  return target.endsWith('/dev/ttyS0')
}

/** What was written before it is closed (to be off) leaves first; a line that takes nothing is not waited for longer. */
const lastWordsMs = 300

function lineOf(port: Port, path: string, clock: Clock): OpenLine {
  const received = signal<Uint8Array>()
  const lost = signal<string>()
  let isClosed = false
  // One write at a time, in order.
  let written: Promise<void> = Promise.resolve()
  const listen = () =>
    port.poller.once('readable', (error) => {
      if (isClosed) return
      const reason =
        error?.message ??
        readAll(
          port.fd,
          (bytes) => received.emit(bytes),
          () => isClosed,
        )
      if (isClosed) return
      if (reason === undefined) listen()
      else lost.emit(`the device is gone (${reason}). Check its cable`)
    })
  listen()
  // FTDI adapters keep what came for 16 ms unless they are told. Other lines do not have the option, and need none.
  port.set({ brk: false, dtr: true, rts: true, lowLatency: true }).catch(() => undefined)
  return {
    received,
    lost,
    write(bytes) {
      const mine = written.then(() => port.write(Buffer.from(bytes))).then(() => port.drain())
      written = mine.catch(() => undefined)
      return mine
    },
    async close() {
      isClosed = true
      await within(path, clock, lastWordsMs, written).catch(() => undefined)
      return await port.close()
    },
  }
}

/** Takes what is there. Returns why there will never be more; undefined: there may be. */
function readAll(fd: number, take: (bytes: Uint8Array) => void, isClosed: () => boolean): string | undefined {
  const buffer = new Uint8Array(1_024)
  while (!isClosed()) {
    let length: number
    try {
      length = readSync(fd, buffer)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return code === 'EAGAIN' || code === 'EINTR' ? undefined : wordsOf(error)
    }
    if (length === 0) return 'it was pulled out'
    take(buffer.slice(0, length))
  }
  return undefined
}

/** Why a line cannot be opened, for a person. */
export async function openingWords(path: string, problem: string, root: string): Promise<string> {
  if (/no such file|ENOENT|cannot open .*no such/i.test(problem)) return `${path} does not exist. ${await othersWords(root)}`
  if (/permission denied|EACCES/i.test(problem))
    return `${path} may not be opened. Add the user to the group dialout (usermod -aG dialout pilotwire), or see \`ls -l ${path}\``
  if (/busy|lock|temporarily unavailable|EBUSY/i.test(problem)) {
    return `${path} is held by another program. \`fuser -v ${path}\` names it; a console on it is removed from cmdline.txt (console=serial0,115200)`
  }
  return `${path} cannot be opened: ${problem}. Is it a serial device, and does it have this baud rate?`
}

async function othersWords(root: string): Promise<string> {
  const names = await readdir(join(root, 'dev/serial/by-id')).catch(() => [])
  if (names.length === 0) return 'No USB serial adapter is there (/dev/serial/by-id is empty): check that it is plugged in, and `dmesg`'
  return `There are: ${names.map((each) => `/dev/serial/by-id/${each}`).join(', ')}`
}
