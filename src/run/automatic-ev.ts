import type { Clock, Timer } from '../base/clock.ts'
import { seconds } from '../base/units.ts'
import type { ChargePoint, EvseView } from '../core/charge-point.ts'

/** The car and whoever handles its cable. */
export interface AutomaticCar {
  plugIn(evse: number): void
  unplug(evse: number): void
  /** From now on this is the car at every outlet. */
  become(car: { readonly wantsAmps: number; readonly phases: 1 | 3 }): void
}

export interface AutomaticEv {
  readonly isOn: boolean
  set(on: boolean): void
  close(): void
}

/** A person walks from the reader to the socket, and back. */
const walk = seconds(2)
/** 230 V, 16 A, one phase: 3.7 kW. */
export const ordinaryCar = { wantsAmps: 16, phases: 1 } as const

/** What the automatic EV knows of one outlet. */
interface Outlet {
  /** It put the cable in, or saw a transaction with it. */
  isOurs: boolean
  wasPlugged: boolean
  pending: { readonly act: 'plugIn' | 'unplug'; readonly timer: Timer } | undefined
}

/** A car that comes when a card waits for it, and leaves when the transaction has ended. It only watches the charge point:
 *  everything it does, a person with a cable could do. */
export function automaticEv(chargePoint: Pick<ChargePoint, 'evses' | 'view' | 'changed'>, car: AutomaticCar, clock: Clock, startsOn: boolean): AutomaticEv {
  const outlets = new Map<number, Outlet>(chargePoint.evses.map((evse) => [evse, { isOurs: false, wasPlugged: false, pending: undefined }]))
  let isOn = false

  const look = (view: EvseView) => {
    const outlet = outlets.get(view.evse)
    if (!isOn || outlet === undefined) return
    const { isPlugged } = view.report
    if (isPlugged && view.transaction !== undefined) outlet.isOurs = true
    if (!isPlugged && outlet.wasPlugged) outlet.isOurs = false
    outlet.wasPlugged = isPlugged
    const act = due(view, outlet.isOurs)
    if (act === outlet.pending?.act) return
    outlet.pending?.timer.stop()
    outlet.pending =
      act === undefined ? undefined : { act, timer: clock.after(`automatic EV ${act} ${view.evse}`, walk, () => perform(act, view.evse, outlet)) }
  }
  const perform = (act: 'plugIn' | 'unplug', evse: number, outlet: Outlet) => {
    outlet.pending = undefined
    outlet.isOurs = act === 'plugIn'
    car[act](evse)
  }
  const set = (on: boolean) => {
    if (on) car.become(ordinaryCar)
    isOn = on
    for (const [evse, outlet] of outlets) {
      outlet.pending?.timer.stop()
      outlet.pending = undefined
      outlet.isOurs = false
      look(chargePoint.view(evse))
    }
  }

  const stopWatching = chargePoint.changed.on(look)
  if (startsOn) set(true)
  return {
    get isOn() {
      return isOn
    },
    set,
    close() {
      isOn = false
      for (const outlet of outlets.values()) outlet.pending?.timer.stop()
      stopWatching()
    },
  }
}

/** A card waits and no car is there: plug in. Our car is there and nothing holds it any more: unplug. */
function due(view: EvseView, isOurs: boolean): 'plugIn' | 'unplug' | undefined {
  const { isPlugged } = view.report
  const isWanted = view.waitingToken !== undefined || view.transaction !== undefined
  if (!isPlugged) return view.waitingToken !== undefined && !isOurs ? 'plugIn' : undefined
  return isOurs && !isWanted ? 'unplug' : undefined
}
