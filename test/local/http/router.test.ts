import { describe, expect, test } from 'vitest'
import { router } from '../../../src/local/http/router.ts'

const at = (...paths: readonly string[]) => router(paths.map((each) => ({ method: each.split(' ')[0] ?? '', path: each.split(' ')[1] ?? '', name: each })))
const found = (find: ReturnType<typeof at>, method: string, path: string) => {
  const answer = find(method, path.split('/').slice(1))
  return answer.kind === 'found' ? [answer.entry.name, answer.params] : answer
}

describe('the table of ways', () => {
  test('a word wins over a part that varies, in whatever order they were written, and further to the left before further to the right', () => {
    for (const paths of [
      ['GET /a/{x}/{y}', 'GET /a/{x}/c', 'GET /a/b/{y}'],
      ['GET /a/b/{y}', 'GET /a/{x}/c', 'GET /a/{x}/{y}'],
    ]) {
      const find = at(...paths)
      expect(found(find, 'GET', '/a/b/c')).toEqual(['GET /a/b/{y}', { y: 'c' }])
      expect(found(find, 'GET', '/a/z/c')).toEqual(['GET /a/{x}/c', { x: 'z' }])
      expect(found(find, 'GET', '/a/z/z')).toEqual(['GET /a/{x}/{y}', { x: 'z', y: 'z' }])
    }
  })

  test('another method is looked for where a part varies, too', () => {
    const find = at('GET /a/b', 'PUT /a/{x}')
    expect(found(find, 'PUT', '/a/b')).toEqual(['PUT /a/{x}', { x: 'b' }])
    expect(found(find, 'HEAD', '/a/b')).toEqual(['GET /a/b', {}])
    expect(found(find, 'POST', '/a/b')).toEqual({ kind: 'otherMethod', methods: ['GET', 'PUT', 'HEAD', 'OPTIONS'] })
    expect(found(find, 'HEAD', '/a/c')).toEqual({ kind: 'otherMethod', methods: ['PUT', 'OPTIONS'] })
    expect(found(find, 'GET', '/a')).toEqual({ kind: 'nothing' })
  })

  test('the same twice is a mistake of the program', () => {
    expect(() => at('GET /a/{x}', 'GET /a/{y}')).toThrow(/two routes are GET/)
  })
})
