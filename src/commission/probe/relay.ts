import type { Board, EvseHardware, Output } from '../../../hal/types.ts'
import type { Clock } from '../../base/clock.ts'
import { type Millis, seconds } from '../../base/units.ts'

/** Outputs that `probe relay` clicks, by the name that a person types. */
export const relays = ['contactor', 'shunt-trip', 'red', 'green', 'blue', 'buzzer', 'dead-man'] as const
export type Relay = (typeof relays)[number]

const clickFor: Millis = seconds(0.5)

export type ClickOutcome = { readonly kind: 'clicked'; readonly mirror: string } | { readonly kind: 'refused'; readonly why: string }

/** Switches one output ON for half a second. A contactor is never closed while a car asks for energy, or while nobody can tell. */
export async function clickRelay(board: Board, evse: EvseHardware, relay: Relay, clock: Clock): Promise<ClickOutcome> {
  if (relay === 'contactor') return await clickContactor(evse, clock)
  const output = outputOf(board, evse, relay)
  if (output === undefined) return { kind: 'refused', why: `outlet ${evse.number} has no ${relay}` }
  output.on()
  await pause(clock, clickFor)
  const wasOn = output.isOn
  output.off()
  return {
    kind: 'clicked',
    mirror: wasOn === undefined ? 'it cannot be read back' : wasOn ? 'it was read back as ON' : 'it was NOT read back as ON: check its wire',
  }
}

async function clickContactor({ controller, number }: EvseHardware, clock: Clock): Promise<ClickOutcome> {
  const { pilot, contactor, staleAfter, hasPilot } = controller
  const sample = pilot.sample
  if (hasPilot) {
    if (sample === undefined || clock.monotonic() - sample.at > staleAfter)
      return { kind: 'refused', why: 'the pilot cannot be read: nobody knows whether a car is there' }
    if (sample.highV < 11) return { kind: 'refused', why: `a car hangs on outlet ${number} (pilot ${sample.highV.toFixed(1)} V): unplug it first` }
  }
  if (contactor.isClosed === true)
    return { kind: 'refused', why: 'the mirror contact says that the contactor is closed already: is it welded, or the mirror wired the other way round?' }
  contactor.close()
  await pause(clock, clickFor)
  const followed = contactor.isClosed
  contactor.open()
  await pause(clock, clickFor)
  const opened = contactor.isClosed
  if (followed === undefined) return { kind: 'clicked', mirror: 'there is no mirror contact to tell' }
  if (!followed) return { kind: 'clicked', mirror: 'the mirror contact did NOT say closed: check the coil, and how the mirror is wired (isOpenWhenActive)' }
  return {
    kind: 'clicked',
    mirror: opened === false ? 'the mirror contact followed both ways' : 'the mirror contact did NOT say open again: the contacts may be welded',
  }
}

function outputOf(board: Board, { shuntTrip, indicator }: EvseHardware, relay: Exclude<Relay, 'contactor'>): Output | undefined {
  if (relay === 'shunt-trip') return shuntTrip
  return relay === 'dead-man' ? board.deadMan : indicator?.[relay]
}

function pause(clock: Clock, by: Millis): Promise<void> {
  return new Promise((resolve) => clock.after('probe', by, resolve))
}
