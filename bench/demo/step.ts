import type { StationAnswer, StationRequest } from '../csms/ocpp/station-request.ts'
import type { Token } from '../csms/rest/shapes.ts'
import type { BenchStore } from '../csms/store/store.ts'
import type { DayStation } from './station.ts'

/** What the steps of a day work on. */
export interface DayWorld {
  station(id: string): DayStation
  readonly stations: readonly DayStation[]
  readonly store: BenchStore
  /** The time of the day, epoch ms. */
  readonly now: number
  /** Hands at a station: a line of its control door. Resolves to the answer, `ok started`. Time passes meanwhile. */
  hands(id: string, line: string): Promise<string>
  /** The central system asks a station. Time passes meanwhile. */
  ask(id: string, request: StationRequest): Promise<StationAnswer>
}

/** One thing that happens. @throws Error when it could not be done, in words */
export type Act = (world: DayWorld) => Promise<void>

/** What must come of it, and what is then told. */
export interface Outcome {
  isSo(world: DayWorld): boolean
  /** Looked at when time has stood still: what takes a question to the database. */
  isKept?(world: DayWorld): Promise<boolean>
  words(world: DayWorld): string
}

/** A row of the day. */
export interface Step {
  /** `07:30` */
  readonly at: string
  readonly words: string
  readonly acts: readonly Act[]
  readonly outcome: Outcome
  /** How long it may take, min of the day; 5 when left out. */
  readonly withinMin?: number
  /** Something that goes wrong in a day, and how it is dealt with: for the summary. */
  readonly trouble?: { readonly what: string; readonly remedy: string }
}

export interface Day {
  readonly cards: readonly Token[]
  /** Identity and board of each. */
  readonly stations: readonly (readonly [id: string, board: string])[]
  readonly steps: readonly Step[]
}

// The words in which steps are written.

export const plug = (id: string): Act => hands(id, 'plugin')
export const unplug = (id: string): Act => hands(id, 'unplug')

/** @param answer what the station says; anything when left out: what comes of it is the outcome's */
export function hands(id: string, line: string, answer?: RegExp): Act {
  return async (world) => {
    const said = await world.hands(id, line)
    if (answer !== undefined && !answer.test(said)) throw new Error(`${id} answered ${said}`)
  }
}

/** Its program dies in the middle of a word, and is started again. */
export const crash =
  (id: string): Act =>
  async (world) =>
    void world.station(id).crash()

export const network =
  (id: string, isThere: boolean): Act =>
  async (world) =>
    world.station(id).connect(isThere)

/** @param accepts false: the station is expected to refuse */
export function ask(id: string, request: StationRequest | ((now: number) => StationRequest), accepts = true): Act {
  return async (world) => {
    const answer = await world.ask(id, typeof request === 'function' ? request(world.now) : request)
    if ((answer.kind === 'answered' && answer.isAccepted) !== accepts) throw new Error(`${id} answered ${answerWords(answer)}`)
  }
}

/** The central system ends what runs there. */
export const stop =
  (id: string): Act =>
  async (world) => {
    const { transaction } = world.station(id)
    if (transaction === undefined) throw new Error(`nothing runs at ${id}`)
    await ask(id, { kind: 'stop', transaction })(world)
  }

function answerWords(answer: StationAnswer): string {
  if (answer.kind === 'answered') return answer.status ?? 'something else'
  return 'description' in answer ? answer.description : answer.kind
}

/** All of them charge. */
export const charging = (...ids: readonly string[]): Outcome => ({
  isSo: (world) => ids.every((id) => world.station(id).status === 'charging' && world.station(id).watts > 500),
  words: (world) => ids.map((id) => `${id} charges with ${kilowatts(world.station(id).watts)}`).join(', '),
})

export const status = (id: string, wanted: string, words: string): Outcome => ({ isSo: (world) => world.station(id).status === wanted, words: () => words })

/** The place is free, and everything about it is told. */
export const free = (id: string): Outcome => ({
  isSo: (world) => world.station(id).status === 'available' && world.station(id).hasToldAll,
  words: (world) => `${id} is free again, its meter stands at ${(world.station(id).registerWh / 1_000).toFixed(1)} kWh`,
})

/** Together they draw at most so much, and each of them something. */
export const atMost = (kw: number, ...ids: readonly string[]): Outcome => ({
  isSo: (world) => sum(world, ids) <= kw * 1_020 && ids.every((id) => world.station(id).watts > 500),
  words: (world) => `${ids.map((id) => `${id} ${kilowatts(world.station(id).watts)}`).join(' + ')} = ${kilowatts(sum(world, ids))}`,
})

const sum = (world: DayWorld, ids: readonly string[]) => ids.reduce((total, id) => total + world.station(id).watts, 0)
const kilowatts = (watts: number) => `${(watts / 1_000).toFixed(1)} kW`
