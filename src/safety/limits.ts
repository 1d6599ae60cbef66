import type { SafetySettings } from '../../hal/types.ts'
import type { Amps, Millis, Volts, Watts } from '../base/units.ts'

interface Bounded {
  readonly usual: number
  /** A board file cannot go beyond these. */
  readonly least: number
  readonly most: number
}

type NumberKey = { [Key in keyof SafetySettings]: SafetySettings[Key] extends number ? Key : never }[keyof SafetySettings]

/** Default and hard bounds of each number that a board file may set. */
export const bounds: { readonly [Key in NumberKey]: Bounded } = {
  lowestV: { usual: 196, least: 180, most: 220 },
  highestV: { usual: 264, least: 240, most: 276 },
  derateFromC: { usual: 65, least: 30, most: 65 },
  derateToC: { usual: 70, least: 35, most: 70 },
  stopAtC: { usual: 75, least: 40, most: 75 },
  resumeBelowC: { usual: 60, least: 20, most: 65 },
  resumeAmps: { usual: 6.5, least: 6, most: 16 },
  resumeAfter: { usual: 30_000, least: 5_000, most: 600_000 },
}

/** The settings of a board with defaults filled in. @throws RangeError for a number beyond its hard bound */
export function settingsOf(set: Partial<SafetySettings>): SafetySettings {
  const number = (key: NumberKey): number => {
    const { usual, least, most } = bounds[key]
    const value = set[key] ?? usual
    if (!(value >= least && value <= most)) throw new RangeError(`safety.${key}: ${value} is beyond the hard bound: ${least} to ${most}`)
    return value
  }
  const settings: SafetySettings = {
    lowestV: number('lowestV'),
    highestV: number('highestV'),
    derateFromC: number('derateFromC'),
    derateToC: number('derateToC'),
    stopAtC: number('stopAtC'),
    resumeBelowC: number('resumeBelowC'),
    resumeAmps: number('resumeAmps'),
    resumeAfter: number('resumeAfter'),
    onSensorLost: set.onSensorLost ?? 'derate',
    onMeterLost: set.onMeterLost ?? 'stop',
    onPhaseLoss: set.onPhaseLoss ?? 'stop',
    openPen: set.openPen ?? false,
    phaseSwitching: set.phaseSwitching ?? 'off',
    wakeUp: set.wakeUp ?? 'fault',
  }
  if (!(settings.resumeBelowC <= settings.derateFromC && settings.derateFromC < settings.derateToC && settings.derateToC < settings.stopAtC))
    throw new RangeError('safety: resumeBelowC, derateFromC, derateToC and stopAtC must rise in this order')
  return settings
}

/** Times of the rules that no file may change (ms). The number is the rule's. */
export const times = {
  /** 5 */ longestLease: 10_000,
  /** 5, 10 */ stopAtMost: 6_000,
  /** 9 */ offAtLeast: 5_000,
  /** 9 */ mirrorFollows: 500,
  /** 10 */ faultPulse: 300,
  /** 12 */ increaseEvery: 5_000,
  /** 12 */ evFollows: 5_000,
  /** 12 */ notFollowing: 7_000,
  /** 12 */ overCurrent: 1_000,
  /** 13 */ selfTest: 500,
  /** 11 */ shuntPulse: 1_000,
  /** 13 */ reclose: 300_000,
  /** 17 */ switchPhases: 10_000,
  /** 17 */ lockRetry: 5_000,
  /** 17 */ lockWindow: 60_000,
  /** 18 */ sleepy: 30_000,
  /** 18 */ wakeCycle: 4_000,
  /** X1 after it, before PWM says again what is offered. */ wakeSettles: 1_000,
  /** A relay in the pilot's wire bounces. */ pilotSettles: 100,
  /** An unlock that does not work out within one retry has failed. */ unlockAtMost: 7_000,
  /** A meter shows the mean of its last second. */ meterWindow: 1_000,
  /** A socket's proximity contact may come after the pilot's. */ proximitySettles: 500,
  /** Where no mirror contact says so, contacts have moved after this. */ blindContacts: 100,
} as const satisfies Record<string, Millis>

/** 11: the plug is not unlocked above this. */
export const unlockBelow: Amps = 0.5
/** 5: a normal stop opens below this; 11: more than this while open is a weld. */
export const stoppedBelow: Amps = 1
/** 12: no duty cycle says less (IEC 61851-1 Annex A). */
export const leastAmps: Amps = 6
/** 12, of a DC outlet: less is a pause. */
export const leastWatts: Watts = 1_000
/** 9: so many failed closes in one plug-in are a fault until it ends. */
export const closesMayFail = 3
/** 14: what the phases of a supply with a whole PEN conductor show, at 230 V. */
export const penWindow: { readonly from: Volts; readonly to: Volts } = { from: 207, to: 253 }
/** 13: so many times a trip of the residual current device clears by itself in one plug-in, where the market allows it at all. */
export const reclosings = 3
/** 17: moves of the lock within any window. */
export const lockMoves = 10
/** 15: without a temperature. */
export const blindAmps: Amps = 16
