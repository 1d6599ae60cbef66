import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { turns } from '../../../src/local/http/turns.ts'

function connection() {
  const socket = { destroyed: false, destroy: () => Object.assign(socket, { destroyed: true }) }
  return { socket, request: { socket } as unknown as IncomingMessage }
}
const response = (writableLength: number) => Object.assign(new EventEmitter(), { writableLength }) as unknown as ServerResponse

test('one answer after the other on a connection, and others are not held up', async () => {
  const line = turns()
  const [one, other] = [connection(), connection()]
  const answers = [response(5), response(7), response(11)] as const
  expect(await line.next(one.request, answers[0])).toBe(true)
  let isNext = false
  const next = line.next(one.request, answers[1]).then((answer) => {
    isNext = true
    return answer
  })
  expect(await line.next(other.request, answers[2])).toBe(true)
  expect([isNext, line.unread()]).toEqual([false, 16])
  answers[0].emit('close')
  expect(await next).toBe(true)
  expect(line.unread()).toBe(18)
  for (const each of answers) each.emit('close')
  expect(line.unread()).toBe(0)
})

test('who is gone when the turn comes is not answered', async () => {
  const line = turns()
  const { request, socket } = connection()
  const first = response(0)
  await line.next(request, first)
  const second = line.next(request, response(9))
  socket.destroy()
  first.emit('close')
  expect(await second).toBe(false)
  expect(line.unread()).toBe(0)
})
