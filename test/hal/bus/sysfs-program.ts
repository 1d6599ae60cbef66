import { createInterface } from 'node:readline'
import type { InputLine, OutputLine } from '../../../hal/bus/gpio.ts'
import { openSysfs } from '../../../hal/bus/gpio-sysfs.ts'
import { reasonOf } from '../../../hal/bus/health.ts'
import type { InputSpec, OutputSpec } from '../../../hal/spec/words.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { jsonLog } from '../../../src/base/log.ts'

/** The sysfs driver where onoff finds its tree: told by lines of JSON what to do, it answers each with one, and says edges between them. */

export type Command =
  | { readonly do: 'output'; readonly spec: OutputSpec }
  | { readonly do: 'input'; readonly spec: InputSpec }
  | { readonly do: 'group'; readonly specs: readonly InputSpec[] }
  | { readonly do: 'on' | 'off' | 'isOn' | 'isActive' | 'close'; readonly line: number }
  | { readonly do: 'close-all' }

const log = jsonLog({ level: 'silent', now: () => 0 })
const gpio = await openSysfs({ clock: systemClock(), log })
const outputs: OutputLine[] = []
const inputs: InputLine[] = []
// Straight to the descriptor: the standard stream belongs to the entry points.
const { writeSync } = await import('node:fs')
const say = (answer: object) => void writeSync(1, `${JSON.stringify(answer)}\n`)

function run(command: Command): unknown {
  switch (command.do) {
    case 'output':
      return outputs.push(gpio.output(command.spec)) - 1
    case 'input': {
      const line = gpio.input(command.spec)
      line.edges.on(({ isActive }) => say({ edge: isActive }))
      return inputs.push(line) - 1
    }
    case 'group':
      return gpio.group(command.specs)
    case 'close-all':
      return gpio.close()
    case 'isActive':
      return inputs[command.line]?.isActive ?? 'unreadable'
    case 'isOn':
      return outputs[command.line]?.isOn ?? 'unreadable'
    case 'on':
    case 'off':
    case 'close':
      return outputs[command.line]?.[command.do]()
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    try {
      say({ answer: run(JSON.parse(line) as Command) ?? 'done' })
    } catch (error) {
      say({ refused: reasonOf(error) })
    }
  })
  .on('close', () => process.exit())
say({ answer: 'ready' })
