import { expect, test } from 'vitest'
import { escaped, junitOf } from '../../../bench/scenarios/junit.ts'
import type { Verdict } from '../../../bench/scenarios/play.ts'

/** Elements of a well-formed document, in the order of their beginnings. @throws Error where XML 1.0 is broken */
function elementsIn(xml: string): readonly { readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly text: string }[] {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) throw new Error('a character that XML has no place for')
  const found: { name: string; attributes: Record<string, string>; text: string }[] = []
  const open: (typeof found)[number][] = []
  const plain = (text: string) => {
    const bare = text.replace(/&(amp|lt|gt|quot|apos|#\d+);/g, '')
    if (/[&<]/.test(bare)) throw new Error(`not escaped: ${text}`)
    return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" })[name] ?? '')
  }
  let rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  for (let tag = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/.exec(rest); tag !== null; tag = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/.exec(rest)) {
    const text = plain(rest.slice(0, tag.index))
    const [all, closes, name = '', words = '', isEmpty] = tag
    const last = open.at(-1)
    if (last !== undefined) last.text += text
    if (closes === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`)
    } else {
      const element = {
        name,
        attributes: Object.fromEntries([...words.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, plain(value)])),
        text: '',
      }
      found.push(element)
      if (isEmpty !== '/') open.push(element)
    }
    rest = rest.slice(tag.index + all.length)
  }
  if (open.length > 0 || rest.trim() !== '') throw new Error(`left over: ${rest}`)
  return found
}

const verdict = (name: string, outcome: Verdict['outcome'], words = '', frames: readonly string[] = []): Verdict => ({
  scenario: { name, path: `${name}.yaml`, title: `"${name}" & <more>`, reason: '' },
  ...{ outcome, words, frames, remarks: [], tookMs: 1_234, passedMs: 5_000 },
})

test('the report is well-formed, whatever was in the frames, and counts right', () => {
  const nasty = 'a < b && "c" \u0000\u001b[31m \ud800 \uffff ]]> \u{1f50c}'
  const xml = junitOf([verdict('one', 'passed', '', [nasty]), verdict('two', 'failed', `first ${nasty}\nsecond`), verdict('three', 'skipped', 'because')], {
    name: 'ws://host/a?b&c',
    startedAt: '2026-03-01T08:00:00.000Z',
  })
  const elements = elementsIn(xml)
  expect(elements.map(({ name }) => name)).toEqual(['testsuites', 'testsuite', 'testcase', 'system-out', 'testcase', 'failure', 'testcase', 'skipped'])
  const [suites, suite, one, out, , failure, , skipped] = elements
  expect(suites?.attributes).toEqual({ name: 'pilotwire-bench', tests: '3', failures: '1', errors: '0', time: '3.702' })
  expect(suite?.attributes).toMatchObject({ name: 'ws://host/a?b&c', skipped: '1', timestamp: '2026-03-01T08:00:00' })
  expect(one?.attributes).toEqual({ name: '"one" & <more>', classname: 'one', file: 'one.yaml', time: '1.234' })
  expect(out?.text).toContain('a < b && "c"')
  expect(failure?.attributes['message']).toMatch(/^first a < b/)
  expect(failure?.text).toMatch(/second$/)
  expect(skipped?.attributes).toEqual({ message: 'because' })
})

test('what cannot stand in XML is replaced, not dropped', () => {
  expect(escaped('\u0007<')).toBe('\ufffd&lt;')
})
