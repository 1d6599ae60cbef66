import { freePort, openControl } from './control.ts'
import { type Figure, shown } from './figures.ts'
import { pause, startStation, type Workbench } from './programs.ts'

const lasts = 20

/** What a station costs the board while it waits, and while it charges with a sample every 10 s. */
export async function charging(bench: Workbench): Promise<readonly Figure[]> {
  const control = await freePort()
  const station = startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache'), words: ['--control', `127.0.0.1:${control}`] })
  const line = await bench.central.line(station.id)
  await line.next(({ action }) => action === 'StatusNotification')
  line.send(JSON.stringify([2, 'sample', 'ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '10' }]))
  const door = await openControl(control)
  const cost = async (what: string): Promise<Figure> => {
    bench.say(`${what} for ${lasts} s`)
    const before = station.usage()
    await pause(bench.clock, lasts)
    const after = station.usage()
    return {
      what: `A station that ${what}, CPU of one core and RSS`,
      measured: `${shown((after.cpuMs - before.cpuMs) / (lasts * 10), '%')}, ${shown(after.rssMb, 'MB')}`,
    }
  }
  await pause(bench.clock, 3)
  const idle = await cost('waits')
  const isCharging = line.next(({ payload }) => (payload as { status?: unknown }).status === 'Charging')
  await door.say('plugin 1')
  await pause(bench.clock, 1)
  await door.say('tag CARD 1')
  await isCharging
  await pause(bench.clock, 2)
  const busy = await cost('charges')
  door.close()
  await station.end()
  return [idle, busy]
}
