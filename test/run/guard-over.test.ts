import { expect, test } from 'vitest'
import { type BuiltBoard, buildBoard } from '../../hal/build.ts'
import { ConfigError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guardOver } from '../../src/run/guard-over.ts'
import { socketBoard, world } from '../stories/world.ts'

/** A board that counts how often it was closed. */
function countedBoard(isSimulated: boolean, clock = simulatedClock()) {
  const { board, simulation } = buildBoard(socketBoard, { clock })
  let closings = 0
  const counted = {
    ...board,
    isSimulated,
    close() {
      closings++
      board.close()
    },
  }
  const built: BuiltBoard = { board: counted, simulation }
  return { clock, built, closings: () => closings }
}

test('a real board is put OFF when the process ends, whatever ends it, and only once', () => {
  const { clock, built, closings } = countedBoard(false)
  const before = new Set(process.listeners('exit'))
  const { off } = guardOver(built, { clock, log: silentLog }, {})
  const hooks = process.listeners('exit').filter((each) => !before.has(each))
  expect(hooks).toHaveLength(1)
  hooks[0]?.(7)
  expect(closings()).toBe(1)
  off()
  expect(closings()).toBe(1)
  expect(process.listeners('exit')).toHaveLength(before.size)
})

test('numbers that do not fit together leave no board open', () => {
  const { clock, built, closings } = countedBoard(false)
  expect(() => guardOver(built, { clock, log: silentLog }, { limits: { stopAtC: 200 } })).toThrow(ConfigError)
  expect(closings()).toBe(1)
})

test('a station that cannot be had leaves no board open, and no guard behind', async () => {
  const { clock, built, closings } = countedBoard(true)
  await expect(world({ clock, parts: { built }, settings: { NoSuchKey: '1' } })).rejects.toThrow('no such OCPP 1.6 configuration key')
  expect(closings()).toBe(1)
})
