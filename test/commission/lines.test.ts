import { describe, expect, test } from 'vitest'
import type { LineSpec } from '../../hal/spec/words.ts'
import { examine } from '../../src/commission/doctor.ts'
import { holders } from '../../src/commission/holders.ts'
import { usedLines } from '../../src/commission/lines.ts'
import { fakeKernel } from '../hal/bus/fake-kernel.ts'
import { bench, pi, troubles } from './paper.ts'

describe('lines that somebody else holds', () => {
  const held = (by: Readonly<Record<number, string>>) => ({ host: { holderOf: (line: LineSpec) => by[line.header ?? -1] ?? '' } })

  test('are named together with what they are for', async () => {
    expect((await troubles(held({ 23: 'gpioset', 25: 'gpioset', 12: 'spi0 CS0' }))).filter((each) => each.includes(' gpio:'))).toEqual([
      'error gpio: GPIO12 (dead-man relay): held by spi0 CS0 -> Stop that program (gpioinfo shows it), take its overlay out of config.txt, or use another line',
      'error gpio: GPIO23 (outlet 1 contactor), GPIO25 (outlet 1 mirror contact): held by gpioset -> Stop that program (gpioinfo shows it), take its overlay out of config.txt, or use another line',
    ])
  })

  test('what sysfs exported hinders the character device only', async () => {
    const sysfs = held({ 23: 'sysfs' })
    expect((await troubles(sysfs)).join()).toMatch(/error gpio: GPIO23 \(outlet 1 contactor\): exported by sysfs -> Run pilotwire safe-state/)
    expect((await troubles({ ...sysfs, modules: ['onoff', 'i2c-bus', 'serialport'] }, { ...bench, gpio: 'sysfs' })).join()).not.toMatch(/gpio/)
  })

  test('a Pilotwire that runs is no fault', async () => {
    const all = Object.fromEntries(usedLines(bench).map(({ line }) => [line.header ?? -1, 'pilotwire']))
    expect((await troubles(held(all))).join()).not.toMatch(/gpio/)
    const findings = await examine(pi(held(all)), bench)
    expect(findings.find(({ says }) => says.includes('holds'))).toMatchObject({ level: 'note', says: 'a Pilotwire that runs holds all of them' })
  })

  test('are asked for by the character device, which requests nothing', async () => {
    const kernel = fakeKernel([{ label: 'pinctrl-bcm2711', lines: 58, names: { 5: 'RELAY' } }])
    kernel.line(0, 23).consumer = 'gpioset'
    const holderOf = holders(kernel)
    expect([holderOf({ header: 23 }), holderOf({ header: 24 }), holderOf({ name: 'RELAY' })]).toEqual(['gpioset', '', ''])
    expect(kernel.requests).toEqual([])
    expect(kernel.openFiles).toBe(0)
    const missing = await troubles({ host: { holderOf } }, { ...bench, deadMan: { name: 'RELAY9' }, emergencyStop: { chip: 'gpio-mxc', offset: 3 } })
    expect(missing.filter((each) => each.includes(' gpio:'))).toEqual([
      expect.stringMatching(/^error gpio: RELAY9 \(dead-man relay\): no lines are named RELAY9\. Chips here: pinctrl-bcm2711 .* -> Correct the board file/),
      expect.stringMatching(/^error gpio: GPIO23 \(outlet 1 contactor\): held by gpioset/),
      expect.stringMatching(/^error gpio: .*\(emergency stop\): no chips are labelled gpio-mxc/),
    ])
  })
})
