import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ByteLine, SerialSettings } from '../../../hal/bus/serial.ts'
import { openingWords, openSerial } from '../../../hal/bus/serial-port.ts'
import { eastronSdm630 } from '../../../hal/meters/eastron.ts'
import { pzem004t } from '../../../hal/meters/pzem.ts'
import { systemClock } from '../../../src/base/clock.ts'
import type { Log } from '../../../src/base/log.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/base/simulated-clock.ts'
import { leaveOut } from '../../left-out.ts'
import { seeded } from '../../seeded.ts'
import { runCampaign } from './campaign.ts'
import { hasSocat, type PtyPair, ptyPair } from './pty.ts'

if (!hasSocat) leaveOut('serial lines on pseudo-terminals: socat is not installed')

let cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.reverse()) await each()
  cleanUp = []
})

function fakeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'root-'))
  cleanUp.push(() => rmSync(root, { recursive: true }))
  return root
}

const settings = (path: string, more: Partial<SerialSettings> = {}): SerialSettings => ({ path, baud: 9_600, parity: 'none', stopBits: 1, ...more })

async function open(of: SerialSettings, o: { clock?: SimulatedClock; log?: Log; root?: string } = {}): Promise<ByteLine> {
  const line = await openSerial(of, { clock: o.clock ?? simulatedClock(), log: o.log ?? silentLog, root: o.root ?? '/' })
  cleanUp.push(() => line.close())
  return line
}

async function pair(): Promise<PtyPair> {
  const pty = await ptyPair()
  cleanUp.push(() => pty.close())
  return pty
}

const whyNot = async (line: ByteLine) =>
  await line.write(Uint8Array.of(1)).then(
    () => 'written',
    (error: Error) => String((error.cause as Error).message),
  )

test('a device that is not there names those that are, or says that none is', async () => {
  const root = fakeRoot()
  const line = await open(settings('/dev/ttyUSB7'), { root })
  expect(line.isOpen).toBe(false)
  expect(await whyNot(line)).toMatch(/^\/dev\/ttyUSB7 does not exist\. No USB serial adapter is there/)
  mkdirSync(join(root, 'dev/serial/by-id'), { recursive: true })
  writeFileSync(join(root, 'dev/serial/by-id/usb-FTDI_FT232R-if00-port0'), '')
  expect(await whyNot(await open(settings('/dev/ttyUSB7'), { root }))).toContain('There are: /dev/serial/by-id/usb-FTDI_FT232R-if00-port0')
})

test.each([
  ['Error: Permission denied, cannot open /dev/ttyUSB0', /group dialout/],
  ['Error: Device or resource busy, cannot open /dev/ttyUSB0', /held by another program.*fuser/],
  ['Error Resource temporarily unavailable Cannot lock port', /held by another program.*fuser/],
  ['Error: Inappropriate ioctl for device', /cannot be opened: .*Is it a serial device/],
])('%s is told with its remedy', async (problem, words) => {
  expect(await openingWords('/dev/ttyUSB0', problem, '/')).toMatch(words)
})

test.each([
  ['Raspberry Pi 4 Model B Rev 1.5', 'ttyS0', 'even', true],
  ['Raspberry Pi 4 Model B Rev 1.5', 'ttyS0', 'none', false],
  ['Raspberry Pi 4 Model B Rev 1.5', 'ttyAMA0', 'even', false],
  ['Raspberry Pi Compute Module 5 Rev 1.0', 'ttyS0', 'even', false],
  ['Some Other Board', 'ttyS0', 'even', false],
] as const)('%s, serial0 is %s, parity %s: the mini-UART is refused: %s', async (model, device, parity, isRefused) => {
  const root = fakeRoot()
  mkdirSync(join(root, 'proc/device-tree'), { recursive: true })
  mkdirSync(join(root, 'dev'))
  writeFileSync(join(root, 'proc/device-tree/model'), `${model}\0`)
  writeFileSync(join(root, 'dev', device), '')
  symlinkSync(device, join(root, 'dev/serial0'))
  const words = await whyNot(await open(settings('/dev/serial0', { parity }), { root }))
  expect(words.includes('mini-UART')).toBe(isRefused)
  if (isRefused) expect(words).toContain('dtoverlay=disable-bt')
})

test('no serial device: the words say so', async () => {
  expect(await whyNot(await open(settings('/dev/null')))).toMatch(/\/dev\/null cannot be opened: .*Is it a serial device/)
})

test.skipIf(!hasSocat)('bytes go both ways, and nobody else may open the line meanwhile', async () => {
  const pty = await pair()
  const [line, far] = [await open(settings(pty.path)), await pty.far()]
  cleanUp.push(() => far.close())
  const [heard, answered] = [nextOf(far.received), nextOf(line.received)]
  await line.write(Uint8Array.of(0, 3, 13, 10, 255))
  expect([...(await heard)]).toEqual([0, 3, 13, 10, 255])
  far.send(Uint8Array.of(17, 19, 4))
  expect([...(await answered)]).toEqual([17, 19, 4])
  expect(await whyNot(await open(settings(pty.path)))).toContain('held by another program')
})

test.skipIf(!hasSocat)('what was written in the moment of closing leaves', async () => {
  const pty = await pair()
  const [line, far] = [await open(settings(pty.path)), await pty.far()]
  cleanUp.push(() => far.close())
  const heard = nextOf(far.received)
  const written = line.write(Uint8Array.of(36, 70, 68))
  line.close()
  await written
  expect([...(await heard)]).toEqual([36, 70, 68])
})

test.skipIf(!hasSocat)('an adapter that is pulled out is opened again when it is back, with pauses that grow', async () => {
  const clock = simulatedClock()
  const told: string[] = []
  const lost = Promise.withResolvers<void>()
  const log: Log = {
    ...silentLog,
    warn: (fields) => {
      told.push(String(fields['problem']))
      lost.resolve()
    },
  }
  const pty = await pair()
  const line = await open(settings(pty.path), { clock, log })
  expect(line.isOpen).toBe(true)
  await pty.pull()
  await lost.promise
  expect(line.isOpen).toBe(false)
  expect(told).toEqual([expect.stringContaining('the device is gone')])
  await expect(line.write(Uint8Array.of(1))).rejects.toMatchObject({ name: 'DeviceError', problem: 'absent' })
  await pty.plug()
  const opened = nextOf(line.opened)
  expect(clock.untilNext()).toBe(1_000)
  await clock.advance(1_000)
  await opened
  expect(line.isOpen).toBe(true)
  await clock.advance(2_000)
  const again = nextOf(line.opened)
  line.reopen()
  expect(line.isOpen).toBe(false)
  await again
})

test.skipIf(!hasSocat)('no reading carries the value of another register over a real pseudo-terminal either', async () => {
  const pty = await pair()
  const clock = systemClock()
  const line = await open(settings(pty.path, { baud: 115_200 }))
  const wire = await pty.far()
  cleanUp.push(() => wire.close())
  const outcome = await runCampaign({
    clock,
    line,
    wire,
    settings: { baud: 115_200, gapMs: 2, timeoutMs: 60, retries: 1 },
    tables: [eastronSdm630, pzem004t, eastronSdm630],
    chance: seeded(7),
    faults: 40,
    pollMs: 5,
    lateMs: 400,
    isRealTime: true,
  })
  expect(outcome.wrong).toEqual([])
  expect(outcome.good).toBeGreaterThan(10)
})

function nextOf<T>(of: { on(listener: (value: T) => void): () => void }): Promise<T> {
  return new Promise((resolve) => {
    const off = of.on((value) => {
      off()
      resolve(value)
    })
  })
}
