import type { Clock, Timer } from '../../../src/base/clock.ts'
import type { MqttClient } from '../../../src/base/mqtt/client.ts'
import { millis, seconds } from '../../../src/base/units.ts'
import { slices } from './slices.ts'
import type { Topics } from './topics.ts'
import { type Holder, read, Stations } from './words.ts'

/** A broker hands out a bounded number of retained messages (mosquitto: a thousand, then it drops): who joins a large cluster would not hear
 *  of all stations. So each process tells its stations in lists too: when another one comes, and now and then. */
const soon = millis(200)
const nowAndThen = seconds(60)
const longestList = 262_144

export interface RollCall {
  /** Somebody came who knows nothing yet. */
  call(): void
  /** The stations of another run. Returns what is wrong with it. */
  heard(run: string, payload: Uint8Array, take: (station: string, holder: Holder) => void): string | undefined
  close(): void
}

export interface RollCallOptions {
  readonly run: string
  readonly topics: Topics
  readonly client: MqttClient
  readonly clock: Clock
  readonly own: () => Iterable<readonly [station: string, held: { readonly stamp: number }]>
}

export function rollCall({ run: self, topics, client, clock, own }: RollCallOptions): RollCall {
  let timer: Timer | undefined
  const tell = () => {
    const stations = [...own()].map(([id, { stamp }]) => ({ id, stamp }))
    for (const part of slices(stations)) client.publish(topics.stations(self), JSON.stringify(part), { isRetained: false, isSure: true })
    timer = clock.after('stations for other processes', nowAndThen, tell)
  }
  return {
    call() {
      timer?.stop()
      timer = clock.after('stations for other processes', soon, tell)
    },
    heard(run, payload, take) {
      const stations = read(payload, longestList, Stations)
      if (stations.wrong !== undefined) return stations.wrong
      for (const { id, stamp } of stations.value) take(id, { run, stamp })
      return undefined
    },
    close: () => timer?.stop(),
  }
}
