import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { safeStateScript } from '../../hal/safe-state/script.ts'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import { dangerousOf } from '../../hal/spec/used.ts'
import { readBoard } from '../../src/config/files.ts'
import { fuseGpio, fuseGpioMissing } from '../fuse/gpio.ts'
import { leaveOut } from '../left-out.ts'
import { boardOf, type Computer, computer, ok, type Programs } from './programs.ts'

const bench = (await readBoard('bench-native')) as WiredBoardSpec
const computers: Computer[] = []
function made(programs: Programs): Computer {
  const one = computer(programs)
  computers.push(one)
  return one
}
afterEach(() => {
  for (const each of computers.splice(0)) each.remove()
})
const contactorAt = (output: object): WiredBoardSpec => boardOf({ controller: { kind: 'socket-outlet', contactor: { output } } })

describe('sysfs by FUSE', () => {
  const missing = fuseGpioMissing()
  if (missing !== undefined) leaveOut(`safe-state on sysfs: ${missing}`)

  test.skipIf(missing !== undefined)('what a killed program left ON becomes OFF, whatever its polarity, and stays driven', async () => {
    await using gpio = await fuseGpio()
    const { outputs } = dangerousOf(bench)
    const c = made(ok)
    const leave = `cd ${gpio.root}; for n in ${outputs.map(({ output }) => 512 + (output.header ?? 0)).join(' ')}; do echo $n > export; echo high > gpio$n/direction; done; kill -9 $$`
    expect(spawnSync('sh', ['-c', leave]).signal).toBe('SIGKILL')
    for (const { output } of outputs) expect(gpio.level(512 + (output.header ?? 0))).toBe(1)
    const ran = await c.run(safeStateScript(bench), { gpioRoot: gpio.root })
    for (const { output, what } of outputs) {
      expect(gpio.level(512 + (output.header ?? 0)), what).toBe(0)
      expect(gpio.history(512 + (output.header ?? 0)).at(-1), what).toMatchObject({ out: true, level: 0 })
      expect(ran.out).toContain(`${what}: OFF (sysfs ${512 + (output.header ?? 0)})`)
    }
  })

  test.skipIf(missing !== undefined)('a line that nobody holds is set without a moment ON, and let go', async () => {
    await using gpio = await fuseGpio()
    const ran = await made(ok).run(safeStateScript(contactorAt({ header: 22, activeLow: true })), { gpioRoot: gpio.root })
    expect(ran).toMatchObject({ exitCode: 0, out: 'outlet 1 contactor: OFF, and let go (sysfs 534)\nEverything is OFF.\n' })
    const outs = gpio.history(534).filter(({ out }) => out)
    expect(outs.map(({ level }) => level)).toEqual([1])
  })

  test.skipIf(missing !== undefined)('a level that does not follow is told, and other ways are tried', async () => {
    await using gpio = await fuseGpio()
    spawnSync('sh', ['-c', `cd ${gpio.root}; echo 534 > export; echo high > gpio534/direction`])
    gpio.fault(534, 'stuck', true)
    const script = safeStateScript(contactorAt({ header: 22 }))
    const stuck = await made(ok).run(script, { gpioRoot: gpio.root })
    expect(stuck).toMatchObject({ exitCode: 1, err: expect.stringContaining('outlet 1 contactor: NOT MADE SAFE') })
    const helped = await made({ ...ok, pinctrl: '' }).run(script, { gpioRoot: gpio.root })
    expect([helped.exitCode, helped.calls]).toEqual([0, ['pinctrl set 22 op dl']])
  })
})
