import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import type { Edge, Gpio } from '../../../hal/bus/gpio.ts'
import { openChardev } from '../../../hal/bus/gpio-chardev.ts'
import { openSysfs } from '../../../hal/bus/gpio-sysfs.ts'
import { reasonOf } from '../../../hal/bus/health.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type Check, equal, pause, runChecks, say, spread, until } from '../check.ts'
import { type Machine, makeMachine } from '../machine.ts'
import { chip, lines } from '../wires.ts'
import { keyChecks } from './keys.ts'

/** The project's own GPIO drivers and the key reader on the interfaces of a real kernel. Runs in the machine by itself; ends with 1 on a failure.
 *  `gpio.ts hold KIND LINE` takes a line, switches it ON, says so, and waits to be killed. */

type Kind = 'chardev' | 'sysfs'
const clock = systemClock()
const options = { clock, log: silentLog }
const open = (kind: Kind): Promise<Gpio> => (kind === 'chardev' ? openChardev(options) : openSysfs(options))

const whatWasThrown = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return reasonOf(error)
  }
  return 'nothing'
}

/** Runs with the driver and closes it. */
async function using<T>(kind: Kind, run: (gpio: Gpio) => T | Promise<T>): Promise<T> {
  const gpio = await open(kind)
  try {
    return await run(gpio)
  } finally {
    gpio.close()
  }
}

async function holder(kind: Kind, line: number, activeLow = false): Promise<ChildProcess> {
  const program = process.argv[1] ?? ''
  const child = spawn(process.execPath, [program, 'hold', kind, String(line), String(activeLow)], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'close')
}

const unexport = (machine: Machine, line: number) => {
  if (existsSync(`/sys/class/gpio/gpio${machine.base + line}`)) writeFileSync('/sys/class/gpio/unexport', String(machine.base + line))
}

/** What holds for both. */
const bothChecks = (kind: Kind, machine: Machine): readonly Check[] => [
  {
    name: `${kind}: outputs of either polarity begin OFF, obey, and are closed OFF`,
    run: () =>
      using(kind, (gpio) => {
        const high = gpio.output({ header: lines.contactor })
        const low = gpio.output({ chip: chip.label, offset: lines.deadMan, activeLow: true })
        const seen = () => [machine.level(lines.contactor), high.isOn, machine.level(lines.deadMan), low.isOn]
        equal(seen(), [0, false, 1, false])
        high.on()
        low.on()
        equal(seen(), [1, true, 0, true])
        high.off()
        low.off()
        equal(seen(), [0, false, 1, false])
        high.on()
        high.close()
        equal(machine.level(lines.contactor), 0, 'contactor after close')
      }),
  },
  {
    name: `${kind}: an edge is heard, with its time`,
    run: () =>
      using(kind, async (gpio) => {
        machine.drive(lines.emergencyStop, 0)
        const stop = gpio.input({ header: lines.emergencyStop, activeLow: true })
        equal(stop.isActive, true)
        const times: number[] = []
        for (let i = 0; i < 60; i++) {
          const heard = Promise.withResolvers<Edge>()
          const off = stop.edges.on(heard.resolve)
          const began = clock.monotonic()
          machine.drive(lines.emergencyStop, i % 2 === 0 ? 1 : 0)
          const edge = await heard.promise
          const now = clock.monotonic()
          times.push(now - began)
          equal([edge.isActive, edge.at >= began, edge.at <= now], [i % 2 !== 0, true, true], 'edge')
          equal(stop.isActive, i % 2 !== 0)
          off()
        }
        return spread(times.slice(10))
      }),
  },
  {
    name: `${kind}: a contact that bounces for less than its debounce is not heard`,
    run: () =>
      using(kind, async (gpio) => {
        machine.drive(lines.emergencyStop, 0)
        const stop = gpio.input({ header: lines.emergencyStop, debounceMs: 100 })
        const edges: boolean[] = []
        stop.edges.on(({ isActive }) => edges.push(isActive))
        for (let i = 0; i < 6; i++) machine.drive(lines.emergencyStop, i % 2 === 0 ? 1 : 0)
        await pause(clock, 400)
        equal([stop.isActive, edges], [false, []])
        machine.drive(lines.emergencyStop, 1)
        await until(
          clock,
          'the edge is heard',
          () => edges.length,
          (count) => count > 0,
        )
        equal([stop.isActive, edges], [true, [true]])
        machine.drive(lines.emergencyStop, 0)
      }),
  },
]

