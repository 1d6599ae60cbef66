import type { Evse } from '../../rest/shapes.ts'
import { powerParts } from '../format.ts'

/** Three quarters of a circle on 200 x 200, from the lower left over the top. */
const arc = 'M 36.4 163.6 A 90 90 0 1 1 163.6 163.6'

/** How fast, in the middle; around it the current (thick) within the offer (pale) within what the outlet can do (grey). */
export function Gauge({ evse }: { evse: Evse }) {
  const { figure, unit } = powerParts(evse.powerW ?? (evse.session === null ? 0 : null))
  const { used, offered } = sharesOf(evse)
  return (
    <div class="gauge">
      <svg viewBox="0 0 200 172" aria-hidden="true" focusable="false">
        <path class="gauge-track" d={arc} pathLength={100} />
        {offered > 0 && <path class="gauge-offer" d={arc} pathLength={100} stroke-dasharray={`${offered} 100`} />}
        {used > 0 && <path class="gauge-used" d={arc} pathLength={100} stroke-dasharray={`${used} 100`} />}
      </svg>
      <p class="gauge-figure">
        <strong>{figure}</strong> <span>{unit}</span>
      </p>
    </div>
  )
}

/** Percent of the outlet: by current, at a DC outlet by power. */
function sharesOf({ isDc, currentA, powerW, offeredA, offeredW, offerWords, maxAmps, limits }: Evse): { used: number; offered: number } {
  const most = isDc ? Math.max(offeredW ?? 0, ...limits.map(({ size }) => size)) : maxAmps
  const share = (size: number | null) => (most <= 0 ? 0 : Math.round(Math.min(1, Math.max(0, (size ?? 0) / most)) * 1_000) / 10)
  return { used: share(isDc ? powerW : currentA), offered: offerWords === null ? 0 : share(isDc ? offeredW : offeredA) }
}
