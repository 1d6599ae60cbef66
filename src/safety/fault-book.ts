import type { Millis } from '../base/units.ts'
import { applies, type Interlock, interlocks, type Scene } from './interlocks.ts'
import { reclosings, times } from './limits.ts'
import type { Fault } from './port.ts'
import { wantSelfTest } from './self-test.ts'
import type { WeldLatch } from './wear.ts'

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

/** @param weld the fault that outlives the guard */
export function faultBook(weld: WeldLatch): FaultBook {
  const lines: Line[] = interlocks.map((row) => ({ row, isActive: row.fault === 'weld' && weld.isSet, since: undefined }))
  const activeFaults = (): readonly Fault[] => [...new Set(lines.filter((each) => each.isActive).map((each) => each.row.fault))]
  let active = activeFaults()
  let isServiced = false

  const recloses = ({ row, since }: Line, { state, timing, market }: Scene): boolean => {
    if (row.recloses !== true || market !== 'us' || state.reclosings >= reclosings || !timing.passed(since, times.reclose)) return false
    state.reclosings++
    wantSelfTest(state)
    return true
  }
  const clears = (line: Line, scene: Scene): boolean => {
    const { row, since } = line
    if (isServiced && row.clears !== 'onlyUnplug') return true
    if (row.clears === 'gone') return scene.timing.passed(since, row.goneFor)
    return (row.clears === 'unplug' || row.clears === 'onlyUnplug') && (scene.state.pilot === 'A' || recloses(line, scene))
  }
  /** Returns true when the line became or ceased to be active. */
  const reviewLine = (line: Line, scene: Scene): boolean => {
    const isCause = applies(line.row, scene.hardware) && line.row.test(scene)
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
      const changed = lines.filter((line) => reviewLine(line, scene))
      isServiced = false
      if (changed.length === 0) return none
      for (const { row, isActive } of changed) {
        if (!isActive) continue
        raised = [...(raised ?? []), row]
        const latched = lines.find((each) => each.row.fault === row.latches)
        if (latched === undefined || latched.isActive) continue
        latched.isActive = true
        latched.since = undefined
        raised.push(latched.row)
      }
      active = activeFaults()
      const isWelded = active.includes('weld')
      if (isWelded !== weld.isSet) weld.set(isWelded, isWelded && scene.hardware.shuntTrip !== undefined)
      scene.state.faultsVersion++
      return raised ?? none
    },
  }
}