const chardevChecks = (machine: Machine): readonly Check[] => [
  {
    name: 'chardev: a line by its name; what is not there is told with what is',
    run: () =>
      using('chardev', (gpio) => {
        gpio.output({ name: 'CONTACTOR' }).on()
        equal(machine.level(lines.contactor), 1)
        const said = whatWasThrown(() => gpio.output({ chip: 'pinctrl-rp1', offset: 1 }))
        if (!said.includes(`${chip.label} (/dev/gpiochip0, ${chip.lines} lines)`)) throw new Error(said)
      }),
  },
  {
    name: 'chardev: gpioinfo names the consumer; a line that is taken is refused with who has it',
    run: () =>
      using('chardev', async (gpio) => {
        const taken = gpio.output({ header: lines.contactor })
        if (!/line +22:.*"pilotwire" +output/.test(execFileSync('gpioinfo', [chip.label], { encoding: 'utf8' }))) throw new Error('not in gpioinfo')
        const twice = whatWasThrown(() => gpio.input({ header: lines.contactor }))
        if (!/EBUSY. pilotwire holds it already/.test(twice)) throw new Error(twice)
        taken.close()
        const other = spawn('gpioset', ['--mode=wait', chip.label, `${lines.contactor}=0`], { stdio: ['pipe', 'ignore', 'inherit'] })
        const said = await until(
          clock,
          'gpioset has the line',
          () => {
            const words = whatWasThrown(() => gpio.output({ header: lines.contactor }).close())
            return words
          },
          (words) => words !== 'nothing',
        )
        if (!said.includes('gpioset holds it')) throw new Error(said)
        await killed(other)
        writeFileSync('/sys/class/gpio/export', String(machine.base + lines.contactor))
        const exported = whatWasThrown(() => gpio.output({ header: lines.contactor }))
        unexport(machine, lines.contactor)
        if (!exported.includes('exported by sysfs')) throw new Error(exported)
        return said
      }),
  },
  {
    name: 'chardev: pulses on two lines of a group are told in their order by their times, though the program is busy',
    run: () =>
      using('chardev', async (gpio) => {
        const wires = [lines.residualTrip, lines.emergencyStop]
        for (const wire of wires) machine.drive(wire, 1)
        const group = gpio.group(wires.map((header) => ({ header, activeLow: true, pull: 'up' as const })))
        const bits: Edge[] = []
        group.edges.on((edge) => {
          if (edge.isActive) bits.push(edge)
        })
        const sent = Array.from({ length: 34 }, (_, at) => ((at * 7 + 3) % 5) & 1)
        // Without a turn of the event loop: the kernel keeps them. gpio-sim has one interrupt pending for each line, and loses a pulse that is too quick.
        for (const bit of sent) {
          const wire = wires[bit] ?? 0
          for (const level of [0, 1] as const) {
            machine.drive(wire, level)
            for (const began = clock.monotonic(); clock.monotonic() < began + 3; );
          }
        }
        // Until no more come: on an emulated processor that is busy they take their time.
        for (let heard = -1; heard !== bits.length; ) {
          heard = bits.length
          await pause(clock, 2_000)
        }
        const inOrder = bits.toSorted((a, b) => a.at - b.at).map(({ line }) => line)
        let matched = 0
        for (const bit of sent) if (inOrder[matched] === bit) matched++
        if (matched < inOrder.length || matched < 20) throw new Error(`heard ${inOrder.join('')} of ${sent.join('')}`)
        for (const wire of wires) machine.drive(wire, 0)
        const late = bits.filter(({ at }, index) => at < (bits[index - 1]?.at ?? 0)).length
        return `${bits.length} of ${sent.length} heard; ${late} of them later than one that happened after`
      }),
  },
  {
    name: 'chardev: nothing is burnt while nothing happens',
    run: () =>
      using('chardev', async (gpio) => {
        for (const header of [lines.emergencyStop, lines.residualTrip, lines.mirror]) gpio.input({ header })
        await pause(clock, 500)
        const before = process.cpuUsage()
        await pause(clock, 2_000)
        const { user, system } = process.cpuUsage(before)
        // One that spins takes all of it; an emulated processor takes its time for little.
        if (user + system > 1_000_000) throw new Error(`${(user + system) / 1_000} ms of CPU in 2 s`)
        return `${(user + system) / 1_000} ms of CPU in 2 s`
      }),
  },
  {
    name: 'chardev: kill -9 lets the line go, on this upstream kernel; one of a Raspberry Pi keeps driving it',
    async run() {
      const child = await holder('chardev', lines.contactor)
      equal(machine.level(lines.contactor), 1)
      await killed(child)
      await until(
        clock,
        'the line falls',
        () => machine.level(lines.contactor),
        (level) => level === 0,
      )
      await using('chardev', (gpio) => equal(gpio.output({ header: lines.contactor }).isOn, false))
    },
  },
]

