import type { House } from '../../hal/simulated/house.ts'
import { type Command, command, oneOf, optional, quantity, type Reply } from '../local/command.ts'

/** What hands can do at a simulated house, by lines of words as at the outlets. True: there is a house. */
export interface HouseHands {
  /** A per phase; a phase that is left out keeps its load. */
  load(amps: readonly number[]): Promise<boolean>
  /** W. */
  solar(watts: number): Promise<boolean>
  /** Off: nothing more comes from the grid meter. */
  meter(answers: boolean): Promise<boolean>
  /** As the board file has it; true without a house too. */
  reset(): Promise<boolean>
}

const mostAmps = 200
const mostWatts = 100_000

export function houseHandsBy(tell: (line: string) => Promise<boolean>): HouseHands {
  return {
    load: (amps) => tell(['house', 'load', ...amps].join(' ')),
    solar: (watts) => tell(`house solar ${watts}`),
    meter: (answers) => tell(`house meter ${answers ? 'on' : 'off'}`),
    reset: () => tell('house reset'),
  }
}

/** @param words after `house`. False for what is not known, or where there is no house */
export function obeyHouse(house: House | undefined, [what, ...words]: readonly string[]): boolean {
  if (what === 'reset' && words.length === 0) {
    house?.reset()
    return true
  }
  if (house === undefined) return false
  const values = words.map(Number)
  const areWithin = (most: number) => words.length > 0 && words.every((each) => each !== '') && values.every((each) => each >= 0 && each <= most)
  if (what === 'load' && words.length <= 3 && areWithin(mostAmps)) house.setLoad(values)
  else if (what === 'solar' && words.length === 1 && areWithin(mostWatts)) house.setSolar(values[0] ?? 0)
  else if (what === 'meter' && words.length === 1) house.setMeter(words[0] === 'on')
  else return false
  return true
}

/** Rows for the house around a simulated charger. */
export function houseCommands(hands: HouseHands): readonly Command[] {
  const told = async (done: Promise<boolean>): Promise<Reply> => ((await done) ? 'ok' : 'error this board has no house: start with --board simulated-house')
  const phase = (name: string) => quantity(name, 'A', 0, mostAmps)
  return [
    command({
      name: 'house',
      parameters: [phase('L1'), optional(phase('L2')), optional(phase('L3'))],
      help: 'what the house draws beside the cars, A per phase; a phase that is left out keeps its load',
      run: (_context, amps) => told(hands.load(amps.filter((each) => each !== undefined))),
    }),
    command({
      name: 'solar',
      parameters: [quantity('watts', 'W', 0, mostWatts)],
      help: 'what the roof of the house gives, spread over its phases',
      run: (_context, [watts]) => told(hands.solar(watts)),
    }),
    command({
      name: 'gridmeter',
      parameters: [oneOf('on|off', ['on', 'off'])],
      help: 'whether the grid meter of the house answers',
      run: (_context, [word]) => told(hands.meter(word === 'on')),
    }),
  ]
}
