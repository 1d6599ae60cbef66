import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chance } from '../../src/base/chance.ts'
import { campaign } from './campaign.ts'

// node test/crash/run.ts --kills 200 [--seed N] [--chargers 3]: kills chargers at random moments of their sessions.

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' }, chargers: { type: 'string' } } })
const say = (words: string) => writeSync(1, `${words}\n`)
const kills = Number(values.kills ?? 200)
const seed = Number(values.seed ?? Math.floor(chance() * 1_000_000))
say(`${kills} kills, seed ${seed}`)
const { figures, faults } = await campaign({
  kills,
  seed,
  chargers: Number(values.chargers ?? 3),
  progress: (done) => {
    if (done % 20 === 0) say(`${done} kills`)
  },
})
for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(20)} ${value}`)
for (const fault of faults) say(`FAULT ${fault}`)
say(faults.length === 0 ? 'every transaction has one start and one stop' : `${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
