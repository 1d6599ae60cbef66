import { expect, test } from 'vitest'
import { closedPhases, type MachineEvent, machine, machineEvents, type Phase, phases } from '../../src/safety/machine.ts'

/** Every cell: `-` where nothing happens. Columns in the order of `machineEvents`. */
const columns: readonly MachineEvent[] = ['fault', 'leftC', 'disagreed', 'refused', 'withdrawn', 'ended', 'opened', 'cleared', 'offered', 'asked', 'agreed']
// biome-ignore format: a table
const cells: { readonly [From in Phase]: readonly (Phase | '-')[] } = {
  idle:     ['faulted', '-', '-', '-', '-', '-', '-', '-', 'offering', '-', '-'],
  offering: ['faulted', '-', '-', '-', 'idle', '-', '-', '-', '-', 'closing', '-'],
  closing:  ['opening', 'opening', '-', 'opening', 'stopping', '-', '-', '-', '-', '-', 'closed'],
  closed:   ['opening', 'opening', 'opening', '-', 'stopping', '-', '-', '-', '-', '-', '-'],
  stopping: ['opening', 'opening', 'opening', '-', '-', 'opening', '-', '-', '-', '-', '-'],
  opening:  ['-', '-', '-', '-', '-', '-', 'idle', '-', '-', '-', '-'],
  faulted:  ['-', '-', '-', '-', '-', '-', '-', 'idle', '-', '-', '-'],
}

test('the columns are all events', () => {
  expect(columns).toEqual(machineEvents)
})

for (const from of phases)
  for (const [at, event] of columns.entries())
    test(`${from} on ${event}: ${cells[from][at]}`, () => {
      expect(machine[from][event] ?? '-').toBe(cells[from][at])
    })

test('the contactor closes only by way of offering, and every closed phase knows a fault and a lost C', () => {
  for (const from of phases) for (const to of Object.values(machine[from])) if (closedPhases.has(to) && !closedPhases.has(from)) expect(from).toBe('offering')
  for (const phase of closedPhases) {
    expect(machine[phase].fault).toBe('opening')
    expect(machine[phase].leftC).toBe('opening')
  }
})
