import type { WiredBoardSpec, WiredEvseSpec } from '../../hal/spec/board.ts'
import { type Finding, note, warning } from './finding.ts'

/** Safety rules 19 to 21: what holds the contactor when the program is gone, and what of the board is blind. */
export function examineFailSafe(spec: WiredBoardSpec): readonly Finding[] {
  const findings: Finding[] = []
  const hasOutputs = spec.evses.some(({ controller }) => controller.contactor !== undefined)
  if (spec.deadMan === undefined && hasOutputs)
    findings.push(
      warning(
        'fail-safe',
        'no fail-safe: nothing opens the contactor when this program hangs',
        'Put a dead-man relay in series with the coil and name its output: deadMan',
      ),
    )
  return [...findings, ...spec.evses.flatMap((evse, at) => [...keepsCharging(spec, evse, `outlet ${at + 1}`), ...isBlind(evse, `outlet ${at + 1}`)])]
}

/** Controllers of their own go on without the computer. */
function keepsCharging({ deadMan }: WiredBoardSpec, { controller }: WiredEvseSpec, check: string): readonly Finding[] {
  if (controller.kind === 'evse-wb-din' && controller.hasSupplyBehindDeadMan !== true)
    return [
      warning(
        check,
        'no fail-safe: the EVSE-WB keeps its last current when this computer dies',
        'Put its supply behind the dead-man relay and say hasSupplyBehindDeadMan: true',
      ),
    ]
  if (controller.kind === 'openevse-rapi' && controller.contactor === undefined && deadMan === undefined)
    return [
      warning(
        check,
        'no fail-safe: the OpenEVSE goes on at 6 A when this computer dies',
        'Put a dead-man relay (deadMan) or a contactor of this computer (contactor) in series with it',
      ),
    ]
  return []
}

function isBlind({ controller, meter }: WiredEvseSpec, check: string): readonly Finding[] {
  const findings: Finding[] = []
  if (controller.kind === 'native' && controller.pilot.kind === 'contacts')
    findings.push(note(check, 'two switches play the car: this is a bench, and never for a car'))
  if (controller.kind === 'native' && controller.residualCurrent === undefined)
    findings.push(
      warning(check, 'no residual current monitor is named', 'Fit an RDC-DD that opens the contactor by itself, and name its trip contact: residualCurrent'),
    )
  if (controller.contactor !== undefined && controller.contactor.mirror === undefined)
    findings.push(
      warning(
        check,
        'no mirror contact: a welded contactor is seen by the meter only, and only while current flows',
        'Wire the auxiliary contact and name it: mirror',
      ),
    )
  if (meter === undefined) findings.push(note(check, 'no meter: a welded contactor and an over-current are not seen, and energy is not counted'))
  return findings
}
