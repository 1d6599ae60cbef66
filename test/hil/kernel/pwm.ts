import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { type Check, equal, refuses } from '../check.ts'
import { pwm } from '../wires.ts'

const root = '/sys/class/pwm'
const pin = () => readFileSync(`${pwm.model}/channel${pwm.channel}`, 'utf8').trim()

/** /sys/class/pwm is the kernel's; the chip behind it is modelled. */
export const pwmChecks = (): readonly Check[] => [
  {
    name: 'the chip is found by its device, and the pin does what was written',
    async run() {
      const chips = readdirSync(root).filter((each) => readlinkSync(`${root}/${each}/device`).endsWith(pwm.device))
      equal(chips.length, 1, 'chips of that device')
      const [chip] = chips.map((each) => `${root}/${each}`)
      const channel = `${chip}/pwm${pwm.channel}`
      writeFileSync(`${chip}/export`, String(pwm.channel))
      const put = (file: string, value: string | number) => writeFileSync(`${channel}/${file}`, String(value))
      put('period', 1_000_000)
      put('duty_cycle', 266_667)
      put('enable', 1)
      equal(pin(), '1 1000000 266667 0')
      refuses(() => put('duty_cycle', 1_000_001), /EINVAL/)
      refuses(() => writeFileSync(`${chip}/export`, String(pwm.channel)), /EBUSY/)
      writeFileSync(`${pwm.model}/fails`, '1')
      refuses(() => put('duty_cycle', 500_000), /EIO/)
      writeFileSync(`${pwm.model}/fails`, '0')
      equal(pin(), '1 1000000 266667 0', 'the pin after a failure')
      writeFileSync(`${chip}/unexport`, String(pwm.channel))
      equal(existsSync(channel), false)
      // What a guard that dies leaves behind: the pilot goes on offering.
      equal(pin(), '1 1000000 266667 0', 'the pin after it was let go of')
      writeFileSync(`${chip}/export`, String(pwm.channel))
      put('enable', 0)
      writeFileSync(`${chip}/unexport`, String(pwm.channel))
      equal(pin().startsWith('0 '), true, 'switched off')
    },
  },
]
