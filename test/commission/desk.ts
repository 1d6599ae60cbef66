import { PassThrough } from 'node:stream'
import type { Machine } from '../../hal/bus/wiring.ts'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import { commission, type Given } from '../../src/commission/main.ts'
import { readBoard } from '../../src/config/files.ts'
import { deskMachine } from '../hal/desk-machine.ts'

// Time that is simulated does not wait for files: what commands load on first use is loaded before they begin.
await Promise.all([
  import('../../src/commission/probe/meter.ts'),
  import('../../src/commission/probe/modbus.ts'),
  import('../../src/commission/probe/pilot.ts'),
  import('../../src/commission/probe/reader.ts'),
  import('../../src/commission/probe/relay.ts'),
  import('../../src/config/wired-board.ts'),
  import('../../hal/wired.ts'),
  import('../../hal/bus/modbus-rtu.ts'),
  import('../../hal/evse/native.ts'),
  import('../../hal/evse/evse-wb-din.ts'),
  import('../../hal/meters/poll.ts'),
  import('../../hal/meters/abb.ts'),
  import('../../hal/meters/eastron.ts'),
  import('../../hal/readers/rdm6300.ts'),
  import('../../hal/readers/usb-hid.ts'),
  import('../../hal/sensors/ntc.ts'),
  readBoard('bench-native'),
])

/** What a command printed, and a hand to type with. */
export function paperTerminal(isTTY = false) {
  const said = { out: '', err: '' }
  const stdin = new PassThrough()
  const terminal = {
    stdin,
    stdout: { isTTY, write: (text: string) => (said.out += text) },
    stderr: { isTTY, write: (text: string) => (said.err += text) },
  }
  return { terminal, said, type: (line: string) => void stdin.write(`${line}\n`), end: () => void stdin.end() }
}

/** Runs a command without any device. */
export async function said(words: readonly string[], given: Given = {}) {
  const { terminal, said, end } = paperTerminal()
  end()
  const exitCode = await commission(words, terminal, given)
  return { exitCode, ...said }
}

/** A command under way on simulated devices, in simulated time. */
export async function probing(words: readonly string[], given: { readonly clock: SimulatedClock; readonly machine: Machine }, isTTY = false) {
  const paper = paperTerminal(isTTY)
  let isOver = false
  let stop: () => void = () => {}
  const enough = new Promise<void>((resolve) => {
    stop = resolve
  })
  const exit = commission(words, paper.terminal, { ...given, enough })
  const over = exit.then(
    () => {
      isOver = true
    },
    () => {
      isOver = true
    },
  )
  const until = async (is: () => boolean, limit = 1_000_000) => {
    for (let spent = 0; !is(); spent += 5) {
      if (spent >= limit) throw new Error(`not within ${limit} ms: ${is}\n${paper.said.out}\n${paper.said.err}`)
      await given.clock.advance(5)
    }
  }
  return {
    ...paper,
    until,
    stop,
    /** Its exit code. */
    async ended(): Promise<number> {
      await until(() => isOver)
      await over
      return await exit
    },
  }
}

/** A board that comes with the package, on simulated devices. */
export async function desk(name: string) {
  const spec = (await readBoard(name)) as WiredBoardSpec
  const clock = simulatedClock()
  const machine = await deskMachine(spec, clock)
  machine.follow()
  machine.mirrors()
  return { spec, clock, ...machine, probe: (...words: string[]) => probing(['probe', ...words, '--board', name], { clock, machine: machine.machine }) }
}
