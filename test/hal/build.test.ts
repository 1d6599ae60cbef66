import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { buildBoard } from '../../hal/build.ts'
import type { SimulatedBoardSpec } from '../../hal/simulated/spec.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'

const folder = join(import.meta.dirname, '../../board-configs')
const files = readdirSync(folder).filter((each) => /\.json$/.test(each))

test('there are board files', () => {
  expect(files.length).toBeGreaterThanOrEqual(3)
})

test.each(files)('the board of %s can be built', (file) => {
  const spec = parse(readFileSync(join(folder, file), 'utf8')) as SimulatedBoardSpec
  const { board, simulation } = buildBoard(spec, { clock: simulatedClock() })
  expect(board.name).toBe(spec.name)
  expect(board.evses.map((each) => each.number)).toEqual(spec.evses.map((_, at) => at + 1))
  expect(simulation?.plants).toHaveLength(spec.evses.length)
  board.close()
})
