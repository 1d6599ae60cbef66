import { centralSystem } from '../../bench/csms/central-system.ts'
import { isoOf } from '../../src/base/moment.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, millis, minutes, seconds } from '../../src/base/units.ts'
import { parseFrame } from '../../src/ocpp/frame.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import { ChangeAvailability, ClearCache, GetConfiguration, UnlockConnector } from '../../src/ocpp16/messages/core.ts'
import { triggerableMessages } from '../../src/ocpp16/messages/remote-trigger.ts'
import { type Seeded, seeded } from '../seeded.ts'
import { watchFrames } from './frame-watch.ts'
import { withEvses, world } from './world.ts'

export interface Walked {
  /** What went wrong, each with the number of its step. */
  readonly faults: readonly string[]
  /** The events, for whoever has to find out why. */
  readonly trail: readonly string[]
  readonly figures: {
    readonly frames: number
    readonly transactions: number
    readonly wh: number
    readonly resent: number
    readonly statuses: number
    readonly simulatedHours: number
  }
}

const evseCount = 2
const timeout = seconds(30)
const cards = ['ANNA', 'BERT', 'CARL', 'EVIL'] as const

/** A charge point in a world of chance: cars, cards, faults, and a network and a central system that are not always there.
 *  Whatever happens is noted; at the end the network is mended and everything must have arrived. */
export async function walk(seed: number, events: number): Promise<Walked> {
  const chance = seeded(seed)
  const made = await surroundings(chance)
  const { w, book } = made
  const faults: string[] = []
  const trail: string[] = []
  let step = 0
  const blame = (words: string) => void faults.push(`step ${step}: ${words}`)
  const watch = watchFrames(w, made.csms, timeout, blame)
  const startWh = w.plants.reduce((sum, { wh }) => sum + wh, 0)
  const startMs = w.clock.monotonic()
  for (step = 1; step <= events && faults.length === 0; step++) {
    const [name, act] = eventFor(chance, made)
    const before = w.plants.map(({ evse }) => w.status(evse)).join(' ')
    act()
    const by = pause(chance)
    await w.clock.advance(by)
    trail.push(`${step}, ${isoOf(w.clock.now()).slice(11)}: ${before}: ${name}, ${Math.round(by)} ms before`)
    if (w.plants.some(({ isClosed, isPlugged }) => isClosed && !isPlugged) && by > 1_000) blame('the contactor is closed without a car')
  }
  if (faults.length === 0) {
    await comeToRest(made)
    judge(made, startWh, blame)
  }
  return {
    faults,
    trail,
    figures: {
      frames: watch.frames,
      statuses: watch.statuses,
      transactions: book.all.length,
      resent: book.startsResent,
      wh: Math.round(w.plants.reduce((sum, { wh }) => sum + wh, 0) - startWh),
      simulatedHours: Math.round((w.clock.monotonic() - startMs) / 360_000) / 10,
    },
  }
}

type Surroundings = Awaited<ReturnType<typeof surroundings>>

async function surroundings(chance: Seeded) {
  const clock = simulatedClock()
  const network = memoryNetwork({ clock, latency: () => Math.floor(chance.between(0, 120)) })
  const poor: { swallows: number; line: Socket | undefined } = { swallows: 0, line: undefined }
  const csms = centralSystem({
    clock,
    authorize: (idTag) =>
      idTag === 'EVIL' && chance.happens(0.7) ? { status: 'Blocked' } : { status: 'Accepted', ...(idTag === 'CARL' ? {} : { parentIdTag: 'FAMILY' }) },
    bootStatus: (_station, attempt) => (attempt === 1 && chance.happens(0.3) ? 'Pending' : 'Accepted'),
    heartbeat: 60,
  })
  network.accepted.on(({ socket, address }) => {
    const send = (text: string) => (parseFrame(text).kind !== 'call' && chance.happens(poor.swallows) ? true : socket.send(text))
    poor.line = socket
    csms.attach({ ...socket, send }, address.identity)
  })
  const settings = {
    // Nothing is to be given up: the sums could not agree.
    TransactionMessageAttempts: '100000',
    TransactionMessageRetryInterval: '1',
    MessageTimeout: String(timeout / 1_000),
    AllowOfflineTxForUnknownId: 'true',
    MeterValueSampleInterval: '30',
    ClockAlignedDataInterval: '300',
    StopTxnSampledData: 'Energy.Active.Import.Register',
  }
  const w = await world({ clock, board: withEvses(evseCount), settings, parts: { dial: network.dial } })
  return { w, csms, book: csms.transactions, network, poor }
}

