import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { faultNames } from '../../hal/simulated/faults.ts'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { readBoard } from '../../src/config/files.ts'
import { breakables } from '../../src/run/breakables.ts'
import { cpuCelsius } from '../../src/run/cpu-heat.ts'
import { machinePort } from '../../src/run/machine.ts'
import { wiringWords } from '../../src/run/wiring-words.ts'
import { socketBoard } from '../stories/world.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-'))
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('the heat is that of the zone in the processor', () => {
  const zone = (name: string, type: string, temperature: string) => {
    mkdirSync(join(directory, name), { recursive: true })
    writeFileSync(join(directory, name, 'type'), `${type}\n`)
    writeFileSync(join(directory, name, 'temp'), `${temperature}\n`)
  }
  expect(cpuCelsius(join(directory, 'none'))).toBeUndefined()
  zone('thermal_zone0', 'acpitz', '20000')
  expect(cpuCelsius(directory)).toBe(20)
  zone('thermal_zone1', 'cpu-thermal', '48312')
  expect(cpuCelsius(directory)).toBe(48.312)
})

test('the wiring is told part by part', async () => {
  expect(wiringWords(socketBoard)).toEqual(['everything is simulated', 'outlet 1: 32 A, 3 phases, 230 V, socket'])
  const words = wiringWords(await readBoard('evse-wb-din'))
  expect(words).toContain('outlet 1 controller: kind evse-wb-din, bus rs485, unit 1')
  expect(words).toContain('buses: rs485 (kind modbus-rtu, path /dev/ttyUSB0, baud 9600, gapMs 100)')
})

test('what a board file keeps to itself is not told', () => {
  const secretive = { ...socketBoard, kind: 'wired', directory: '.', buses: { broker: { kind: 'mqtt', url: 'mqtt://me:hu/sh@hush@host', password: 'hush' } } }
  const words = wiringWords(secretive as unknown as Parameters<typeof wiringWords>[0]).join('\n')
  expect(words).toContain('url mqtt://host, password (secret)')
  expect(words).not.toContain('hush')
})

test('the machine tells what runs on it', async () => {
  const clock = simulatedClock()
  const logged = signal<string>()
  const identity = { vendor: 'V', model: 'M', firmwareVersion: '1.2.3' }
  const machine = machinePort({ config: { board: socketBoard, stateDirectory: '.' }, identity, clock, lines: { all: () => ['a'] }, logged })
  await clock.advance(seconds(90))
  const heard: string[] = []
  machine.logged.on((line) => heard.push(line))
  logged.emit('{"event":1}\n')
  expect(heard).toEqual(['{"event":1}'])
  expect(machine).toMatchObject({ firmwareVersion: '1.2.3', plate: { vendor: 'V', model: 'M' }, board: { name: 'simulated', isSimulated: true } })
  expect(machine.uptimeS()).toBe(90)
  expect(machine.guardSilentMs()).toBe(0)
  expect(machine.freeBytes()).toBeGreaterThan(0)
  expect(machine.rssBytes()).toBeGreaterThan(10_000_000)
  expect(machine.logLines()).toEqual(['a'])
  expect(await machine.doctor()).toContainEqual(expect.objectContaining({ subject: 'board', level: 'ok', remedy: undefined }))
})

test('the doctor of a core leaves the wires to the guard', async () => {
  const parts = { identity: { vendor: 'V', model: 'M', firmwareVersion: '1' }, clock: simulatedClock(), lines: { all: () => [] }, logged: signal<string>() }
  const config = { board: await readBoard('evse-wb-din'), stateDirectory: '.' }
  const checks = async (guardSilentMs?: () => number) => {
    const machine = machinePort({ ...parts, config, guardSilentMs })
    return (await machine.doctor()).map(({ subject }) => subject)
  }
  expect(await checks()).toContain('bus rs485')
  expect(await checks(() => 0)).not.toContain('bus rs485')
})

test('everything that can be broken has words', () => {
  expect(breakables.map(({ name }) => name)).toEqual([...faultNames])
  for (const { words } of breakables) expect(words).toMatch(/^[A-Z]/)
})
