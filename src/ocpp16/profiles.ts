import type { ChargePoint } from '../core/charge-point.ts'
import type { FeatureProfile } from './messages/catalogue.ts'

/** The feature profiles that this program has. */
export const ownProfiles = ['Core', 'RemoteTrigger'] as const satisfies readonly FeatureProfile[]

/** Those that are offered here (SupportedFeatureProfiles). */
export function profilesOf(core: ChargePoint): readonly FeatureProfile[] {
  const chosen = core.settings.get('featureProfiles')
  return ownProfiles.filter((profile) => profile === 'Core' || chosen.length === 0 || chosen.includes(profile))
}
