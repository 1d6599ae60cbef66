import { fork } from 'node:child_process'
import { writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { chance } from '../../src/base/chance.ts'
import { systemClock } from '../../src/base/clock.ts'
import { brokenRules } from './broken-rules.ts'
import { type Walked, walk } from './walk.ts'

// `npm run test:walk`: many long walks on all cores. Each is told by its seed and can be walked again alone:
//   npm run test:walk -- --seed 17 --walks 1 --events 2000
//   npm run test:walk -- --break two-calls     a rule broken on purpose: the walks must see it

interface Plan {
  readonly seed: number
  readonly walks: number
  readonly events: number
  readonly rule: string | undefined
}
type Done = { readonly seed: number; readonly ms: number } & Walked

const { values: given } = parseArgs({
  options: {
    seed: { type: 'string' },
    walks: { type: 'string', default: '100' },
    events: { type: 'string', default: '2000' },
    break: { type: 'string' },
    part: { type: 'string' },
  },
})
const say = (words: string) => void writeSync(1, `${words}\n`)
const plan: Plan = {
  seed: Number(given.seed ?? Math.floor(chance() * 1_000_000)),
  walks: Number(given.walks),
  events: Number(given.events),
  rule: given.break,
}

async function walkPart({ seed, walks, events, rule }: Plan, part: number, parts: number): Promise<void> {
  const clock = systemClock()
  for (let at = part; at < walks; at += parts) {
    const since = clock.monotonic()
    const walked = await walk(seed + at, events, rule === undefined ? undefined : brokenRules[rule]?.make())
    process.send?.({ seed: seed + at, ms: clock.monotonic() - since, ...walked } satisfies Done)
  }
}

function tell({ seed, ms, faults, trail, figures }: Done): void {
  const { actions: _actions, ...told } = figures
  const words = Object.entries(told).map(([name, value]) => `${name} ${value}`)
  say(`seed ${seed}: ${faults.length === 0 ? 'nothing wrong' : `BROKEN RULE: ${faults[0]}`} (${words.join(', ')}; ${(ms / 1_000).toFixed(1)} s)`)
  if (faults.length > 0 && plan.rule === undefined) for (const line of [...trail.slice(-15), ...faults]) say(`    ${line}`)
}

/** @returns what the walks came to, in the order of their ends */
async function walkAll(parts: number): Promise<readonly Done[]> {
  const all: Done[] = []
  const words = [...process.argv.slice(2), '--seed', String(plan.seed)]
  await Promise.all(
    Array.from({ length: parts }, (_, part) => {
      const child = fork(new URL(import.meta.url), [...words, '--part', `${part}/${parts}`])
      child.on('message', (done: Done) => {
        all.push(done)
        tell(done)
      })
      return new Promise<void>((resolve, reject) =>
        child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a part of the walks ended with ${code}`)))),
      )
    }),
  )
  return all
}

if (plan.rule !== undefined && brokenRules[plan.rule] === undefined) {
  say(`There is no rule ${plan.rule} to break. There are:`)
  for (const [name, { what }] of Object.entries(brokenRules)) say(`  ${name.padEnd(18)}${what}`)
  process.exitCode = 2
} else if (given.part !== undefined) {
  const [part = 0, parts = 1] = given.part.split('/').map(Number)
  await walkPart(plan, part, parts)
} else {
  if (plan.rule !== undefined) say(`Broken on purpose: ${brokenRules[plan.rule]?.what}.`)
  const since = systemClock().monotonic()
  const all = await walkAll(Math.min(plan.walks, availableParallelism()))
  const wrong = all.filter(({ faults }) => faults.length > 0)
  const sum = (of: (figures: Walked['figures']) => number) => Math.round(all.reduce((so, { figures }) => so + of(figures), 0))
  const actions = [...new Set(all.flatMap(({ figures }) => Object.keys(figures.actions)))].sort()
  say(
    `\n${all.length} walks of ${plan.events} events, seeds ${plan.seed} to ${plan.seed + plan.walks - 1}, in ${Math.round((systemClock().monotonic() - since) / 1_000)} s`,
  )
  say(
    `${sum(({ simulatedHours }) => simulatedHours)} h, ${sum(({ transactions }) => transactions)} transactions, ${sum(({ wh }) => wh)} Wh, ${sum(({ lives }) => lives)} starts of the program, ${sum(({ boots }) => boots)} power cuts`,
  )
  say(`${sum(({ frames }) => frames)} frames, of them ${actions.map((action) => `${action} ${sum((figures) => figures.actions[action] ?? 0)}`).join(', ')}`)
  say(wrong.length === 0 ? 'No rule was broken.' : `In ${wrong.length} of them a rule was broken: seeds ${wrong.map(({ seed }) => seed).join(', ')}.`)
  // Broken on purpose, each walk should see it.
  process.exitCode = (plan.rule === undefined) === (wrong.length === 0) ? 0 : 1
}
