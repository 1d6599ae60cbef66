import { expect, test } from 'vitest'
import { openBoard, openNetworkMeters } from '../../hal/build.ts'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { silentLog } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { readBoard } from '../../src/config/files.ts'
import { deskMachine } from './desk-machine.ts'
import { memoryLine } from './modbus/lines.ts'

async function wiredBoard(name: string): Promise<WiredBoardSpec> {
  const board = await readBoard(name)
  if (board.kind !== 'wired') throw new TypeError('not wired')
  return board
}

test('a card reader that cannot be closed leaves no contactor closed', async () => {
  const clock = simulatedClock()
  const spec: WiredBoardSpec = { ...(await wiredBoard('bench-native')), readers: [{ kind: 'usb-hid', path: '/dev/input/event0' }] }
  const desk = await deskMachine(spec, clock)
  const keys = async () => ({
    pressed: signal<number>(),
    close() {
      throw new Error('EBADF')
    },
  })
  const { board } = await openBoard(spec, { clock, log: silentLog, machine: { ...desk.machine, keys } })
  await clock.advance(100)
  for (const { controller } of board.evses) controller.contactor.close()
  const contactor = desk.outputs.find(({ what }) => /contactor/.test(what))
  if (contactor === undefined) throw new TypeError('no contactor')
  expect(desk.isOn(contactor.output)).toBe(true)
  expect(() => board.close()).not.toThrow()
  expect(desk.isOn(contactor.output)).toBe(false)
})

test('one chip under two names is refused', async () => {
  const clock = simulatedClock()
  const chip = { kind: 'mcp23017', bus: 'i2c', address: 0x20 } as const
  const spec: WiredBoardSpec = { ...(await wiredBoard('bench-native')), parts: { relays: chip, lamps: chip } }
  await expect(openBoard(spec, { clock, log: silentLog, machine: (await deskMachine(spec, clock)).machine })).rejects.toThrow(
    /parts.lamps: is the same chip as relays/,
  )
})

test('of network meters that cannot all be opened none stays open', async () => {
  const clock = simulatedClock()
  const base = await wiredBoard('bench-native')
  const [evse] = base.evses
  if (evse === undefined) throw new TypeError('no outlet')
  const meter = (model: string) => ({ ...evse, meter: { kind: 'modbus' as const, bus: 'house', unit: 1, model } })
  const spec: WiredBoardSpec = {
    ...base,
    buses: { ...base.buses, house: { kind: 'modbus-tcp', host: '192.0.2.1' } },
    evses: [meter('eastron-sdm630'), meter('eastron-sdm99')],
  }
  const { line } = memoryLine()
  await expect(
    openNetworkMeters(spec, { clock, log: silentLog, machine: { ...(await deskMachine(base, simulatedClock())).machine, tcp: async () => line } }),
  ).rejects.toThrow('eastron-sdm99')
  expect(line.isOpen).toBe(false)
  await clock.advance(10_000)
  expect(clock.untilNext()).toBe(undefined)
})

test("a grid meter on a serial bus is the guard's, and one behind the network the core's", async () => {
  const clock = simulatedClock()
  const base = await wiredBoard('evse-wb-din')
  const spec: WiredBoardSpec = { ...base, grid: { meter: { kind: 'modbus', bus: 'rs485', unit: 9, model: 'eastron-sdm630' } } }
  const desk = await deskMachine(spec, clock)
  const { board } = await openBoard(spec, { clock, log: silentLog, machine: desk.machine })
  await clock.advance(3_000)
  expect(board.grid?.newest?.phases).toHaveLength(3)
  board.close()
  expect(await openNetworkMeters(spec, { clock, log: silentLog, machine: desk.machine })).toBeUndefined()

  const remote: WiredBoardSpec = {
    ...base,
    buses: { ...base.buses, house: { kind: 'modbus-tcp', host: '192.0.2.1' } },
    grid: { meter: { kind: 'modbus', bus: 'house', unit: 1, model: 'eastron-sdm630' } },
  }
  const far = await deskMachine(remote, clock)
  const local = await openBoard(remote, { clock, log: silentLog, machine: far.machine })
  expect(local.board.grid).toBeUndefined()
  local.board.close()
  const meters = await openNetworkMeters(remote, { clock, log: silentLog, machine: far.machine })
  expect([meters?.evses, meters?.grid?.newest]).toEqual([[], undefined])
  expect(meters?.grid).toBeDefined()
  meters?.close()
})

test('a grid meter that only pulses is refused', async () => {
  const clock = simulatedClock()
  const spec: WiredBoardSpec = { ...(await wiredBoard('bench-native')), grid: { meter: { kind: 's0', input: { header: 40 }, pulsesPerKwh: 1_000 } } }
  await expect(openBoard(spec, { clock, log: silentLog, machine: (await deskMachine(spec, clock)).machine })).rejects.toThrow(
    /grid.meter.kind: s0 tells no current/,
  )
})
