import { expect, test } from 'vitest'
import { chargePointStatuses } from '../../src/ocpp16/messages/types.ts'
import { pathFromAny } from '../../src/ocpp16/statuses.ts'
import { isInMatrix } from '../stories/matrix.ts'

const subsets = Array.from({ length: 2 ** chargePointStatuses.length }, (_, bits) => chargePointStatuses.filter((_status, at) => (bits >> at) % 2 === 1))

test('whatever the central system may have heard, each pair up to the present status is one of the matrix', () => {
  const wrong = subsets.flatMap((froms) =>
    chargePointStatuses.flatMap((to) => {
      const path = pathFromAny(froms, to)
      const pairs = [...froms.map((from) => [from, path[0] ?? to] as const), ...path.slice(1).map((each, at) => [path[at] ?? to, each] as const)]
      const illegal = pairs.filter(([from, next]) => from !== next && !isInMatrix(from, next))
      return path.at(-1) === to && illegal.length === 0 ? [] : [`${froms.join('|')} to ${path.join(', ')}: ${illegal.join('; ')}`]
    }),
  )
  expect(wrong).toEqual([])
})

test('one known status and a legal change of it is told without a stop between', () => {
  for (const from of chargePointStatuses) for (const to of chargePointStatuses) if (isInMatrix(from, to)) expect(pathFromAny([from], to)).toEqual([to])
})
