import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, openControl } from './control.ts'
import { type Figure, percentile, shown } from './figures.ts'
import { pause, startStation, type Workbench } from './programs.ts'

const connectors = 24
/** A plug is locked and unlocked in each, and the guard moves a lock ten times a minute at the most. */
const rounds = 5

/** From the accepted Authorize.conf to StartTransaction.req: the transaction is on the disk in between. The cars wait, the cards come one by one. */
export async function authorizeToStart(bench: Workbench): Promise<readonly Figure[]> {
  const control = await freePort()
  const words = ['--connectors', String(connectors), '--control', `127.0.0.1:${control}`]
  const station = startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache'), words })
  const line = await bench.central.line(station.id)
  await line.next(({ action }) => action === 'StatusNotification')
  const door = await openControl(control)
  const samples: number[] = []
  const disk = diskIn(bench)
  const syncs: number[] = []
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
      syncs.push(disk.sync())
    }
    for (let c = 1; c <= connectors; c++) await door.say(`tag R${round}C${c} ${c}`)
    await pause(bench.clock, 3)
    for (let c = 1; c <= connectors; c++) await door.say(`unplug ${c}`)
    await pause(bench.clock, 2)
  }
  door.close()
  disk.close()
  await station.end()
  const what = `Authorize.conf to StartTransaction.req, durable write included (${samples.length} sessions; beside: write and fsync of 20 kB)`
  return (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(([name, share]) => {
    const took = percentile(samples, share)
    return { what: `${what}, ${name}`, measured: shown(took, 'ms'), beside: shown(percentile(syncs, share), 'ms'), target: '5 ms', isMet: took <= 5 }
  })
}

/** What the disk itself takes for as much as the start of a transaction writes. */
function diskIn(bench: Workbench) {
  const file = openSync(join(bench.fresh('disk'), 'file'), 'w')
  const bytes = Buffer.alloc(20_000, 1)
  return {
    sync() {
      const from = bench.clock.monotonic()
      writeSync(file, bytes)
      fsyncSync(file)
      return bench.clock.monotonic() - from
    },
    close: () => closeSync(file),
  }
}
