import type { ChargePoint } from '../core/charge-point.ts'
import type { FeatureProfile } from './messages/catalogue.ts'

/** The feature profiles that this program has. */
export const ownProfiles = [
  'Core',
  'FirmwareManagement',
  'LocalAuthListManagement',
  'RemoteTrigger',
  'Reservation',
  'SmartCharging',
] as const satisfies readonly FeatureProfile[]

/** Those that are offered here (SupportedFeatureProfiles). */
export function profilesOf(core: ChargePoint): readonly FeatureProfile[] {
  const chosen = core.settings.get('featureProfiles')
  // Files are somebody's to bring: a station that was given no ports for them has no firmware management.
  const able = ownProfiles.filter((profile) => profile !== 'FirmwareManagement' || core.firmware !== undefined)
  return able.filter((profile) => profile === 'Core' || chosen.length === 0 || chosen.includes(profile))
}