/** Most things follow quickly upon each other, some late. */
function pause(chance: Seeded): number {
  return chance.pick([millis(chance.between(0, 300)), seconds(chance.between(0, 3)), seconds(chance.between(0, 15)), seconds(chance.between(0, 90))])
}

const breakable = [
  'emergencyStop',
  'residualCurrent',
  'noClose',
  'evNotFollowing',
  'overCurrent',
  'overTemperature',
  'diode',
  'pilotShort',
  'pilotStale',
  'ventilation',
  'voltage',
  'phaseLoss',
  'lock',
  'tamper',
  'mainsOff',
] as const
const raisable = ['evCommunication', 'ground', 'weakSignal', 'other', 'reader'] as const
const changeable = [
  ['MeterValueSampleInterval', ['0', '10', '60']],
  ['MinimumStatusDuration', ['0', '0', '0', '5']],
  ['StopTransactionOnInvalidId', ['true', 'false']],
  ['StopTransactionOnEVSideDisconnect', ['true', 'true', 'false']],
  ['LocalPreAuthorize', ['true', 'false']],
  ['ConnectionTimeOut', ['20', '60', '0']],
  ['HeartbeatInterval', ['0', '10', '300']],
  ['AuthorizationCacheEnabled', ['true', 'false']],
  ['AuthorizeRemoteTxRequests', ['true', 'false']],
] as const
const garbage = [
  '',
  '[]',
  '[2,"x"]',
  '[3,"nobody",{}]',
  '[4,"nobody","GenericError","",{}]',
  '[2,"x","Nonsense",{}]',
  '{"a":1}',
  '[2,"y","RemoteStartTransaction",{"idTag":5}]',
] as const

type Event = readonly [name: string, act: () => void]

function eventFor(chance: Seeded, { w, csms, book, network, poor }: Surroundings): Event {
  const plant = chance.pick(w.plants)
  const { evse } = plant
  const card = chance.pick(cards)
  const ask = (outcome: Promise<unknown>) => void outcome
  /** Trouble ends by itself, sooner or later. */
  const passing = (name: string, begin: () => void, end: () => void): Event => [
    name,
    () => {
      begin()
      w.clock.after('passes', seconds(chance.between(0, chance.pick([2, 20, 200]))), end)
    },
  ]
  const car = (): Event =>
    chance.pick<Event>([
      [`plug ${evse}`, () => plant.plugIn()],
      [`plug ${evse}`, () => plant.plugIn()],
      [`plug ${evse}`, () => plant.plugIn()],
      [`unplug ${evse}`, () => plant.unplug()],
      [`unplug ${evse} at the car`, () => plant.unplugEv()],
      [`cable ${evse}`, () => plant.plugCable()],
      passing(
        `suspend ${evse}`,
        () => plant.suspend(),
        () => plant.resume(),
      ),
      [`full ${evse}`, () => plant.full()],
      passing(
        `delay ${evse}`,
        () => plant.delay(true),
        () => plant.delay(false),
      ),
    ])
  const person = (): Event =>
    chance.pick<Event>([
      [`swipe ${card}`, () => ask(w.swipe(card))],
      [`swipe ${card} at ${evse}`, () => ask(w.swipe(card, evse))],
      [`swipe ${card} at ${evse}`, () => ask(w.swipe(card, evse))],
      [`stop ${evse}`, () => w.core.stop(evse, 'local')],
      passing(
        `limit ${evse}`,
        () => w.core.limit(evse, 'local', chance.pick([0, 10])),
        () => w.core.limit(evse, 'local', undefined),
      ),
    ])
  const breaks = (): Event => {
    const [fault, raised] = [chance.pick(breakable), chance.pick(raisable)]
    const mend = () => {
      plant.setFault(fault, false)
      w.clock.after('technician', seconds(2), () => w.core.guard.clear(evse))
    }
    return chance.pick<Event>([
      passing(`break ${fault} ${evse}`, () => plant.setFault(fault, true), mend),
      passing(
        `raise ${raised} ${evse}`,
        () => w.core.raise(evse, raised),
        () => w.core.raise(evse, undefined),
      ),
    ])
  }
  /** What was lost in it is lost for good: a connection does not go on without it. */
  const endSilence = () => {
    network.cut()
    network.silence(false)
  }
  const outage = (reason: Parameters<typeof network.dials>[0]) => () => {
    network.dials(reason)
    network.cut()
  }
  const net = (): Event =>
    chance.pick<Event>([
      ['cut', () => network.cut()],
      passing('outage', outage('refused'), () => network.dials('accept')),
      passing('stall', outage('stall'), () => network.dials('accept')),
      passing('silence', () => network.silence(true), endSilence),
      passing(
        'swallow',
        () => {
          poor.swallows = 0.6
        },
        () => {
          poor.swallows = 0
        },
      ),
      ['interrupt', () => w.link.interrupt(chance.between(0, 5_000))],
      ['reconnect', () => w.link.reconnect()],
      passing(
        'disconnect',
        () => w.link.disconnect(),
        () => w.link.connect(),
      ),
    ])
  const central = (): Event => {
    const running = book.running
    const [key, values] = chance.pick(changeable)
    const value = chance.pick<string>(values)
    const trigger = chance.pick(triggerableMessages)
    const where = chance.pick([undefined, 0, 1, 2, 3])
    const text = chance.pick(garbage)
    const available = (type: 'Operative' | 'Inoperative') => ask(csms.call('CP-1', ChangeAvailability, { connectorId: where ?? 0, type }))
    return chance.pick<Event>([
      [`remote start ${card} ${where}`, () => ask(csms.requestStart('CP-1', where, card))],
      [`remote start ${card} ${evse}`, () => ask(csms.requestStart('CP-1', evse, card))],
      ['remote stop', () => ask(csms.requestStop('CP-1', running.length === 0 ? 77 : chance.pick(running).id))],
      [`trigger ${trigger} ${where}`, () => ask(csms.trigger('CP-1', trigger, where))],
      [`${key}=${value}`, () => ask(csms.change('CP-1', key, value))],
      passing(
        `Inoperative ${where}`,
        () => available('Inoperative'),
        () => available('Operative'),
      ),
      ['clear cache', () => ask(csms.call('CP-1', ClearCache, {}))],
      ['configuration', () => ask(csms.call('CP-1', GetConfiguration, {}))],
      [`unlock ${where}`, () => ask(csms.call('CP-1', UnlockConnector, { connectorId: where ?? 1 }))],
      [`garbage ${text}`, () => void poor.line?.send(text)],
    ])
  }
  return chance.pick([car, car, car, car, person, person, person, breaks, net, central, central])()
}

