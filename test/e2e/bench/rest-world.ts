import { noteAttendance } from '../../../bench/csms/attendance.ts'
import { keptBooks } from '../../../bench/csms/books/kept-books.ts'
import { centralSystem } from '../../../bench/csms/central-system.ts'
import { openDoor } from '../../../bench/csms/door.ts'
import { localLive } from '../../../bench/csms/local-live.ts'
import { dispatchOver } from '../../../bench/csms/ocpp/dispatch.ts'
import { restDoor } from '../../../bench/csms/rest/door.ts'
import type { RestParts } from '../../../bench/csms/rest/parts.ts'
import { openBenchStore } from '../../../bench/csms/store/open.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { type Log, silentLog } from '../../../src/base/log.ts'
import { millis } from '../../../src/base/units.ts'
import { handStation } from '../../bench/csms/station.ts'

export const token = 'kd7m-p3xq-9w2c'
export const bearer = { authorization: `Bearer ${token}` }

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

/** A whole central system with its REST door and a database in memory, for stations written by hand. */
export async function restWorld(more: Partial<RestParts> = {}) {
  const clock = systemClock()
  const lines: string[] = []
  const note = (fields: unknown, event: string) => void lines.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = { ...silentLog, info: note, warn: note, error: note, with: () => log }
  const store = await openBenchStore({ file: ':memory:', clock, log, currency: 'EUR', tariffPerKwh: 0.4 })
  const system = centralSystem({ clock, log: silentLog, messageTimeout: millis(1_000), ...keptBooks({ store, clock, log }) })
  const live = localLive(store, system)
  const attendance = noteAttendance(system, store, { process: 'one', log, noted: () => {} })
  const ocpp = await openDoor(system, { port: 0 })
  const parts: RestParts = {
    ...{ clock, log, store, dispatch: dispatchOver(system), live, version: '9.9.9', process: 'one', token, currency: 'EUR', tariffPerKwh: 0.4 },
    ...{ corsOrigins: [], tiles: undefined, tilesAttribution: undefined, dashboard: undefined, ...more },
  }
  const door = await restDoor(parts, { host: '127.0.0.1', port: 0 })
  const ask = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = bearer): Promise<Answered> => {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await fetch(`${door.url}${path}`, { method, headers: { ...type, ...headers }, ...sent, redirect: 'manual' })
    const text = await answer.text()
    const isJson = text !== '' && /[/+]json/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : {} }
  }
  return {
    parts,
    store,
    system,
    ocpp,
    door,
    lines,
    ask,
    now: () => new Date(clock.now().epochMs).toISOString(),
    /** Connected, booted, and one connector Available. */
    async station(id: string) {
      const station = await handStation(ocpp.url, id)
      Object.assign(station.answers, {
        GetConfiguration: { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }], unknownKey: [] },
        UnlockConnector: { status: 'Unlocked' },
      })
      await station.call('BootNotification', { chargePointVendor: 'Pilotwire', chargePointModel: 'Hand' })
      await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })
      await attendance.settled()
      return station
    },
    async close() {
      await door.close()
      system.close()
      await attendance.settled()
      await ocpp.close()
      await store.close()
    },
  }
}

export type RestWorld = Awaited<ReturnType<typeof restWorld>>

/** A stream of server-sent events as a browser hears it. */
export async function listening(url: string, path: string, headers: Readonly<Record<string, string>> = bearer) {
  const ending = new AbortController()
  const answer = await fetch(`${url}${path}`, { headers, signal: ending.signal })
  const reader = (answer.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    status: answer.status,
    headers: answer.headers,
    /** Waits for the next event of this name whose data fits. */
    async next<T>(event: string, fits: (data: T) => boolean = () => true): Promise<T> {
      for (;;) {
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(text.slice(0, end)) ?? []
          text = text.slice(end + 2)
          if (name === event && fits(JSON.parse(data) as T)) return JSON.parse(data) as T
        }
        const { value, done } = await reader.read()
        if (done) throw new Error(`the stream ended before ${event}`)
        text += value
      }
    },
    /** Resolves once the door has ended it. */
    async ended() {
      try {
        while (!(await reader.read()).done);
      } catch {
        // Cut.
      }
    },
    close: () => ending.abort(),
  }
}
