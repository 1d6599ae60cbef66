import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { SerialPort } from 'serialport'
import { systemClock } from '../../src/base/clock.ts'
import { detected, dutyOf, offeredAmps, type Peaks, type Pin, peaksOf, stateOf } from './pilot-wire.ts'
import { sdm630 } from './sdm630.ts'
import { converterUv, i2c, lines, meterUnit, pilotInputs, pwm, serial } from './wires.ts'
import { type Ask, type Happening, type PlantState, untouched } from './wishes.ts'

/** The world at the other end of the wires, a process of its own in the machine: node test/hil/plant.ts SIM-DIRECTORY.
 *  Every 5 ms it reads what the charger does to its lines and its PWM, and moves car, contactor, meter and monitor. `hands.ts`
 *  tells it what a person would do. */

const stepMs = 5
/** From the coil to the contacts. */
const travelMs = 20
/** From the test input to the trip, and back. */
const tripMs = 50
/** The pump behind the dead-man line holds the coil's supply for this long without an edge. */
const pumpMs = 200

/** A file of sysfs, kept open. */
function sysfs(path: string) {
  const file = openSync(path, 'r+')
  const buffer = Buffer.alloc(80)
  let written: string | undefined
  return {
    read: () => buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).trim(),
    write(text: string) {
      if (text !== written) writeSync(file, text, 0)
      written = text
    },
    close: () => closeSync(file),
  }
}
const readOnly = (path: string) => {
  const file = openSync(path, 'r')
  const buffer = Buffer.alloc(80)
  return () => buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).trim()
}

/** True as soon as the input was true for `ms`, false as soon as it was false for as long. */
function delayed(ms: number) {
  let [is, since] = [false, 0]
  return (wanted: boolean, now: number): boolean => {
    if (wanted === is) since = now
    else if (now - since >= ms) is = wanted
    return is
  }
}

function run(simulated: string): void {
  const clock = systemClock()
  let wishes = untouched
  const outputOf = (line: number) => readOnly(`${simulated}/sim_gpio${line}/value`)
  const inputTo = (line: number) => {
    const pull = sysfs(`${simulated}/sim_gpio${line}/pull`)
    return (level: boolean) => pull.write(level ? 'pull-up' : 'pull-down')
  }
  const [contactor, test, deadMan] = [outputOf(lines.contactor), outputOf(lines.residualTest), outputOf(lines.deadMan)]
  const [mirror, trip, stop] = [inputTo(lines.mirror), inputTo(lines.residualTrip), inputTo(lines.emergencyStop)]
  const [high, low] = [sysfs(`${i2c.model}/ain${pilotInputs.high}_uv`), sysfs(`${i2c.model}/ain${pilotInputs.low}_uv`)]
  const channel = readOnly(`${pwm.model}/channel${pwm.channel}`)

  const happenings: Happening[] = []
  const happen = (what: Happening['what']) => happenings.push({ at: clock.monotonic(), what })
  const [contacts, monitor] = [delayed(travelMs), delayed(tripMs)]
  let s2 = delayed(wishes.reactionMs)
  let [peaks, last]: [Peaks, number] = [{ highV: -12, lowV: -12 }, clock.monotonic()]
  let [areContactsClosed, isCoilOn, isS2Closed, importWh, ampsPerPhase] = [false, false, false, 1_234_567, 0]
  let [pilot, beat, beats, beatAt]: [PlantState['pilot'], string, number, number] = ['A', '', 0, Number.NEGATIVE_INFINITY]
  let duty: number | undefined

  const contactorMoves = (now: number) => {
    const heard = deadMan()
    if (heard !== beat) {
      beats++
      beatAt = now
    }
    beat = heard
    // The line alone: what the charger wants, whatever the pump says.
    const coil = contactor() === '1'
    if (coil !== isCoilOn) happen(coil ? 'coil on' : 'coil off')
    isCoilOn = coil
    const wanted = (coil && now - beatAt < pumpMs && !wishes.isJammed) || (areContactsClosed && wishes.isWelded)
    const closed = contacts(wanted, now)
    if (closed !== areContactsClosed) happen(closed ? 'contacts closed' : 'contacts open')
    areContactsClosed = closed
    mirror(closed)
  }
  const carMoves = (now: number) => {
    const [on, period, dutyNs] = channel().split(' ').map(Number)
    const pin: Pin = { isOn: on === 1, periodNs: period ?? 0, dutyNs: dutyNs ?? 0 }
    duty = dutyOf(pin)
    const willing = wishes.isPlugged && wishes.isReady
    isS2Closed = s2(willing && offeredAmps(duty) >= 6, now) && willing
    const state = stateOf(wishes, isS2Closed)
    if (state !== pilot) happen(`state ${state}`)
    pilot = state
    peaks = detected(peaks, peaksOf(pin, wishes, state), now - last)
    high.write(String(converterUv(peaks.highV)))
    low.write(String(converterUv(peaks.lowV)))
  }
  const step = () => {
    const now = clock.monotonic()
    contactorMoves(now)
    carMoves(now)
    trip(wishes.hasResidualCurrent || monitor(test() === '1' && !wishes.isMonitorDead, now))
    stop(wishes.isEmergencyStopped)
    ampsPerPhase = areContactsClosed && isS2Closed ? Math.min(wishes.wantsAmps, offeredAmps(duty)) : 0
    importWh += (3 * ampsPerPhase * wishes.volts * (now - last)) / 3_600_000
    last = now
  }

  const meter = new SerialPort({ path: serial.meter[1], baudRate: 9600 })
  const slave = sdm630(
    meterUnit,
    () => ({ volts: wishes.volts, amps: ampsPerPhase, importWh }),
    (frame) => void meter.write(frame),
  )
  meter.on('data', (bytes: Buffer) => {
    if (!wishes.isMeterSilent) slave(bytes)
  })
  const reader = new SerialPort({ path: serial.reader[1], baudRate: 9600 })
  /** RDM6300: version and tag in ten hexadecimal digits, and their exclusive or. */
  const present = (card: string) => {
    const sum = Buffer.from(card, 'hex').reduce((all, byte) => all ^ byte, 0)
    reader.write(`\x02${card}${sum.toString(16).toUpperCase().padStart(2, '0')}\x03`)
  }

  process.on('message', (ask: Ask) => {
    if ('set' in ask) {
      if (ask.set.reactionMs !== undefined) s2 = delayed(ask.set.reactionMs)
      wishes = { ...wishes, ...ask.set }
    }
    if ('present' in ask) present(ask.present)
    const state: PlantState = { ...peaks, duty, pilot, isCoilOn, areContactsClosed, ampsPerPhase, importWh, beats, happenings }
    process.send?.({ id: ask.id, state })
  })
  // The hands are gone: so is the plant.
  process.on('disconnect', () => process.exit())
  step()
  clock.every('plant', stepMs, step)
  process.send?.({ id: 0 })
}

run(process.argv[2] ?? '')
