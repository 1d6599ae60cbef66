import { centralSystem } from '../../bench/csms/central-system.ts'
import { buildBoard } from '../../hal/build.ts'
import type { Plant } from '../../hal/simulated/plant.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, type Millis, seconds } from '../../src/base/units.ts'
import type { Restart } from '../../src/core/charge-point.ts'
import type { OpenTransaction, StopReason } from '../../src/core/facts.ts'
import type { Register } from '../../src/core/metering.ts'
import { parseFrame } from '../../src/ocpp/frame.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import type { Dial, Socket } from '../../src/ocpp/socket.ts'
import { type CoreStation, coreStation } from '../../src/run/core.ts'
import { type Guarded, guardOver } from '../../src/run/guard-over.ts'
import type { GuardPort } from '../../src/safety/port.ts'
import { openStore } from '../../src/store/open.ts'
import type { Seeded } from '../seeded.ts'
import { bootClock, mortalClock, mortalPort, mortalStore } from './mortal.ts'
import { walkFiles } from './walk-files.ts'
import { watchWire } from './wire-watch.ts'
import { withEvses } from './world.ts'

/** A rule that is broken on purpose, between the program and the world. */
export interface Broken {
  readonly dial?: (dial: Dial) => Dial
  readonly guard?: (port: GuardPort) => GuardPort
}

export const evseCount = 2
const answerWithin = seconds(30)
/** A register is kept at each sample, and each minute at the least. */
const registerAge = seconds(60.5)
export const cards = ['ANNA', 'BERT', 'CARL', 'EVIL'] as const

export type WalkWorld = Awaited<ReturnType<typeof walkWorld>>

/** A program that runs, until it ends in good order or dies. */
interface Life {
  readonly station: CoreStation
  isAlive: boolean
  isEnding: boolean
}

/** The world of a walk, which outlives the program: outlets and cars, a network and a central system that are not always there, the disk.
 *  The program may end in good order, die alone (the guard lives on), or lose its power. */
