import { writeFileSync } from 'node:fs'
import { systemClock } from '../../../src/base/clock.ts'
import { type Check, equal, near } from '../check.ts'
import { startPlant } from '../hands.ts'
import type { Machine } from '../machine.ts'
import { converterUv, i2c, lines, pilotInputs } from '../wires.ts'

const clock = systemClock()

/** The plant against the kernel's interfaces, with nobody at the other end yet. */
export const plantChecks = (machine: Machine): readonly Check[] => [
  {
    name: 'the plant: pilot volts follow PWM and car, the mirror follows the contactor line, the trip follows the test',
    async run() {
      const { Gpio } = await import('onoff')
      const plant = await startPlant(clock, machine.simulated)
      const [chip, channel] = ['/sys/class/pwm/pwmchip0', '/sys/class/pwm/pwmchip0/pwm0']
      writeFileSync(`${chip}/export`, '0')
      const duty = (percent: number) => writeFileSync(`${channel}/duty_cycle`, String(percent * 10_000))
      writeFileSync(`${channel}/period`, '1000000')
      duty(100)
      writeFileSync(`${channel}/enable`, '1')
      const settled = (highV: number, lowV: number) => (state: { highV: number; lowV: number }) =>
        Math.abs(state.highV - highV) < 0.05 && Math.abs(state.lowV - lowV) < 0.05
      await plant.until('steady +12 V', settled(12, 12))
      await plant.set({ isPlugged: true, isReady: true })
      await plant.until('state B', settled(9, 9))
      duty(26.6667)
      await plant.until('state C with PWM', settled(6, -12))
      near(Number(machine.readModel(`ain${pilotInputs.high}_uv`)), converterUv(6), 10_000, 'the converter')
      await plant.set({ hasDiode: false })
      await plant.until('no diode', settled(6, -6))
      await plant.set({ hasDiode: true })

      const [contactor, deadMan, test] = [lines.contactor, lines.deadMan, lines.residualTest].map((line) => new Gpio(machine.base + line, 'low'))
      if (contactor === undefined || deadMan === undefined || test === undefined) throw new Error('no lines')
      contactor.writeSync(1)
      await plant.until('the coil', ({ isCoilOn }) => isCoilOn)
      equal(machine.level(lines.mirror), 0, 'mirror without a dead-man signal')
      let beat = 0
      const beating = clock.every('dead man', 50, () => {
        beat ^= 1
        deadMan.writeSync(beat === 1 ? 1 : 0)
      })
      await plant.until('contacts close', ({ areContactsClosed }) => areContactsClosed)
      equal(machine.level(lines.mirror), 1, 'mirror')
      await plant.until('16 A flow', ({ ampsPerPhase }) => ampsPerPhase === 16)
      beating.stop()
      await plant.until('contacts open when the dead-man signal ends', ({ areContactsClosed }) => !areContactsClosed)
      test.writeSync(1)
      await plant.until('the monitor trips', () => machine.level(lines.residualTrip) === 1)
      test.writeSync(0)
      await plant.until('the trip goes away', () => machine.level(lines.residualTrip) === 0)
      const { importWh, happenings } = await plant.look()
      for (const line of [contactor, deadMan, test]) line.unexport()
      writeFileSync(`${channel}/enable`, '0')
      writeFileSync(`${chip}/unexport`, '0')
      await plant.close()
      if (!(importWh > 1_234_567)) throw new Error('no energy was counted')
      equal(machine.readModel('ads1115'), 'ok', i2c.model)
      return happenings.map(({ what }) => what).join(', ')
    },
  },
]
