import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { OffPeakConfig } from '../config/station.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import { type OffPeakDesk, offPeak, windowFrom } from '../core/off-peak.ts'
import { type Command, command, connector, optional } from '../local/command.ts'

/** The off-peak setting of a station, and the command with which a driver says otherwise. */
export function openOffPeak(
  { windows, randomDelayS }: OffPeakConfig,
  core: ChargePoint,
  { clock, log, chance }: { readonly clock: Clock; readonly log: Log; readonly chance: () => number },
): { readonly desk: OffPeakDesk; readonly commands: readonly Command[] } {
  const spans = windows.map((each) => windowFrom(each)).filter((each) => each !== undefined)
  const desk = offPeak({ windows: spans, randomDelayS }, core, clock, chance, log)
  const now = command({
    name: 'now',
    parameters: [optional(connector)],
    help: 'charges at once until the car is unplugged, whatever the off-peak windows say; at every connector when none is named',
    run({ chargePoint }, [evse]) {
      for (const each of evse === undefined ? chargePoint.evses : [evse]) desk.chargeNow(each)
      return 'ok'
    },
  })
  return { desk, commands: [now] }
}