const sysfsChecks = (machine: Machine): readonly Check[] => [
  {
    name: 'sysfs: kill -9 leaves the line driven; the next run takes it over at OFF, and closes it exported and OFF',
    async run() {
      unexport(machine, lines.contactor)
      const child = await holder('sysfs', lines.contactor, true)
      equal(machine.level(lines.contactor), 0, 'ON, active low')
      await killed(child)
      await pause(clock, 100)
      equal(machine.level(lines.contactor), 0, 'still ON')
      await using('sysfs', (gpio) => {
        equal(gpio.output({ header: lines.contactor, activeLow: true }).isOn, false)
        equal(machine.level(lines.contactor), 1, 'OFF')
      })
      equal(machine.level(lines.contactor), 1, 'OFF after close')
      equal(existsSync(`/sys/class/gpio/gpio${machine.base + lines.contactor}`), true, 'exported')
      unexport(machine, lines.contactor)
    },
  },
  {
    name: 'sysfs: an active_low that somebody left does not turn an output round',
    async run() {
      const directory = `/sys/class/gpio/gpio${machine.base + lines.contactor}`
      writeFileSync('/sys/class/gpio/export', String(machine.base + lines.contactor))
      writeFileSync(`${directory}/active_low`, '1')
      await using('sysfs', (gpio) => {
        const output = gpio.output({ header: lines.contactor })
        equal([machine.level(lines.contactor), output.isOn], [0, false])
        output.on()
        equal([machine.level(lines.contactor), output.isOn], [1, true])
      })
      unexport(machine, lines.contactor)
    },
  },
  {
    name: 'sysfs: groups and names are refused, and a line that the character device holds',
    run: () =>
      using('sysfs', async (gpio) => {
        for (const [run, words] of [
          [() => gpio.group([{ header: 4 }]), 'gpio: chardev'],
          [() => gpio.output({ name: 'CONTACTOR' }), 'does not know names'],
        ] as const) {
          const said = whatWasThrown(run)
          if (!said.includes(words)) throw new Error(said)
        }
        const child = await holder('chardev', lines.mirror)
        const said = whatWasThrown(() => gpio.output({ header: lines.mirror }))
        await killed(child)
        if (!said.includes('EBUSY')) throw new Error(said)
        return said
      }),
  },
]

async function main(): Promise<number> {
  const machine = makeMachine()
  const groups: readonly (readonly [string, readonly Check[]])[] = [
    ['The GPIO drivers', [...bothChecks('chardev', machine), ...chardevChecks(machine), ...bothChecks('sysfs', machine), ...sysfsChecks(machine)]],
    ['Keys of a card reader', keyChecks()],
  ]
  const sum = { passed: 0, failed: 0 }
  for (const [title, checks] of groups) {
    const { passed, failed } = await runChecks(title, checks)
    sum.passed += passed
    sum.failed += failed
  }
  // sysfs leaves outputs exported; who comes next may want them by the character device.
  for (const each of Object.values(lines)) unexport(machine, each)
  say(`\n${sum.passed} passed, ${sum.failed} failed`)
  return sum.failed === 0 ? 0 : 1
}

const [, , word, kind, line, activeLow] = process.argv
if (word === 'hold') {
  const gpio = await open(kind === 'sysfs' ? 'sysfs' : 'chardev')
  const output = gpio.output({ header: Number(line), activeLow: activeLow === 'true' })
  output.on()
  say('ON')
  process.stdin.resume()
} else process.exit(await main())
