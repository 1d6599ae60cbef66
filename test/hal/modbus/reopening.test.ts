import { expect, test } from 'vitest'
import { type OpenLine, reopeningLine } from '../../../hal/bus/reopening.ts'
import { silentLog } from '../../../src/base/log.ts'
import { signal } from '../../../src/base/signal.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

/** A device that can be opened or not, and the moments at which somebody tried. */
function device() {
  const clock = simulatedClock()
  const tries: number[] = []
  const told: unknown[] = []
  const state = { problem: undefined as string | undefined, closed: 0 }
  const [received, lost] = [signal<Uint8Array>(), signal<string>()]
  const open = async (): Promise<OpenLine> => {
    tries.push(clock.monotonic())
    if (state.problem !== undefined) throw new Error(state.problem)
    return {
      received,
      lost,
      write: async () => undefined,
      async close() {
        state.closed++
      },
    }
  }
  const log = { ...silentLog, warn: (fields: Readonly<Record<string, unknown>>) => void told.push(fields['problem']) }
  return { clock, tries, told, state, received, lost, line: reopeningLine('/dev/ttyUSB0', open, { clock, log }) }
}

test('pauses grow from 1 s to 30 s, the reason is told once, and the line is there again by itself', async () => {
  const { clock, tries, told, state, lost, line } = device()
  await line.tried
  let opened = 0
  line.opened.on(() => opened++)
  expect(line.isOpen).toBe(true)
  state.problem = 'it does not exist'
  lost.emit('it was pulled out')
  expect(line.isOpen).toBe(false)
  await clock.advance(100_000)
  expect(tries).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000])
  expect(told).toEqual(['it was pulled out', 'it does not exist'])
  await expect(line.write(Uint8Array.of(1))).rejects.toMatchObject({ device: '/dev/ttyUSB0', problem: 'absent', cause: { message: 'it does not exist' } })
  state.problem = undefined
  await clock.advance(30_000)
  expect([line.isOpen, opened]).toEqual([true, 1])
})

test('a line that comes and goes is not tried in a circle, whatever it brings; one that held is tried soon', async () => {
  for (const bytes of [[], [1]]) {
    const { clock, tries, lost, received, line } = device()
    line.opened.on(() => {
      if (bytes.length > 0) received.emit(Uint8Array.from(bytes))
      lost.emit('it was pulled out')
    })
    await clock.advance(20_000)
    expect(tries).toEqual([0, 1_000, 3_000, 7_000, 15_000])
  }
  const held = device()
  await held.line.tried
  for (let turn = 0; turn < 3; turn++) {
    await held.clock.advance(30_000)
    held.received.emit(Uint8Array.of(1))
    held.lost.emit('it was pulled out')
    await held.clock.advance(1_000)
  }
  expect(held.tries).toEqual([0, 31_000, 62_000, 93_000])
})

test('one that is told to reopen as soon as it is open is not opened in a circle', async () => {
  const { clock, tries, line } = device()
  line.opened.on(() => line.reopen())
  await clock.advance(20_000)
  expect(tries).toEqual([0, 1_000, 3_000, 7_000, 15_000])
})

test('it is closed and opened again when it is told to, and for good when it is closed', async () => {
  const { clock, tries, state, line, lost } = device()
  await line.tried
  await clock.advance(2_000)
  line.reopen()
  await clock.settle()
  expect([line.isOpen, state.closed, tries.length]).toEqual([true, 1, 2])
  line.close()
  lost.emit('late news')
  line.reopen()
  await clock.advance(60_000)
  expect([line.isOpen, state.closed, tries.length]).toEqual([false, 2, 2])
  expect(clock.untilNext()).toBe(undefined)
})
