import { buildBoard } from '../../hal/build.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import { inlineStation } from '../../src/run/inline.ts'
import { openStore } from '../../src/store/open.ts'
import { centralSystem } from '../csms/central-system.ts'

/** `node drain.mjs DIRECTORY`: a station that was offline for long has 10,000 facts of 500 sessions to deliver, in a real state directory, to
 *  a central system in this process. */
const sessions = 500
const samplesEach = 18
const clock = systemClock()
const store = openStore({ directory: process.argv[2], log: silentLog })
const ledger = store.ledger<{ readonly kind: string } & Readonly<Record<string, unknown>>>()
const values = [{ measurand: 'Energy.Active.Import.Register', unit: 'Wh', value: 1_234_567 }] as const
store.atomically(() => {
  for (let session = 0; session < sessions; session++) {
    const transaction = crypto.randomUUID()
    const about = { subject: transaction, durability: 'grouped' } as const
    ledger.append(clock.now(), { kind: 'transactionStarted', transaction, evse: 1, token: `TAG${session}`, source: 'local', meterWh: session }, about)
    for (let n = 0; n < samplesEach; n++)
      ledger.append(clock.now(), { kind: 'meterSampled', transaction, evse: 1, context: 'periodic', values, endValues: [] }, about)
    ledger.append(clock.now(), { kind: 'transactionEnded', transaction, evse: 1, reason: 'local', meterWh: session + 1 }, about)
  }
})
const network = memoryNetwork({ clock })
const csms = centralSystem({ clock, log: silentLog })
network.accepted.on(({ address, socket }) => csms.attach(socket, address.identity))
const station = inlineStation({
  id: 'CP-1',
  csmsUrl: 'ws://memory',
  settings: {},
  identity: { vendor: 'Pilotwire', model: 'Simulated', firmwareVersion: '0.0.0' },
  built: buildBoard({ name: 'simulated', kind: 'simulated', evses: [{ maxAmps: 32, phases: 3, cable: 'socket' }] }, { clock }),
  password: undefined,
  bootAfterReconnect: false,
  preBootTransactions: false,
  clock,
  log: silentLog,
  store,
  dial: network.dial,
  chance: () => 0.5,
})
const before = process.cpuUsage()
const from = clock.monotonic()
station.door.reporter.drained.on(() => {
  const { user, system } = process.cpuUsage(before)
  const delivered = csms.transactions.ended.reduce((sum, { samples }) => sum + samples.length + 2, 0)
  process.send?.({ tookMs: clock.monotonic() - from, cpuMs: (user + system) / 1_000, delivered, rssMb: process.memoryUsage.rss() / 1_048_576 })
  process.disconnect?.()
  station.drop()
  store.close()
})
station.link.connect()
