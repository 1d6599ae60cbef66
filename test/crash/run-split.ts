import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chance } from '../../src/base/chance.ts'
import { splitCampaign } from './split.ts'

// node test/crash/run-split.ts --kills 50 [--seed N] [--program dist/pilotwire.js]: kills and stops the core in mid-session, while the guard goes on.

const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' }, program: { type: 'string' } } })
const say = (words: string) => writeSync(1, `${words}\n`)
const kills = Number(values.kills ?? 50)
const seed = Number(values.seed ?? Math.floor(chance() * 1_000_000))
say(`${kills} kills, seed ${seed}`)
const { faults, ...figures } = await splitCampaign({
  kills,
  seed,
  ...(values.program === undefined ? {} : { program: values.program }),
  progress: (how, withoutCoreMs) => say(`${how} without a core for ${Math.round(withoutCoreMs)} ms`),
})
for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(20)} ${Math.round(Number(value))}`)
for (const fault of faults) say(`FAULT ${fault}`)
say(faults.length === 0 ? 'one transaction, the contactor never opened, no energy lost' : `${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
