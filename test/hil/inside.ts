import { runChecks, say } from './check.ts'
import { gpioChecks } from './kernel/gpio.ts'
import { i2cChecks } from './kernel/i2c.ts'
import { plantChecks } from './kernel/plant.ts'
import { pwmChecks } from './kernel/pwm.ts'
import { serialChecks } from './kernel/serial.ts'
import { makeMachine } from './machine.ts'
import { chargingStories } from './stories/charging.ts'

/** Runs in the machine: `run.ts` starts it there. Words after it choose by part of the title. */
const machine = makeMachine()
const chosen = process.argv.slice(2)
const groups = [
  ['GPIO: both interfaces, on gpio-sim', gpioChecks(machine)],
  ['I2C: /dev/i2c-1 on a modelled adapter', i2cChecks(machine)],
  ['PWM: sysfs on a modelled chip', pwmChecks()],
  ['UARTs', serialChecks()],
  ['The plant', plantChecks(machine)],
  ['Stories on the character device', chargingStories(machine, 'chardev')],
  ['Stories on sysfs', chargingStories(machine, 'sysfs')],
] as const

const sum = { passed: 0, failed: 0 }
for (const [title, checks] of groups) {
  if (chosen.length > 0 && !chosen.some((word) => title.toLowerCase().includes(word.toLowerCase()))) continue
  const { passed, failed } = await runChecks(title, checks)
  sum.passed += passed
  sum.failed += failed
}
say(`\n${sum.passed} passed, ${sum.failed} failed`)
process.exit(sum.failed === 0 && sum.passed > 0 ? 0 : 1)
