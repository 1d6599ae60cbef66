import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { RegisterImage } from '../hal/meters/image.ts'
import { memoryLine } from '../hal/modbus/lines.ts'
import { hasSocat, type PtyPair, ptyPair } from '../hal/modbus/pty.ts'
import { modbusSlave, type Unit } from '../hal/modbus/slave.ts'
import { leaveOut } from '../left-out.ts'
import { desk, probing, said } from './desk.ts'

if (!hasSocat) leaveOut('a meter on a pseudo-terminal: socat is not installed')

let pair: PtyPair | undefined
const ends: { close(): void }[] = []
afterEach(async () => {
  for (const each of ends.splice(0)) each.close()
  await pair?.close()
  pair = undefined
})

/** A serial line whose far end is a meter. @returns its path */
async function lineWith(unit: number, device: Unit): Promise<string> {
  pair = await ptyPair()
  const wire = await pair.far()
  ends.push(wire, modbusSlave(wire, { clock: systemClock(), units: new Map([[unit, device]]) }))
  return pair.path
}

const unitOf = (image: RegisterImage, most?: number): Unit => ({
  read: (_from, at) => image.read(at, 1)[0],
  ...(most === undefined ? {} : { mostRegisters: most }),
})

test.skipIf(!hasSocat)('a meter on a real serial line is printed with names and units', async () => {
  const image = new RegisterImage()
  for (let at = 0; at < 0x180; at += 2) image.set(at, 'f32', 0)
  for (const [phase, at] of [0x00, 0x02, 0x04].entries()) image.set(at, 'f32', 230.4 + phase)
  for (const [phase, at] of [0x06, 0x08, 0x0a].entries()) image.set(at, 'f32', 15.98 + phase)
  for (const at of [0x0c, 0x0e, 0x10]) image.set(at, 'f32', 3680)
  image.set(0x34, 'f32', 11_040).set(0x46, 'f32', 49.98).set(0x48, 'f32', 1234.567).set(0x4a, 'f32', 0.5).set(0x3e, 'f32', 0.998)
  const path = await lineWith(1, unitOf(image))
  const { exitCode, out, err } = await said(['probe', 'meter', '--port', path, '--model', 'eastron-sdm630'])
  expect(err).toBe(`Asking eastron-sdm630, unit 1, ${path} at 9600 8N1 ...\n`)
  expect(out.split('\n').slice(0, 8)).toEqual([
    '                          L1          L2          L3',
    'voltage                230.4       231.4       232.4  V',
    'current                15.98       16.98       17.98  A',
    'power                   3680        3680        3680  W',
    'power, total           11040  W',
    'energy, import      1234.567  kWh',
    'energy, export         0.500  kWh',
    'frequency              49.98  Hz',
  ])
  expect(exitCode).toBe(0)
})

test.skipIf(!hasSocat)('a meter that only a file of yours knows is read by that file, with the line as its factory sets it', async () => {
  const image = new RegisterImage()
  for (let at = 0; at < 9; at++) image.set(at, 'u16', 0)
  image.set(0, 'u16', 2304).set(1, 'u16', 161).set(2, 'u16', 500).set(3, 'u16', 3712).set(6, 'u16', 1000).set(7, 'u32', 12_345_678)
  const path = await lineWith(1, unitOf(image, 16))
  const file = new URL('../../docs/meter.example.yaml', import.meta.url).pathname
  const { exitCode, out, err } = await said(['probe', 'meter', '--port', path, '--model', file])
  expect(err).toContain('at 9600 8E1')
  expect(out).toBe(
    [
      '                          L1',
      'voltage                230.4  V',
      'current                16.10  A',
      'power                   3712  W',
      'energy, import     12345.678  kWh',
      'frequency              50.00  Hz',
      'power factor           1.000',
      '',
    ].join('\n'),
  )
  expect(exitCode).toBe(0)
})

test('a meter of a board file is shown live, in place, until it is enough', async () => {
  const d = await desk('bench-native')
  const p = await probing(['probe', 'meter', '--board', 'bench-native', '--live'], d, true)
  await p.until(() => p.said.out.includes('voltage'))
  expect(p.said.err).toMatch(/^Asking eastron-sdm630, unit 1 on rs485, \/dev\/ttyUSB0 at 9600 8N1/)
  await d.clock.advance(3_500)
  p.stop()
  expect(await p.ended()).toBe(0)
  // Each reading goes up over the one before.
  expect(p.said.out.match(/voltage/g)?.length).toBeGreaterThanOrEqual(4)
  expect(p.said.out.split(/\[\d+A/).length - 1).toBe((p.said.out.match(/voltage/g)?.length ?? 0) - 1)
  // Only what was asked for was opened: neither pins nor the converter.
  expect(d.pins.size).toBe(0)
})

test('a meter that does not answer: the reason, and the command that looks further', async () => {
  const d = await desk('evse-wb-din')
  const machine = { ...d.machine, serial: async ({ path }: { path: string }) => memoryLine(path).line }
  const silent = await probing(['probe', 'meter', '--port', '/dev/ttyUSB0', '--model', 'abb-b23'], { clock: d.clock, machine })
  expect(await silent.ended()).toBe(1)
  expect(silent.said.err).toMatch(/nothing came within 500 ms .*Check its supply, A and B/)
  expect(silent.said.err).toMatch(
    /no reading within 8 s\. Who is on the bus: pilotwire probe modbus --port \/dev\/ttyUSB0 --baud 9600 --parity even --stop-bits 1\n$/,
  )
})
