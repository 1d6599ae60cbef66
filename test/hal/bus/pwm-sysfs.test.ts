import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { reasonOf } from '../../../hal/bus/health.ts'
import { openPwm, pwmPlaces } from '../../../hal/bus/pwm-sysfs.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

/** A tree as the kernel makes it, of plain files. */
const roots: string[] = []
function tree(chips: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'pwm-'))
  roots.push(root)
  for (const [chip, device] of Object.entries(chips)) {
    mkdirSync(join(root, chip))
    symlinkSync(device, join(root, chip, 'device'))
    writeFileSync(join(root, chip, 'export'), '')
  }
  const channel = (chip: string, number: number, files: Readonly<Record<string, string>> = {}) => {
    const at = join(root, chip, `pwm${number}`)
    mkdirSync(at)
    for (const [file, value] of Object.entries({ period: '0', duty_cycle: '0', enable: '0', polarity: 'normal', ...files }))
      writeFileSync(join(at, file), `${value}\n`)
  }
  const read = (path: string) => readFileSync(join(root, path), 'utf8').split('\n')[0]
  return { root, channel, read }
}
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

const pi5 = { pwmchip0: '../../../1f0009c000.pwm', pwmchip2: '../../../1f00098000.pwm' }

describe('hardware PWM by sysfs', () => {
  test('the pin of the header finds chip and channel by the device path', async () => {
    const five = tree(pi5)
    five.channel('pwmchip2', 2)
    const pwm = await openPwm({ header: 18 }, five)
    pwm.set(26.7)
    expect(five.read('pwmchip2/pwm2/duty_cycle')).toBe('267000')
    const four = tree({ pwmchip0: '../../../fe20c000.pwm' })
    four.channel('pwmchip0', 0)
    ;(await openPwm({ header: 18 }, four)).set(100)
    expect(four.read('pwmchip0/pwm0/duty_cycle')).toBe('1000000')
    expect(pwmPlaces({ header: 13 }).map(({ channel }) => channel)).toEqual([1, 1, 1, 1])
  })

  test('two outlets on one channel are refused: GPIO12 and 18 are one before the Pi 5', async () => {
    const used = new Set<string>()
    const four = tree({ pwmchip0: '../../../fe20c000.pwm' })
    four.channel('pwmchip0', 0)
    await openPwm({ header: 12 }, { ...four, used })
    await expect(openPwm({ header: 18 }, { ...four, used })).rejects.toMatchObject({
      problem: 'refused',
      cause: { message: expect.stringContaining('another outlet') },
    })
    const five = tree(pi5)
    five.channel('pwmchip2', 0)
    five.channel('pwmchip2', 2)
    const apart = new Set<string>()
    await openPwm({ header: 12 }, { ...five, used: apart })
    await openPwm({ header: 18 }, { ...five, used: apart })
  })

  test('it begins enabled at 0 %, whatever was left behind', async () => {
    const { root, channel, read } = tree(pi5)
    channel('pwmchip2', 0, { period: '20000000', duty_cycle: '15000000', enable: '1', polarity: 'inversed' })
    const pwm = await openPwm({ device: '1f00098000.pwm', channel: 0 }, { root })
    expect(['period', 'duty_cycle', 'enable', 'polarity'].map((file) => read(`pwmchip2/pwm0/${file}`))).toEqual(['1000000', '0', '1', 'normal'])
    pwm.set(50)
    pwm.close()
    expect(read('pwmchip2/pwm0/duty_cycle')).toBe('0')
    expect(read('pwmchip2/pwm0/enable')).toBe('1')
    expect(() => pwm.set(50)).toThrow('refused')
  })

  test('turned round, 0 % is steady high', async () => {
    const { root, channel, read } = tree(pi5)
    channel('pwmchip2', 0)
    const pwm = await openPwm({ header: 12, isInverted: true }, { root })
    expect(read('pwmchip2/pwm0/duty_cycle')).toBe('1000000')
    pwm.set(10)
    expect(read('pwmchip2/pwm0/duty_cycle')).toBe('900000')
    pwm.close()
    expect(read('pwmchip2/pwm0/duty_cycle')).toBe('1000000')
  })

  test('0.1 A is a step, and what is no duty is refused', async () => {
    const { root, channel, read } = tree(pi5)
    channel('pwmchip2', 0)
    const pwm = await openPwm({ header: 12 }, { root })
    pwm.set(16.1 / 0.6)
    expect(read('pwmchip2/pwm0/duty_cycle')).toBe('268333')
    expect(() => pwm.set(101)).toThrow(RangeError)
    expect(() => pwm.set(Number.NaN)).toThrow(RangeError)
    expect(read('pwmchip2/pwm0/duty_cycle')).toBe('268333')
  })

  test('a channel that is exported waits for udev', async () => {
    const clock = simulatedClock()
    const { root, channel, read } = tree(pi5)
    const opening = openPwm({ header: 12 }, { root, clock })
    await clock.advance(100)
    expect(read('pwmchip2/export')).toBe('0')
    channel('pwmchip2', 0)
    await clock.advance(40)
    ;(await opening).set(100)
    expect(read('pwmchip2/pwm0/duty_cycle')).toBe('1000000')
  })

  test('what is missing is named with what is there', async () => {
    const reason = (opening: Promise<unknown>) => opening.then(() => 'none', reasonOf)
    const { root } = tree({ pwmchip0: '../../../1f0009c000.pwm' })
    expect(await reason(openPwm({ header: 18 }, { root }))).toMatch(/PWM of GPIO18: absent: no such PWM chip: pwmchip0 is .*1f0009c000.pwm. Add dtoverlay=pwm/)
    expect(await reason(openPwm({ header: 18 }, { root: join(root, 'nowhere') }))).toContain('there is none')
    expect(await reason(openPwm({ header: 14 }, { root }))).toContain('GPIO14 has no hardware PWM')
    expect(await reason(openPwm({}, { root }))).toContain('Say header: 12, 13, 18 or 19')
    expect(await reason(openPwm({ device: '1f0009c000.pwm' }, { root }))).toContain('which channel')
  })
})
