import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import { command } from '../../src/local/command.ts'
import { commands } from '../../src/local/commands.ts'
import { openConsole } from '../../src/local/console.ts'
import { chargingReading, type Desk, desk, transaction } from './desk.ts'

function sit(at: Desk, isTerminal = false) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let printed = ''
  output.on('data', (data) => {
    printed += String(data)
  })
  const slow = command({
    name: 'slow',
    parameters: [],
    help: '',
    run: ({ clock }) => new Promise((resolve) => clock.after('slow', seconds(5), () => resolve('ok slow'))),
  })
  const prompt = openConsole({ commands: commands(at.context, [slow]), context: at.context, input, output, isTerminal })
  return {
    input,
    prompt,
    get lines() {
      return printed.split('\n').slice(0, -1)
    },
    async type(text: string) {
      input.write(text)
      await at.clock.advance(1)
    },
  }
}

describe('the console', () => {
  test('answers lines of a pipe in order and stops the station at their end', async () => {
    const at = desk()
    const console = sit(at)
    await console.type('slow\n\ncurrent 10\nnonsense\n')
    console.input.end()
    await at.clock.advance(seconds(4))
    expect(at.stopped).toBe(0)
    await at.clock.advance(seconds(2))
    expect(at.stopped).toBe(1)
    expect(at.asked).toEqual(['limit all local 10'])
    expect(console.lines).toEqual(['ok slow', 'ok', 'error unknown command "nonsense": "help" lists the commands'])
  })

  test('an input that is empty from the start stops nothing', async () => {
    const at = desk()
    const { input } = sit(at)
    input.end()
    await at.clock.advance(seconds(1))
    expect(at.stopped).toBe(0)
  })

  test.each(['quit', 'shutdown', 'exit'])('%s stops the station after its reply', async (word) => {
    const at = desk()
    const console = sit(at)
    await console.type(`${word}\n`)
    expect(console.lines).toEqual(['ok'])
    expect(at.stopped).toBe(1)
  })

  test('ctrl-D and ctrl-C stop the station, and what happens afterwards is still printed', async () => {
    for (const key of ['\x04', '\x03']) {
      const at = desk()
      const console = sit(at, true)
      await console.type(key)
      expect(at.stopped).toBe(1)
      at.change(1, { status: 'preparing' })
      expect(console.lines.at(-1)).toContain('preparing')
    }
  })

  test('help is a table for people, of every command', async () => {
    const console = sit(desk())
    await console.type('help\n')
    expect(console.lines.find((line) => line.startsWith('  start <idTag> [c]'))).toMatch(/shows a card/)
    expect(console.lines.length).toBeGreaterThan(14)
  })

  test('a session is told as it happens, with its figures every 10 s', async () => {
    const at = desk()
    const console = sit(at)
    at.change(1, { waitingToken: 'CARD', status: 'preparing' })
    at.change(1, { waitingToken: undefined, transaction: transaction(1) })
    at.change(1, { status: 'charging', report: { reading: chargingReading } })
    await at.clock.advance(seconds(10))
    at.change(1, { status: 'faulted', faults: ['diode'], info: 'diode' })
    at.change(1, { status: 'finishing', faults: [], info: undefined, transaction: undefined })
    await at.clock.advance(seconds(20))
    expect(console.lines).toEqual([
      'tag CARD accepted, waiting for the cable',
      'preparing',
      'transaction started  tag CARD  meter 100 Wh',
      'charging',
      'charging  3.7 kW  15.9 A  230 V  12 Wh  transaction 17',
      'fault: diode',
      'faulted  (diode)',
      'transaction ended  12 Wh',
      'finishing',
    ])
  })

  test('with several connectors each line says which', async () => {
    const at = desk({ connectors: 2 })
    const console = sit(at)
    at.change(2, { status: 'unavailable' })
    expect(console.lines).toEqual(['2: unavailable'])
  })

  test('after closing nothing is printed and no timer is left', async () => {
    const at = desk()
    const console = sit(at)
    console.prompt.close()
    at.change(1, { status: 'faulted' })
    await at.clock.advance(seconds(60))
    expect(console.lines).toEqual([])
    expect(at.clock.untilNext()).toBeUndefined()
    expect(at.stopped).toBe(0)
  })
})
