import { faultNames, type PlantFault } from '../../hal/simulated/faults.ts'
import { faultWords } from '../local/fault-words.ts'
import type { LocalPorts } from '../local/ports.ts'

/** What is no fault of the guard by the same name. */
const otherWords = {
  mainsOff: 'All phases of the mains are dead; meter and electronics live on',
  limitInput: 'No fault: a contact from outside limits the current',
  mirrorLost: 'The mirror contact of the contactor says nothing',
  phaseSwitch: 'The phase switch stays where it is',
} as const satisfies Partial<Record<PlantFault, string>>

/** Everything that can be broken in the simulated world, with its words. */
export const breakables: NonNullable<LocalPorts['breakables']> = faultNames.map((name) => ({
  name,
  words: name in otherWords ? otherWords[name as keyof typeof otherWords] : faultWords[name as Exclude<PlantFault, keyof typeof otherWords>].words,
}))
