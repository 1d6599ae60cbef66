import { afterAll } from 'vitest'
import { type CentralSystem, type CentralSystemOptions, centralSystem, type StationFrame } from '../../bench/csms/central-system.ts'
import { type Door, openDoor } from '../../bench/csms/door.ts'
import { systemClock } from '../../src/base/clock.ts'
import { type Watched, watched } from './watched.ts'

/** The bench central system on a real port, with everything it heard. */
export interface Central extends CentralSystem {
  readonly url: string
  readonly heard: Watched<StationFrame>
  /** The next request of this action whose payload has these fields, counted from `from`. */
  request(action: string, fields?: Readonly<Record<string, unknown>>, from?: number): Promise<Readonly<Record<string, unknown>>>
  readonly door: Door
}

const doors: Door[] = []
afterAll(() => Promise.all(doors.map((each) => each.close())))

export async function central(options: Omit<CentralSystemOptions, 'clock'> & { readonly port?: number } = {}): Promise<Central> {
  const system = centralSystem({ clock: systemClock(), ...options })
  const heard = watched<StationFrame>()
  system.frames.on(heard.add)
  const door = await openDoor(system, { port: options.port ?? 0 })
  doors.push(door)
  return Object.assign(Object.create(system) as CentralSystem, {
    url: door.url,
    door,
    heard,
    async request(action: string, fields: Readonly<Record<string, unknown>> = {}, from = 0) {
      const found = await heard.next(({ direction, kind, action: its, payload }) => {
        const has = payload as Readonly<Record<string, unknown>>
        return direction === 'in' && kind === 'call' && its === action && Object.entries(fields).every(([name, value]) => has[name] === value)
      }, from)
      return found.payload as Readonly<Record<string, unknown>>
    },
  })
}
