import { randomBytes } from 'node:crypto'
import type { Static, TSchema } from 'typebox'
import { chance } from '../../../src/base/chance.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import type { Log } from '../../../src/base/log.ts'
import { brokerAddress } from '../../../src/base/mqtt/broker-address.ts'
import { mqttClient } from '../../../src/base/mqtt/client.ts'
import { dialMqtt } from '../../../src/base/mqtt/dial.ts'
import type { DialMqtt, MqttMessage } from '../../../src/base/mqtt/session.ts'
import type { Live } from '../live.ts'
import type { Dispatch } from '../ocpp/station-request.ts'
import type { BenchStore } from '../store/store.ts'
import { type Asking, asking, longestMessage } from './asking.ts'
import { type ChangesFeed, changesFeed } from './changes.ts'
import type { Cluster } from './cluster.ts'
import { keeper, type SharedChargers } from './keeper.ts'
import { type Presence, presence } from './presence.ts'
import { refusals } from './refusals.ts'
import { retained } from './retained.ts'
import { type RollCall, rollCall } from './roll-call.ts'
import { type Topics, topicsOf } from './topics.ts'
import { Alive, Holder, type Read, read } from './words.ts'

export interface JoinOptions {
  /** `mqtt://host:1883`, `mqtts://host`; or how to get there, in tests. */
  readonly broker: string | DialMqtt
  /** Of the broker, where it asks. */
  readonly login?: { readonly user: string | undefined; readonly password: string | undefined } | undefined
  /** Its name in the store and in logs; each process has its own. */
  readonly process: string
  /** Several central systems may share a broker; `default` when left out. */
  readonly cluster?: string | undefined
  /** Asks the stations of this process. */
  readonly local: Dispatch
  /** What happens at this process. */
  readonly live: Live
  readonly store: SharedStore
  readonly clock: Clock
  readonly log: Log
  /** Closes the connection of a station that hangs here; of one that does not, nothing. */
  readonly drop: (station: string) => void
}

/** What a cluster needs of the store. */
export type SharedStore = Pick<BenchStore, 'engine'> & { readonly chargers: SharedChargers }

/** Goes to the broker, and again for as long as the cluster is not left; meanwhile this process serves its own stations.
 *  @throws ConfigError without a shared database, for an address or a name that is none */
export async function joinCluster(options: JoinOptions): Promise<Cluster> {
  const { process, local, live, store, clock, log, drop } = options
  if (store.engine !== 'postgres')
    throw new ConfigError('--broker', '', 'needs a database that all processes share', 'Set DATABASE_URL to the same PostgreSQL for each of them')
  const topics = topicsOf(options.cluster ?? 'default')
  const run = randomBytes(8).toString('hex')
  const client = mqttClient({
    dial: typeof options.broker === 'string' ? dialOf(options.broker, options.login) : options.broker,
    clientId: `pilotwire-csms-${run}`,
    will: { topic: topics.process(run), payload: '' },
    clock,
    log,
    chance,
  })
  const telling = retained(client)
  const dropped = refusals(clock, log)
  const asks = asking({ run, topics, client, clock, local })
  const feed = changesFeed({ run, topics, client, retained: telling, clock, live })
  const members = presence({
    run,
    process,
    topics,
    retained: telling,
    now: () => clock.now().epochMs,
    log,
    drop,
    died(dead, name) {
      log.warn({ process: name }, 'a process of this cluster is gone')
      asks.died(dead)
      feed.died(dead)
      void keeping.died(name)
    },
    came: () => roll.call(),
    missed: () => keeping.begin(),
  })
  const roll = rollCall({ run, topics, client, clock, own: () => members.own })
  const keeping = keeper({ process, members, feed, chargers: store.chargers, clock, log })
  client.lost.on(asks.forget)
  client.connected.on(() => {
    feed.begin()
    members.begin()
    roll.call()
    keeping.begin()
  })
  const stopHearing = client.received.on((message) => {
    const wrong = take(message, { run, topics, members, asks, feed, roll })
    if (wrong !== undefined) dropped.refuse(message.topic, wrong)
  })
  for (const topic of topics.filters(run)) client.subscribe({ topic, asPublished: true })

  return {
    dispatch: async (station, request) => {
      if (members.own.has(station)) return local(station, request)
      if (!client.isConnected) return { kind: 'impossible', field: undefined, description: unreachable }
      const holder = members.holderOf(station)
      return holder === undefined ? local(station, request) : asks.ask(holder, station, request)
    },
    live: feed.live,
    here: members.here,
    gone: members.gone,
    async close() {
      // Its own good-bye comes back, too.
      stopHearing()
      keeping.close()
      roll.close()
      dropped.close()
      feed.close()
      asks.forget()
      await client.close({ topic: topics.process(run), payload: '' })
    },
  }
}

const unreachable = 'the station is not at this process, and the others cannot be reached: the MQTT broker is away'

function dialOf(typed: string, { user, password }: NonNullable<JoinOptions['login']> = { user: undefined, password: undefined }): DialMqtt {
  const broker = { ...brokerAddress(typed, '--broker', ''), ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) }
  return dialMqtt(broker, { needs5: true, largestPacket: longestMessage + 8_192 })
}

interface Parts {
  readonly run: string
  readonly topics: Topics
  readonly members: Presence
  readonly asks: Asking
  readonly feed: ChangesFeed
  readonly roll: RollCall
}

/** Bytes of a message about a process or a station. */
const longestWord = 2_048
/** Empty: it is taken away. */
const wordOf = <T extends TSchema>({ payload }: MqttMessage, schema: T): Read<Static<T> | undefined> =>
  payload.length === 0 ? { value: undefined } : read(payload, longestWord, schema)

/** What a message means here. Returns what is wrong with it. */
function take(message: MqttMessage, { run, topics, members, asks, feed, roll }: Parts): string | undefined {
  const { kind, name } = topics.read(message.topic) ?? { kind: undefined, name: '' }
  if (kind === undefined) return 'no topic of this cluster'
  if (kind === 'ask') return asks.asked(message)
  if (kind === 'answer') return asks.answered(message)
  if (kind === 'process') {
    const alive = wordOf(message, Alive)
    // What somebody wrote over our own is written again.
    if (alive.wrong === undefined || name === run) members.runIs(name, alive.value?.process)
    return alive.wrong
  }
  if (kind === 'station') {
    const holder = wordOf(message, Holder)
    members.holderIs(name, holder.value)
    return holder.wrong
  }
  if (name === run) return undefined
  if (kind === 'stations') return roll.heard(name, message.payload, members.holderIs)
  return kind === 'watch' ? feed.wants(name, message.payload) : feed.heard(message.payload)
}
