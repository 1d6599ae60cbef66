import type { Board, EvseHardware, Output } from '../../hal/types.ts'

/** The board with every output written down. */
export function recorded(board: Board, write: (line: string) => void): Board {
  const evses = board.evses.map((evse): EvseHardware => {
    const { pilot, contactor, lock, residualCurrent, phaseSwitch, pilotBreak } = evse.controller
    const name = `evse ${evse.number}`
    const output = (what: string, of: Output | undefined): Output | undefined =>
      of && {
        on: () => {
          write(`${name} ${what} on`)
          of.on()
        },
        off: () => {
          write(`${name} ${what} off`)
          of.off()
        },
        get isOn() {
          return of.isOn
        },
      }
    return {
      ...evse,
      shuntTrip: output('shunt trip', evse.shuntTrip),
      indicator: evse.indicator && {
        red: output('red', evse.indicator.red),
        green: output('green', evse.indicator.green),
        blue: output('blue', evse.indicator.blue),
        buzzer: output('buzzer', evse.indicator.buzzer),
      },
      ...(evse.dc && {
        dc: {
          ...evse.dc,
          offer: (watts: number) => {
            write(`${name} watts ${watts}`)
            evse.dc?.offer(watts)
          },
        },
      }),
      controller: {
        ...evse.controller,
        pilotBreak: output('pilot break', pilotBreak),
        phaseSwitch: phaseSwitch && {
          get phases() {
            return phaseSwitch.phases
          },
          choose: (phases) => {
            write(`${name} phases ${phases}`)
            // Rule 17, in every story.
            if (contactor.isClosed) write(`${name} BROKEN: phases switched while closed`)
            phaseSwitch.choose(phases)
          },
        },
        pilot: {
          get sample() {
            return pilot.sample
          },
          drive: (output) => {
            write(`${name} pilot ${JSON.stringify(output)}`)
            pilot.drive(output)
          },
        },
        contactor: {
          get isClosed() {
            return contactor.isClosed
          },
          close: () => {
            write(`${name} close`)
            if (pilot.sample === undefined || lock?.position === 'unlocked') write(`${name} BROKEN: closed while unlocked`)
            contactor.close()
          },
          open: () => {
            write(`${name} open`)
            contactor.open()
          },
        },
        lock: lock && {
          get position() {
            return lock.position
          },
          lock: () => {
            write(`${name} lock`)
            lock.lock()
          },
          unlock: () => {
            write(`${name} unlock`)
            // Rule 11, in every story.
            if (contactor.isClosed) write(`${name} BROKEN: unlocked while closed`)
            lock.unlock()
          },
        },
        residualCurrent: residualCurrent && {
          get isTripped() {
            return residualCurrent.isTripped
          },
          test: () => {
            write(`${name} test`)
            residualCurrent.test()
          },
        },
      },
    }
  })
  return { ...board, evses, emergencyStop: board.emergencyStop, changed: board.changed }
}
