import type { Fault, RaisedFault } from '../core/charge-point.ts'

/** What is wrong, and what to do about it, for the person who stands before the charger. */
export interface FaultWords {
  readonly words: string
  readonly remedy: string
}

const electrician = 'Do not use it; call an electrician'
const replug = 'Unplug the car, then plug it in again'

/** One line for each fault of the guard (safety rule 23). How each clears stands in its interlock table. */
export const faultWords: Readonly<Record<Fault, FaultWords>> = {
  emergencyStop: { words: 'The emergency stop is pressed', remedy: 'Find out why it was pressed, then release it' },
  residualCurrent: {
    words: 'Current leaks to earth (residual current)',
    remedy: 'Unplug the car; when it comes again without the car, or with another one, call an electrician',
  },
  residualSelfTest: { words: 'The residual-current device failed its self-test', remedy: electrician },
  weld: {
    words: 'The contactor does not open: its contacts are welded',
    remedy: 'Switch the charger off at its breaker and have the contactor exchanged, then clear the fault',
  },
  noClose: {
    words: 'The contactor does not close',
    remedy: 'It is tried again by itself; when it stays, have the contactor, its coil and its mirror contact checked',
  },
  currentWhileOpen: {
    words: 'Current flows although the contactor is open',
    remedy: 'Switch the charger off at its breaker and have contactor and meter checked, then clear the fault',
  },
  evNotFollowing: { words: 'The car draws more than it is offered', remedy: `${replug}; when it comes again, have the car checked` },
  overCurrent: { words: 'The car draws far more than it is offered', remedy: `${replug}; when it comes again, have car and meter checked` },
  overTemperature: {
    words: 'The charger is too hot',
    remedy: 'It goes on by itself once it has cooled; give it shade and air, and have the clamps checked when it comes again',
  },
  temperatureSensor: { words: 'The temperature sensor says nothing', remedy: 'Have the sensor and its wires checked' },
  protectiveEarth: { words: 'The protective earth is missing', remedy: electrician },
  diode: { words: 'The pilot diode of the car is missing: this may be no car', remedy: `${replug}; when it comes again, have cable and car checked` },
  pilotShort: { words: 'The control pilot is shorted', remedy: `${replug}; when it comes again, have the cable checked` },
  pilotStale: {
    words: 'The pilot electronics do not answer',
    remedy: 'It goes on by itself once they answer; when it stays, have the EVSE controller and its wires checked',
  },
  ventilation: { words: 'The car asks for ventilation, which there is none of here', remedy: 'Unplug the car: it cannot charge at this outlet' },
  proximity: { words: 'The cable is not recognised', remedy: `${replug}, or use another cable` },
  voltage: { words: 'The mains voltage is out of its bounds', remedy: 'It goes on by itself once the mains are right; when it stays, call an electrician' },
  phaseLoss: { words: 'A phase of the mains is missing', remedy: 'Look at the breakers and fuses; when they are on, call an electrician' },
  lock: { words: 'The plug cannot be locked', remedy: 'Push the plug in all the way; when it stays, have the lock checked' },
  meterLost: { words: 'The meter does not answer', remedy: 'Have the meter, its supply and its wires checked: `pilotwire probe meter` reads it' },
  tamper: { words: 'The housing is open', remedy: 'Look at it, close it, then clear the fault' },
  loopLag: { words: 'The computer was too slow to watch over the contactor', remedy: 'It goes on by itself after 10 s; stop other programs on this computer' },
  board: {
    words: 'The board of the charger has failed',
    remedy: 'Read the log, repair what it names, then clear the fault; `pilotwire doctor` looks at the wires',
  },
}

/** Of a fault that somebody reported by command. */
export function raisedWords(raised: RaisedFault): FaultWords {
  return { words: `Somebody reported a fault (${raised})`, remedy: 'Clear it with `error noerror`' }
}
