import { freePort, openControl } from './control.ts'
import { type Figure, percentile, shown } from './figures.ts'
import { pause, startStation, type Workbench } from './programs.ts'

const connectors = 10
const rounds = 6

/** From the accepted Authorize.conf to StartTransaction.req: the transaction is on the disk in between. The cars wait, the cards come one by one. */
export async function authorizeToStart(bench: Workbench): Promise<readonly Figure[]> {
  const control = await freePort()
  const words = ['--connectors', String(connectors), '--control', `127.0.0.1:${control}`]
  const station = startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache'), words })
  const line = await bench.central.line(station.id)
  await line.next(({ action }) => action === 'StatusNotification')
  const door = await openControl(control)
  const samples: number[] = []
  for (let round = 0; round < rounds; round++) {
    bench.say(`Authorize.conf to StartTransaction.req, ${round + 1} of ${rounds}`)
    for (let c = 1; c <= connectors; c++) await door.say(`plugin ${c}`)
    await pause(bench.clock, 1.5)
    for (let c = 1; c <= connectors; c++) {
      const authorize = line.next(({ action }) => action === 'Authorize')
      const start = line.next(({ action }) => action === 'StartTransaction')
      // A card of its own each time: nothing is known of it here.
      const said = door.say(`tag R${round}C${c} ${c}`)
      samples.push((await start).at - (await authorize).answeredAt)
      await said
    }
    for (let c = 1; c <= connectors; c++) await door.say(`tag R${round}C${c} ${c}`)
    await pause(bench.clock, 3)
    for (let c = 1; c <= connectors; c++) await door.say(`unplug ${c}`)
    await pause(bench.clock, 2)
  }
  door.close()
  await station.end()
  const [p50, p99] = [percentile(samples, 0.5), percentile(samples, 0.99)]
  const what = `Authorize.conf to StartTransaction.req, durable write included (${samples.length} sessions)`
  return [
    { what: `${what}, p50`, measured: shown(p50, 'ms'), target: '5 ms', isMet: p50 <= 5 },
    { what: `${what}, p99`, measured: shown(p99, 'ms'), target: '5 ms', isMet: p99 <= 5 },
  ]
}
