import { buildBoard } from '../../hal/build.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import { inlineStation } from '../../src/run/inline.ts'
import { openStore } from '../../src/store/open.ts'
import { centralSystem } from '../csms/central-system.ts'

/** A day in simulated time: the whole house and its central system, a car that charges all day with a sample each minute. */
const clock = simulatedClock()
const network = memoryNetwork({ clock })
const csms = centralSystem({ clock, log: silentLog })
network.accepted.on(({ address, socket }) => csms.attach(socket, address.identity))
const settings = { MeterValueSampleInterval: '60', ClockAlignedDataInterval: '900' }
const station = inlineStation({
  id: 'CP-1',
  csmsUrl: 'ws://memory',
  settings,
  identity: { vendor: 'Pilotwire', model: 'Simulated', firmwareVersion: '0.0.0' },
  built: buildBoard({ name: 'simulated', kind: 'simulated', evses: [{ maxAmps: 32, phases: 3, cable: 'socket' }] }, { clock }),
  password: undefined,
  bootAfterReconnect: false,
  preBootTransactions: false,
  clock,
  log: silentLog,
  store: openStore({ directory: undefined, log: silentLog }),
  dial: network.dial,
  chance: () => 0.5,
})
const plant = station.built.simulation?.plants[0]
if (plant === undefined) throw new Error('not a simulated board')
let samples = 0
csms.frames.on(({ kind, action }) => {
  if (kind === 'call' && action === 'MeterValues') samples++
})
plant.setEv({ batteryWh: 1_000_000 })
station.link.connect()
const before = process.cpuUsage()
await clock.advance(seconds(10))
plant.plugIn()
await clock.advance(seconds(5))
await station.core.present('TAG1')
await clock.advance(hours(24) - minutes(1))
const { user, system } = process.cpuUsage(before)
const all = process.cpuUsage()
process.send?.({ cpuMs: (user + system) / 1_000, processMs: (all.user + all.system) / 1_000, samples, wh: plant.wh, status: station.core.view(1).status })
process.disconnect?.()
