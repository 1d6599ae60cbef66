import type { Millis } from '../base/units.ts'
import { type Interlock, interlocks, type Scene } from './interlocks.ts'
import type { WeldLatch } from './latch.ts'
import type { Fault } from './port.ts'

interface Line {
  readonly row: Interlock
  isActive: boolean
  /** The cause is there (not active yet) or gone (active) since. */
  since: Millis | undefined
}

/** Which faults an EVSE has. */
export interface FaultBook {
  /** In the order of the table; the same array while nothing changes. */
  readonly active: readonly Fault[]
  readonly mustOpen: boolean
  has(fault: Fault): boolean
  /** Goes through the table. Returns the rows that became true. */
  review(scene: Scene): readonly Interlock[]
  /** At the next review, every latched fault clears whose cause is gone. */
  clear(): void
}

const none: readonly Interlock[] = []

export function faultBook(weld: WeldLatch): FaultBook {
  const lines: Line[] = interlocks.map((row) => ({ row, isActive: row.fault === 'weld' && weld.isSet, since: undefined }))
  let active: readonly Fault[] = lines.filter((each) => each.isActive).map((each) => each.row.fault)
  let isServiced = false

  const clears = ({ row, since }: Line, { state, timing }: Scene): boolean => {
    if (isServiced) return true
    if (row.clears === 'gone') return timing.passed(since, row.goneFor)
    return row.clears === 'unplug' && state.pilot === 'A'
  }
  /** Returns true when the line became or ceased to be active. */
  const reviewLine = (line: Line, scene: Scene): boolean => {
    const isCause = line.row.test(scene)
    if (isCause === line.isActive) {
      if (line.since !== undefined) scene.state.faultsVersion++
      line.since = undefined
      return false
    }
    if (line.since === undefined) {
      line.since = scene.timing.now
      scene.state.faultsVersion++
    }
    if (line.isActive ? !clears(line, scene) : !scene.timing.passed(line.since, line.row.after)) return false
    line.isActive = !line.isActive
    line.since = undefined
    return true
  }
  return {
    get active() {
      return active
    },
    get mustOpen() {
      return lines.some((each) => each.isActive && each.row.reaction === 'open')
    },
    has: (fault) => active.includes(fault),
    clear() {
      isServiced = true
    },
    review(scene) {
      let raised: Interlock[] | undefined
      let hasChanged = false
      for (const line of lines) {
        if (!reviewLine(line, scene)) continue
        hasChanged = true
        if (line.isActive) raised = [...(raised ?? []), line.row]
        if (line.row.fault === 'weld') weld.set(line.isActive)
      }
      // Rule 11: more than 1 A while open is a weld, whatever the mirror contact says.
      const welded = lines.find((each) => each.row.fault === 'weld') as Line
      if (raised?.some((each) => each.fault === 'currentWhileOpen') && !welded.isActive) {
        welded.isActive = true
        weld.set(true)
        raised.push(welded.row)
      }
      isServiced = false
      if (!hasChanged) return none
      scene.state.faultsVersion++
      active = lines.filter((each) => each.isActive).map((each) => each.row.fault)
      return raised ?? none
    },
  }
}
