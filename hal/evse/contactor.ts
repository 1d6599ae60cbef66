import type { Millis } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerCommon } from '../spec/controllers.ts'
import type { Contactor } from '../types.ts'
import { openSwitched } from './switched.ts'

/** Noise of the coil may cost a reading or two of an expander; what was known before stands for so long. */
const mirrorMayBeSilent: Millis = 200

/** A contactor on an output, with its mirror contact and the outputs that close before it and open after it.
 *
 *  A mirror contact that cannot be read is `isClosed` undefined with `hasMirror` true: neither open nor closed. Where there is none, undefined
 *  lets the guard believe the command; `hasMirror` is what keeps the two apart, and a mirror that stays silent is a fault of the board. */
export async function openContactor(spec: ControllerCommon['contactor'], wiring: Wiring): Promise<Opened<{ readonly contactor: Contactor }>> {
  const { clock, changed } = wiring
  const main = await openSwitched(spec.output, 'contactor', wiring)
  const auxiliary = await Promise.all((spec.auxiliary ?? []).map((each) => openSwitched(each, 'auxiliary of the contactor', wiring)))
  const mirror = spec.mirror === undefined ? undefined : await wiring.input(spec.mirror)
  const isOpenWhenActive = spec.mirror?.isOpenWhenActive === true
  const edgesOff = mirror?.edges.on(() => changed())
  let known: boolean | undefined
  let silentSince: Millis | undefined

  const release = () => {
    main.set(false)
    for (const each of auxiliary.toReversed()) each.set(false)
  }
  const contactor: Contactor = {
    close() {
      // One that cannot be closed leaves the load without a pole or a supply: the contactor stays open, and the mirror says so.
      if (!auxiliary.every((each) => each.set(true)) || !main.set(true)) release()
    },
    open: release,
    get isClosed() {
      if (mirror === undefined) return undefined
      const isActive = mirror.isActive
      if (isActive !== undefined) {
        silentSince = undefined
        known = isActive !== isOpenWhenActive
        return known
      }
      silentSince ??= clock.monotonic()
      return clock.monotonic() - silentSince < mirrorMayBeSilent ? known : undefined
    },
    hasMirror: mirror !== undefined,
  }
  return {
    contactor,
    close() {
      edgesOff?.()
      release()
    },
  }
}
