import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Gpio as Line } from 'onoff'
import { systemClock } from '../../../src/base/clock.ts'
import { type Check, equal, refuses, spread, until } from '../check.ts'
import type { Machine } from '../machine.ts'
import { chip, lines, named } from '../wires.ts'

const clock = systemClock()
const quietly = (command: string, words: readonly string[]) => execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

/** gpioset holds the line until its input ends: it drives it only while it lives. */
async function held(line: number): Promise<ChildProcess> {
  const child = spawn('gpioset', ['--mode=wait', chip.label, `${line}=1`], { stdio: ['pipe', 'ignore', 'inherit'] })
  await until(
    clock,
    'gpioset has the line',
    () => quietly('gpioinfo', [chip.label]),
    (words) => words.includes('"gpioset"'),
  )
  return child
}

/** gpio-sim is a GPIO chip of the kernel: both ways to it are the real ones. */
export const gpioChecks = (machine: Machine): readonly Check[] => [
  {
    name: 'sysfs: an output by onoff drives the line, and keeps driving it until it is let go of',
    async run() {
      const { Gpio } = await import('onoff')
      const line = new Gpio(machine.base + lines.contactor, 'high')
      equal([machine.level(lines.contactor), line.direction()], [1, 'out'])
      line.writeSync(0)
      equal(machine.level(lines.contactor), 0)
      line.unexport()
    },
  },
  {
    name: 'sysfs: an edge on an input opens an output',
    async run() {
      const { Gpio } = await import('onoff')
      const stop: Line = new Gpio(machine.base + lines.emergencyStop, 'in', 'both')
      const contactor: Line = new Gpio(machine.base + lines.contactor, 'low')
      const times: number[] = []
      for (let i = 0; i < 30; i++) {
        contactor.writeSync(1)
        const opened = Promise.withResolvers<number>()
        stop.watch((_error, value) => {
          if (value === 1) contactor.writeSync(0)
          opened.resolve(clock.monotonic())
        })
        const began = clock.monotonic()
        machine.drive(lines.emergencyStop, 1)
        times.push((await opened.promise) - began)
        equal(machine.level(lines.contactor), 0, 'contactor')
        stop.unwatchAll()
        machine.drive(lines.emergencyStop, 0)
      }
      stop.unexport()
      contactor.unexport()
      return spread(times.slice(5))
    },
  },
  {
    name: 'character device: the chip is found by label and the lines by name',
    async run() {
      const info = quietly('gpioinfo', [chip.label])
      equal(/(\d+) lines/.exec(info)?.[1], String(chip.lines), 'lines of the chip')
      for (const [line, name] of Object.entries(named)) equal(quietly('gpiofind', [name]), `gpiochip0 ${line}`, name)
      machine.drive(lines.emergencyStop, 1)
      equal(quietly('gpioget', [chip.label, String(lines.emergencyStop)]), '1')
      machine.drive(lines.emergencyStop, 0)
      equal(quietly('gpioget', [chip.label, String(lines.emergencyStop)]), '0')
    },
  },
  {
    name: 'character device: a line is let go of when its program dies (upstream kernels; those of the Raspberry Pi keep it)',
    async run() {
      const child = await held(lines.contactor)
      equal(machine.level(lines.contactor), 1)
      child.kill('SIGKILL')
      await once(child, 'close')
      await until(
        clock,
        'the line falls',
        () => machine.level(lines.contactor),
        (level) => level === 0,
      )
    },
  },
  {
    name: 'a line that one interface holds is busy for the other',
    async run() {
      const { Gpio } = await import('onoff')
      const child = await held(lines.contactor)
      refuses(() => new Gpio(machine.base + lines.contactor, 'low'), /EBUSY/)
      child.kill('SIGKILL')
      await once(child, 'close')
      const line = new Gpio(machine.base + lines.contactor, 'low')
      refuses(() => quietly('gpioset', [chip.label, `${lines.contactor}=1`]), /busy/i)
      line.unexport()
    },
  },
]
