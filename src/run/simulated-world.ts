import type { BuiltBoard } from '../../hal/build.ts'
import { faultNames, type PlantFault } from '../../hal/simulated/faults.ts'
import { type HouseHands, houseHandsBy, obeyHouse } from './simulated-house.ts'

/** Names of everything that can be broken. */
export const breakable: readonly PlantFault[] = faultNames

export type Simulation = NonNullable<BuiltBoard['simulation']>
type Plant = Simulation['plants'][number]

/** What hands can do at one outlet of the simulated world. An act is a line of words, so that the core can ask a guard in another process for it. True: something came of it. */
interface Act<Values extends readonly (number | boolean | string)[]> {
  /** Undefined: not what it takes. */
  read(words: readonly string[]): Values | undefined
  run(plant: Plant, ...values: Values): boolean
}

const plain = (run: (plant: Plant) => boolean): Act<[]> => ({ read: (words) => (words.length === 0 ? [] : undefined), run })
const done = (run: (plant: Plant) => void) =>
  plain((plant) => {
    run(plant)
    return true
  })
const quantityOf = (word: string | undefined, most: number): number | undefined => {
  const value = word === undefined || word === '' ? Number.NaN : Number(word)
  return value >= 0 && value <= most ? value : undefined
}

const acts = {
  /** False: a car is there already. */
  plugIn: plain((plant) => {
    if (plant.isPlugged) return false
    plant.plugIn()
    return true
  }),
  /** False: nothing is plugged in. */
  unplug: plain((plant) => {
    if (!plant.isPlugged && !plant.hasCable) return false
    plant.unplug()
    return true
  }),
  suspend: done((plant) => plant.suspend()),
  resume: done((plant) => plant.resume()),
  full: done((plant) => plant.full()),
  delay: done((plant) => plant.delay(true)),
  noDelay: done((plant) => plant.delay(false)),
  /** The battery is full after so many Wh. */
  fullAfter: {
    read: ([wh]: readonly string[]) => one(quantityOf(wh, 1_000_000)),
    run(plant: Plant, wh: number) {
      plant.fullAfter(wh)
      return true
    },
  },
  /** The car wants so much, A per phase. */
  want: {
    read: ([amps]: readonly string[]) => one(quantityOf(amps, 80)),
    run(plant: Plant, wantsAmps: number) {
      plant.setEv({ wantsAmps })
      return true
    },
  },
  /** The car wants so much of a DC outlet, W. */
  wantPower: {
    read: ([watts]: readonly string[]) => one(quantityOf(watts, 1_000_000)),
    run(plant: Plant, wantsWatts: number) {
      plant.setEv({ wantsWatts })
      return true
    },
  },
  /** The car uses so many phases. */
  phases: {
    read: ([phases]: readonly string[]) => one(phases === '1' ? (1 as const) : phases === '3' ? (3 as const) : undefined),
    run(plant: Plant, phases: 1 | 3) {
      plant.setEv({ phases })
      return true
    },
  },
  /** Its battery holds so many Wh, so many percent of them when it is plugged in. */
  battery: {
    read([wh, percent]: readonly string[]): [number, number] | undefined {
      const [size, charge] = [quantityOf(wh, 1_000_000), quantityOf(percent, 100)]
      return size === undefined || size < 1 || charge === undefined ? undefined : [size, charge]
    },
    run(plant: Plant, batteryWh: number, percent: number) {
      plant.setEv({ batteryWh, charge: percent / 100 })
      return true
    },
  },
  /** Another car: A per phase, and phases. */
  become: {
    read([amps, phases]: readonly string[]): [number, 1 | 3] | undefined {
      const wants = quantityOf(amps, 80)
      return wants === undefined || (phases !== '1' && phases !== '3') ? undefined : [wants, phases === '1' ? 1 : 3]
    },
    run(plant: Plant, wantsAmps: number, phases: 1 | 3) {
      plant.setEv({ wantsAmps, phases })
      return true
    },
  },
  break: {
    read: ([name]: readonly string[]) => one(faultNames.find((each) => each === name)),
    run(plant: Plant, name: PlantFault) {
      plant.setFault(name, true)
      return true
    },
  },
  /** False: nothing was broken. */
  mend: plain((plant) => {
    const broken = [...plant.faults]
    for (const each of broken) plant.setFault(each, false)
    return broken.length > 0
  }),
  /** False: nothing was plugged in or broken. */
  reset: plain((plant) => {
    const wasTouched = plant.faults.size > 0 || plant.isPlugged
    plant.reset()
    return wasTouched
  }),
}
type Acts = typeof acts
type ValuesOf<Name extends keyof Acts> = Acts[Name] extends Act<infer Values> ? Values : never

const one = <T>(value: T | undefined): [T] | undefined => (value === undefined ? undefined : [value])

/** Hands at the simulated world, wherever it lives. */
export type Hands = { readonly [Name in keyof Acts]: (evse: number, ...values: ValuesOf<Name>) => Promise<boolean> } & { readonly house: HouseHands }

/** @param tell takes a line of words to where the world lives */
export function handsBy(tell: (line: string) => Promise<boolean>): Hands {
  const entries = Object.keys(acts).map((name) => [name, (evse: number, ...values: readonly unknown[]) => tell([name, evse, ...values].join(' '))])
  return { ...Object.fromEntries(entries), house: houseHandsBy(tell) } as Hands
}

/** Hands for a world in this process: they act at once. */
export function handsAt(simulation: Simulation): Hands {
  const obey = obeying(simulation)
  return handsBy((line) => Promise.resolve(obey(line)))
}

/** Does what a line says; false for one that says nothing that is known. */
export function obeying({ plants, house }: Simulation): (line: string) => boolean {
  return (line) => {
    const [name = '', evse, ...words] = line.split(' ')
    if (name === 'house') return obeyHouse(house, [evse ?? '', ...words])
    const act = Object.hasOwn(acts, name) ? (acts[name as keyof Acts] as Act<(number | boolean | string)[]>) : undefined
    const plant = plants.find((each) => String(each.evse) === evse)
    const values = act?.read(words)
    return act !== undefined && plant !== undefined && values !== undefined && act.run(plant, ...values)
  }
}
