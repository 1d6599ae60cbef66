import type { Clock } from '../../../src/base/clock.ts'
import type { Unit } from '../modbus/slave.ts'
import { car } from './car.ts'

/** An EVSE-WB as its data sheet has it: holding registers 1000 to 1007 and 2000 to 2007, PWM while a current is set and the commands do not say off,
 *  an output that closes 50 ms after the car asks and opens 50 ms after it does not. What is told it stays. */
export function evseWbModel(clock: Clock, o: { readonly bootAmps?: number; readonly firmware?: number; readonly isPrecise?: boolean } = {}) {
  let failure = 0
  let isClosed = false
  let onOutput: (isClosed: boolean) => void = () => {}
  const written: (readonly [at: number, value: number])[] = []
  const registers = new Map<number, number>([
    [1000, o.bootAmps ?? 0],
    [1003, 32],
    [1004, 0],
    [1005, o.firmware ?? 18],
    [2000, o.bootAmps ?? 0],
    [2001, 0],
    [2002, 6],
    [2003, 0],
    [2004, 0],
    [2005, o.isPrecise === true ? 0x80 : 0],
    [2006, 0],
    [2007, 0],
  ])
  const register = (at: number) => registers.get(at) ?? 0
  const output = () => ((register(1004) & 1) !== 0 || failure !== 0 ? 0 : register(1000))
  const follow = () => {
    ev.pwm(output() > 0)
    const wanted = output() > 0 && (ev.state === 'C' || ev.state === 'D')
    if (wanted === isClosed) return
    clock.after('relay', 50, () => {
      const now = output() > 0 && (ev.state === 'C' || ev.state === 'D')
      if (now === isClosed) return
      isClosed = now
      onOutput(isClosed)
    })
  }
  const ev = car(clock, () => follow())
  const vehicle = () => (failure === 0 ? { A: 1, B: 2, C: 3, D: 4 }[ev.state] : 5)
  const status = () => (isClosed ? 1 : 0) | failure
  const unit: Unit = {
    read(from, at) {
      if (from !== 'holding') return undefined
      const live: Readonly<Record<number, () => number>> = { 1001: output, 1002: vehicle, 1006: () => (output() > 0 ? 2 : 1), 1007: status }
      return live[at]?.() ?? registers.get(at)
    },
    write(at, value) {
      if (!registers.has(at)) return false
      written.push([at, value])
      registers.set(at, value)
      follow()
      return true
    },
  }
  return {
    unit,
    ev,
    written,
    registers,
    get isClosed() {
      return isClosed
    },
    get amps() {
      return output()
    },
    /** Bits of register 1007; 0: none. */
    fail(bits: number) {
      failure = bits
      follow()
    },
    onOutput(listener: (isClosed: boolean) => void) {
      onOutput = listener
    },
  }
}
