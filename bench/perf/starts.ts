import { type Figure, median, shown } from './figures.ts'
import type { Usage } from './process-usage.ts'
import { type Program, startBareClient, startStation, type Workbench } from './programs.ts'

const times = 9

/** From the start of the process to the moment it makes use of an accepted BootNotification: the next request. */
export async function starts(bench: Workbench): Promise<readonly Figure[]> {
  const state = bench.fresh('state')
  const [cache, bareCache] = [bench.fresh('cache'), bench.fresh('bare-cache')]
  await acceptedBy(bench, startStation(bench, { state, cache }))
  await acceptedBy(bench, startBareClient(bench, 'start', bareCache))
  const usual: Usage[] = []
  const first: Usage[] = []
  const bare: Usage[] = []
  const bareFirst: Usage[] = []
  for (let round = 0; round < times; round++) {
    bench.say(`start to BootNotification accepted, ${round + 1} of ${times}`)
    usual.push(await acceptedBy(bench, startStation(bench, { state, cache })))
    bare.push(await acceptedBy(bench, startBareClient(bench, 'start', bareCache)))
    first.push(await acceptedBy(bench, startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache') })))
    bareFirst.push(await acceptedBy(bench, startBareClient(bench, 'start', bench.fresh('bare-cache'))))
  }
  return [
    cpu('CPU from start to BootNotification accepted', usual, bare),
    cpu('  the same, first start ever (nothing cached, new state)', first, bareFirst),
    rss('RSS at BootNotification accepted', usual, bare),
    rss('  the same, first start ever', first, bareFirst),
  ]
}

async function acceptedBy(bench: Workbench, program: Program): Promise<Usage> {
  const line = await bench.central.line(program.id)
  await line.next(({ action }) => action === 'BootNotification')
  await line.next(({ type }) => type === 2)
  const usage = program.usage()
  await program.end()
  return usage
}

function cpu(what: string, ours: readonly Usage[], bare: readonly Usage[]): Figure {
  const [mine, theirs] = [median(ours.map(({ cpuMs }) => cpuMs)), median(bare.map(({ cpuMs }) => cpuMs))]
  const ratio = mine / theirs
  return { what, measured: `${shown(mine, 'ms')} (${ratio.toFixed(2)}x)`, beside: shown(theirs, 'ms'), target: '2x', isMet: ratio <= 2 }
}

function rss(what: string, ours: readonly Usage[], bare: readonly Usage[]): Figure {
  const [mine, theirs] = [median(ours.map(({ rssMb }) => rssMb)), median(bare.map(({ rssMb }) => rssMb))]
  const more = mine - theirs
  return { what, measured: `${shown(mine, 'MB')} (+${more.toFixed(1)})`, beside: shown(theirs, 'MB'), target: '+16 MB', isMet: more <= 16 }
}
