import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readMeterFile } from '../../../hal/meters/file.ts'
import { meterCatalogue } from '../../../hal/meters/models.ts'
import { meterTableOf } from '../../../hal/meters/poll.ts'
import { readingOf } from '../../../hal/meters/reading.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { RegisterImage } from './image.ts'

const docs = join(import.meta.dirname, '../../../docs')
const example = readFileSync(join(docs, 'meter.example.yaml'), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'meter-file-'))
afterAll(() => rmSync(directory, { recursive: true }))

let files = 0
function written(text: string): string {
  const path = join(directory, `${files++}.yaml`)
  writeFileSync(path, text)
  return path
}

test('the example is a meter: found beside the board file, and read', async () => {
  const table = await meterTableOf('meter.example.yaml', docs)
  const image = new RegisterImage().set(0, 'u16', 2_305).set(1, 'u16', 159).set(2, 'u16', 499).set(3, 'u16', 3_650).set(6, 'u16', 990).set(7, 'u32', 70_000)
  const answers = table.blocks.map(([at, count]) => ({ at, registers: image.read(at, count) }))
  expect(readingOf(table, answers, 5)).toEqual({
    ...{ at: 5, importWh: 70_000, powerW: 3_650, frequencyHz: 49.9, powerFactor: 0.99 },
    phases: [{ voltageV: 230.5, currentA: 15.9, powerW: 3_650 }],
  })
})

test('every table that is built in can be written as a file, and means the same', async () => {
  for (const { table } of await meterCatalogue()) expect(await readMeterFile(written(JSON.stringify(table)))).toEqual(table)
})

test.each<[string, (text: string) => string, RegExp]>([
  ['a mistyped name', (text) => text.replace('voltageV:', 'volatgeV:'), /: volatgeV: there is no such field \(line LINE\)\. Did you mean voltageV\?$/],
  ['a missing field', (text) => text.replace(/^importWh.*$/m, ''), /: importWh: is missing\. Active energy to the EV, Wh\./],
  [
    'a wrong word',
    (text) => text.replace('wordOrder: high-first', 'wordOrder: big'),
    /: wordOrder: must be high-first or low-first \(line LINE\)\. Which register/,
  ],
  [
    'a wrong type within a register',
    (text) => text.replace('{ at: 7, type: u32 }', '{ at: 7, type: int }'),
    /: importWh\.type: must be u16 or .* \(line LINE\)/,
  ],
  ['an address that is none', (text) => text.replace('{ at: 7, type: u32 }', '70000'), /: importWh: .*65535 \(line LINE\)\. Active energy to the EV/],
  ['an address as text', (text) => text.replace('{ at: 7, type: u32 }', 'seven'), /: importWh: .*integer \(line LINE\)/],
  ['phases that are no list', (text) => text.replace('powerW: [3]', 'powerW: 3'), /: powerW: .* \(line LINE\)\. Active power per phase/],
  ['a scale of nothing', (text) => text.replace('scale: 0.001', 'scale: 0'), /: powerFactor\.scale: /],
  ['a block without a count', (text) => text.replace('- [0, 9]', '- [0]'), /: blocks\.0: .* \(line LINE\)/],
  ['a register that no block reads', (text) => text.replace('- [0, 9]', '- [0, 8]'), /: importWh: register 7 is in no block \(line LINE\)\. Let one/],
  [
    'a block that is too long',
    (text) => text.replace('mostRegisters: 16', 'mostRegisters: 8'),
    /: blocks\.0: is longer than the 8 registers of mostRegisters \(line LINE\)/,
  ],
  ['what is not YAML', (text) => `${text}blocks: [[0\n`, /is not YAML: line /],
  ['a text', () => 'hello', /must be object/],
  ['an empty file', () => '', /is missing/],
])('%s is told with its place and what to do', async (_, change, message) => {
  const text = change(example)
  const path = written(text)
  const error = await readMeterFile(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  // The field is named, and the line is the one where it stands.
  const { field } = error as ConfigError
  const name = field === 'blocks.0' ? '  - [0' : (field.split('.')[0] as string)
  const line = 1 + text.split('\n').findIndex((each) => field !== '' && each.startsWith(name))
  expect((error as ConfigError).message.replace(`(line ${line})`, '(line LINE)')).toMatch(message)
  expect((error as ConfigError).source).toBe(path)
})

test('a file that is not there is told', async () => {
  await expect(meterTableOf('none.yaml', directory)).rejects.toThrow(/none\.yaml: does not exist\. Name a meter's file beside the board file/)
})
