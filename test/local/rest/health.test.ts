import { expect, test } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import type { LocalPorts, MachinePort } from '../../../src/local/ports.ts'
import { healthOf } from '../../../src/local/rest/health.ts'
import { rig } from './rig.ts'

const well: Partial<MachinePort> = { freeBytes: () => 8_000_000_000, cpuCelsius: () => 45, loopLagMs: () => 3 }
const over = (ports: LocalPorts, machine: Partial<MachinePort>): LocalPorts => ({ ...ports, machine: { ...ports.machine, ...well, ...machine } })
const levels = (ports: LocalPorts) => Object.fromEntries(healthOf(ports).checks.map(({ subject, level }) => [subject, level]))

test('a station that is well has nothing to say', async () => {
  const { ports } = await rig()
  expect(healthOf(over(ports, {})).isHealthy).toBe(true)
  expect(levels(over(ports, {}))).toEqual({ guard: 'ok', core: 'ok', clock: 'ok', disk: 'ok', heat: 'ok', link: 'ok', ledger: 'ok', faults: 'ok' })
})

test.each<[Partial<MachinePort>, string, string, boolean]>([
  [{ guardSilentMs: () => 3_500 }, 'guard', 'error', false],
  [{ guardSilentMs: () => 2_000 }, 'guard', 'ok', true],
  [{ loopLagMs: () => 12_000 }, 'core', 'warning', true],
  [{ loopLagMs: () => 1_500 }, 'core', 'warning', true],
  [{ freeBytes: () => 1_000_000 }, 'disk', 'error', true],
  [{ freeBytes: () => undefined }, 'disk', 'warning', true],
  [{ cpuCelsius: () => 85 }, 'heat', 'warning', true],
])('%o: %s is %s', async (machine, subject, level, isHealthy) => {
  const ports = over((await rig()).ports, machine)
  expect(levels(ports)[subject]).toBe(level)
  expect(healthOf(ports).isHealthy).toBe(isHealthy)
  for (const { level: each, remedy } of healthOf(ports).checks) expect(each === 'ok' || remedy !== null).toBe(true)
})

test('a fault and a lost link are told, and are no reason to start the program again', async () => {
  const at = await rig({ offline: true })
  at.plant.setFault('emergencyStop', true)
  await at.clock.advance(seconds(1))
  const ports = over(at.ports, {})
  expect(levels(ports)).toMatchObject({ link: 'warning', clock: 'warning', faults: 'error' })
  expect(healthOf(ports).isHealthy).toBe(true)
})