/** Everything is mended, every session ended, and time enough given to deliver. */
async function comeToRest({ w, network, poor }: Surroundings): Promise<void> {
  network.dials('accept')
  network.silence(false)
  network.cut()
  poor.swallows = 0
  w.link.connect()
  for (const plant of w.plants) {
    for (const each of [...plant.faults]) plant.setFault(each, false)
    w.core.raise(plant.evse, undefined)
    w.core.limit(plant.evse, 'local', undefined)
  }
  await w.clock.advance(seconds(5))
  for (const { evse } of w.plants) w.core.guard.clear(evse)
  w.core.setAvailability('all', true)
  await w.clock.advance(minutes(2))
  for (const { evse } of w.plants) {
    const { waitingToken } = w.core.view(evse)
    if (waitingToken !== undefined) void w.swipe(waitingToken, evse)
  }
  for (const plant of w.plants) {
    w.core.stop(plant.evse, 'local')
    await w.clock.advance(seconds(15))
    plant.unplug()
  }
  await w.clock.advance(hours(1))
}

/** One start and one stop for each transaction, and all energy sold: each transaction rounds twice to whole Wh. */
function judge({ w, book }: Surroundings, startWh: number, blame: (words: string) => void): void {
  const { reporter } = w.station.door
  if (reporter.behind > 0) blame(`${reporter.behind} facts were not delivered`)
  for (const { evse } of w.plants) {
    if (w.status(evse) !== 'available') blame(`connector ${evse} is ${w.status(evse)} at last`)
  }
  for (const { id } of book.running) blame(`transaction ${id} has no stop`)
  for (const { what, request } of book.oddities) blame(`${what}: ${JSON.stringify(request)}`)
  const sold = book.ended.reduce((sum, { start, stop }) => sum + (stop?.meterStop ?? 0) - start.meterStart, 0)
  const flowed = w.plants.reduce((sum, { wh }) => sum + wh, 0) - startWh
  // What one transaction loses by rounding the next one gains: nothing flows between them.
  if (Math.abs(sold - flowed) > evseCount) blame(`${sold} Wh sold, ${flowed.toFixed(1)} Wh flowed, in ${book.all.length} transactions`)
}
