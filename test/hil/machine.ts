import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { chip, i2c, lines, named } from './wires.ts'

/** The machine's devices, made. */
export interface Machine {
  /** Global number of the chip's first line. */
  readonly base: number
  /** Where the simulated chip is driven and read from outside. */
  readonly simulated: string
  /** The wire of an input. */
  drive(line: number, level: 0 | 1): void
  /** What a line does. */
  level(line: number): 0 | 1
  readModel(file: string): string
  writeModel(file: string, value: string | number): void
}

export function makeMachine(): Machine {
  for (const each of ['i2c-dev', 'i2c-model', 'pwm-model']) execFileSync('modprobe', [each])
  const names = Object.entries(named).map(([line, name]) => `${line}=${name}`)
  const said = execFileSync('gpio-sim-setup', [chip.label, String(chip.lines), ...names], { encoding: 'utf8' })
  const found = Object.fromEntries(
    said
      .trim()
      .split('\n')
      .map((line) => line.split('=')),
  ) as Record<'base' | 'sim', string>
  const knob = (line: number, name: string) => `${found.sim}/sim_gpio${line}/${name}`
  const machine: Machine = {
    base: Number(found.base),
    simulated: found.sim,
    drive: (line, level) => writeFileSync(knob(line, 'pull'), level === 1 ? 'pull-up' : 'pull-down'),
    level: (line) => (readFileSync(knob(line, 'value'), 'utf8').trim() === '1' ? 1 : 0),
    readModel: (file) => readFileSync(`${i2c.model}/${file}`, 'utf8').trim(),
    writeModel: (file, value) => writeFileSync(`${i2c.model}/${file}`, String(value)),
  }
  for (const line of Object.values(lines)) machine.drive(line, 0)
  return machine
}