export async function walkWorld(chance: Seeded, blame: (words: string) => void, broken: Broken = {}) {
  const clock = simulatedClock()
  const watch = watchWire({ now: clock.monotonic, timeout: answerWithin, blame })
  const network = memoryNetwork({ clock, latency: () => Math.floor(chance.between(0, 120)) })
  const poor: { swallows: number; line: Socket | undefined } = { swallows: 0, line: undefined }
  const csms = centralSystem({
    clock,
    authorize: (idTag) =>
      idTag === 'EVIL' && chance.happens(0.7) ? { status: 'Blocked' } : { status: 'Accepted', ...(idTag === 'CARL' ? {} : { parentIdTag: 'FAMILY' }) },
    bootStatus: (_station, attempt) => (attempt === 1 && chance.happens(0.3) ? 'Pending' : 'Accepted'),
    heartbeat: 60,
  })
  csms.frames.on(({ direction, kind, action, payload }) => {
    if (direction === 'in' && kind === 'call' && action === 'StatusNotification') watch.heard(payload)
  })
  network.accepted.on(({ socket, address }) => {
    const send = (text: string) => (parseFrame(text).kind !== 'call' && chance.happens(poor.swallows) ? true : socket.send(text))
    poor.line = socket
    csms.attach({ ...socket, send }, address.identity)
  })
  const dial = (broken.dial ?? ((inner) => inner))(watch.dial(network.dial))
  const store = openStore({ directory: undefined, log: silentLog })
  /** Half of the computers have a clock that runs on while the power is off; of the others some wake up in 1970. */
  const hasBattery = chance.happens(0.5)
  const wakesAt = chance.happens(0.5) ? 0 : undefined
  /** How wrong the computer's clock is, ms. */
  let wrongBy = 0
  let boots = 0
  let lives = 0
  let boot = bootClock(clock, 'boot-0', () => clock.now().epochMs + wrongBy)
  let plants: readonly Plant[] = []
  let keeper: Guarded | undefined
  let life: Life | undefined
  /** Transactions that were cut off, and what they had not kept. */
  const losses = { transactions: 0, wh: 0 }
  const firmware = { running: 0, next: 0 }

  const powerUp = () => {
    const before = plants.map(({ wh, isPlugged }) => ({ wh, isPlugged }))
    const register = (evse: number) => ({ load: () => before[evse - 1]?.wh ?? 0, save: () => undefined })
    const built = buildBoard(withEvses(evseCount), { clock: boot, simulated: { register } })
    plants = built.simulation?.plants ?? []
    for (const [at, plant] of plants.entries()) if (before[at]?.isPlugged) plant.plugIn()
    keeper = guardOver(built, { clock: boot, log: silentLog }, { everyTick: false })
  }
  const reboot = () => {
    const since = clock.now().epochMs
    wrongBy = hasBattery ? wrongBy : (wakesAt ?? since - hours(chance.between(0.1, 5))) - since
    boot = bootClock(clock, `boot-${++boots}`, () => clock.now().epochMs + wrongBy)
  }
  const start = () => {
    if (keeper === undefined) powerUp()
    const { guard } = keeper as Guarded
    const number = ++lives
    let ids = 0
    let mine: Life | undefined
    const isAlive = () => mine?.isAlive !== false
    watch.reborn()
    const own = mortalClock(boot, isAlive)
    firmware.running = firmware.next
    const before = openTransactions()
    const station = coreStation({
      guard: mortalPort((broken.guard ?? ((port) => port))(guard), isAlive),
      leaveGuard: () => undefined,
      id: 'CP-1',
      csmsUrl: 'ws://memory',
      settings: {
        // Nothing is to be given up: the sums could not agree.
        TransactionMessageAttempts: '100000',
        TransactionMessageRetryInterval: '1',
        MessageTimeout: String(answerWithin / 1_000),
        AllowOfflineTxForUnknownId: 'true',
        MeterValueSampleInterval: '30',
        ClockAlignedDataInterval: '300',
        StopTxnSampledData: 'Energy.Active.Import.Register',
      },
      identity: { vendor: 'Pilotwire', model: 'Simulated', firmwareVersion: '0.0.0' },
      password: undefined,
      bootAfterReconnect: false,
      preBootTransactions: false,
      clock: own,
      files: walkFiles(own, chance, firmware),
      log: silentLog,
      store: mortalStore(store, isAlive, number === 1),
      dial,
      chance: () => 0.5,
      newId: () => `life-${number}-${++ids}`,
    })
    const begun: Life = { station, isAlive: true, isEnding: false }
    mine = begun
    life = begun
    countLoss(before)
    station.core.restarting.on((restart) => void endWell(begun, restart.stop, restart.scope))
    station.link.connect()
  }
  const running = () => (life?.isEnding === false ? life : undefined)
  const startsAgain = (after: Millis) => void clock.after('starts again', after, () => life === undefined && start())
  /** The transactions that are not over, by EVSE, and what was kept of the registers. */
  const openTransactions = () => store.documents<OpenTransaction>('open-transactions').entries()
  const keptOf = (evse: string) => store.documents<Register>('registers').get(evse)
  const countLoss = (before: ReturnType<typeof openTransactions>) => {
    const left = new Set(openTransactions().map(([, { id }]) => id))
    for (const [evse, { id, meterStartWh }] of before) {
      if (left.has(id)) continue
      losses.transactions++
      losses.wh += (plants[Number(evse) - 1]?.wh ?? 0) - Math.max(keptOf(evse)?.wh ?? 0, meterStartWh)
    }
  }
  const leaveGuard = () => {
    keeper?.off()
    keeper = undefined
  }
  /** Nothing that it still has in hand reaches the disk or the guard. */
  const bury = () => {
    if (life === undefined) return
    for (const [evse, { startedAt }] of openTransactions()) {
      const { bootMs } = keptOf(evse)?.at ?? startedAt
      // Reference rule 35.
      if (boot.monotonic() - Math.max(bootMs, startedAt.boot === boot.now().boot ? startedAt.bootMs : 0) > registerAge) blame(`the register of ${evse} is old`)
    }
    life.isAlive = false
    network.cut()
    life.station.drop()
    life = undefined
  }
  const endWell = async (mine: Life, reason: StopReason, scope: Restart['scope']) => {
    if (mine.isEnding) return
    mine.isEnding = true
    await mine.station.shutDown(reason)
    if (life !== mine) return
    mine.isAlive = false
    life = undefined
    if (scope === 'all') leaveGuard()
    startsAgain(seconds(chance.between(0.1, 8)))
  }
  /** `kill -9` of the core: the guard keeps the lease that it has. */
  const die = () => {
    if (life === undefined) return
    bury()
    startsAgain(seconds(chance.between(0.1, chance.pick([5, 30]))))
  }
  const cutPower = () => {
    if (keeper === undefined) return
    bury()
    leaveGuard()
    reboot()
    startsAgain(seconds(chance.between(1, 60)))
  }
  start()
  await clock.advance(seconds(1))
  return {
    clock,
    watch,
    network,
    csms,
    book: csms.transactions,
    poor,
    store,
    get plants() {
      return plants
    },
    /** Undefined while no program runs. */
    get station() {
      return running()?.station
    },
    get core() {
      return running()?.station.core
    },
    get link() {
      return running()?.station.link
    },
    status: (evse: number) => running()?.station.core.view(evse).status ?? 'dead',
    swipe: (card: string, evse?: number) => void running()?.station.core.present(card, evse),
    die,
    cutPower,
    losses,
    /** The computer's clock steps, and stays wrong by so much. */
    stepClock(by: Millis) {
      wrongBy += by
    },
    get lives() {
      return lives
    },
    get boots() {
      return boots
    },
  }
}
