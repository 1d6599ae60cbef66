import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.ts'
import { wordsOf } from '../../src/base/errors.ts'
import { bundlePrograms } from './bundle.ts'
import { say } from './check.ts'

/** npm run test:hil [-- --if-warm] [-- gpio i2c ...]: boots the machine of `rig` and runs `inside.ts` in it.
 *  Words choose groups of checks by their titles. With --if-warm nothing is built: a machine that is not there is not an error. */

const { values, positionals } = parseArgs({
  options: { 'if-warm': { type: 'boolean' }, verbose: { type: 'boolean' }, accel: { type: 'string' } },
  allowPositionals: true,
})
const rig = fileURLToPath(new URL('rig', import.meta.url))
const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const clock = systemClock()

const about = `In this machine
  real       Linux of Debian with its sysfs, gpiochip, i2c-dev, PWM and 8250 drivers; Node, onoff, koffi, i2c-bus, serialport
  simulated  the GPIO chip, by the kernel's own gpio-sim: levels and edges, no bias resistors, no electrical faults;
             the processor, where KVM is absent: orders and states are true, times are pessimistic
  modelled   the I2C adapter with ADS1115 (multiplexer, gain, busy bit), MCP23017 and LM75: test/hil/models/i2c-model.c
             the PWM chip behind /sys/class/pwm: test/hil/models/pwm-model.c
             wires, car, contactor, residual current monitor, meter (SDM630) and reader (RDM6300): test/hil/plant.ts
             the wires between the UARTs: null modems that pace nothing and raise no parity errors
  What a GPIO line does when its program dies is upstream's behaviour, not that of a Raspberry Pi kernel.
`

function isWarm(): boolean {
  return spawnSync(rig, ['warm'], { stdio: 'ignore' }).status === 0
}

/** Runs it with its output shown; resolves to the exit code and the last line. */
async function shown(words: readonly string[]): Promise<{ code: number; last: string }> {
  const child = spawn(rig, words, { stdio: ['ignore', 'pipe', 'inherit'], cwd: project })
  let unfinished = ''
  let last = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (unfinished + text.replaceAll('\r', '')).split('\n')
    unfinished = lines.pop() ?? ''
    for (const line of lines) {
      // The verdict is said last, after what the rig has to say.
      if (/^\d+ passed, \d+ failed$/.test(line)) last = line
      else say(line)
    }
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (unfinished !== '') say(unfinished)
  return { code: code ?? 1, last }
}

async function main(): Promise<number> {
  if (!isWarm()) {
    if (values['if-warm'] === true) {
      say('HIL DID NOT RUN: its machine is not built. `npm run test:hil` builds it: about 80 s and 450 MB, as root, with apt.')
      return 0
    }
    say('building the machine: about 80 s and 450 MB the first time')
    const { code } = await shown(['build'])
    if (code !== 0) {
      say('the machine could not be built\n0 passed, 1 failed')
      return 1
    }
  }
  say(about)
  const began = clock.monotonic()
  const options = [
    '--fast',
    '--timeout',
    '900',
    ...(values.verbose === true ? ['--verbose'] : []),
    ...(values.accel === undefined ? [] : ['--accel', values.accel]),
  ]
  const programs = await bundlePrograms(project)
  // The drivers alone, each in a machine of its own; then interfaces and stories. "drivers" chooses among them like any other word.
  const wantsDrivers = positionals.length === 0 || positionals.includes('drivers')
  const wantsInside = positionals.length === 0 || positionals.some((word) => word !== 'drivers')
  const boots = [...(wantsDrivers ? programs.drivers.map((program) => [program]) : []), ...(wantsInside ? [[programs.inside, ...positionals]] : [])]
  const sum = { passed: 0, failed: 0 }
  try {
    for (const words of boots) {
      const { last } = await shown(['run', ...options, '--project', project, '--', 'node', ...words])
      const [, passed = 0, failed = 1] = /^(\d+) passed, (\d+) failed$/.exec(last)?.map(Number) ?? []
      if (last === '') say('the machine ended before its verdict')
      sum.passed += passed
      sum.failed += failed
    }
  } finally {
    programs.remove()
  }
  say(`\nthe machines ran for ${((clock.monotonic() - began) / 1000).toFixed(1)} s\n${sum.passed} passed, ${sum.failed} failed`)
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  say(`${wordsOf(error)}\n0 passed, 1 failed`)
  process.exitCode = 1
}
