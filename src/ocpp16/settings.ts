import type { ChargePoint } from '../core/charge-point.ts'
import type { Key } from './key-kinds.ts'
import { isOffered, isReadOnly, keys } from './keys.ts'

const byName: ReadonlyMap<string, Key> = new Map(keys.map((each) => [each.key.toLowerCase(), each]))

/** Keys are compared without regard to case (CiString50Type). */
export function findKey(name: string): Key | undefined {
  return byName.get(name.toLowerCase())
}

/** Every key of the specification, its errata and the security whitepaper, offered here or not. */
export const standardKeys: readonly string[] = [
  ...keys.map(({ key }) => key),
  'BlinkRepeat',
  'LightIntensity',
  'SupportedFeatureProfilesMaxLength',
  'AdditionalRootCertificateCheck',
  'CertificateSignedMaxChainSize',
  'CertificateStoreMaxLength',
  'CpoName',
]

/** What became of a change that somebody asked for while the station runs. */
export type ChangeOutcome = 'set' | 'unknown' | 'readOnly' | 'refused'

/** Changes a key as ChangeConfiguration does (OCPP 1.6 §5.3), whoever asks. @throws StoreError when the disk takes nothing */
export function changeKey(core: ChargePoint, name: string, value: string): ChangeOutcome {
  const key = findKey(name)
  if (key === undefined || !isOffered(key, core)) return 'unknown'
  if (isReadOnly(key, core)) return 'readOnly'
  return key.write?.(core, value) === true ? 'set' : 'refused'
}

/** What became of one factory value. */
export type FactoryOutcome = 'set' | 'refused' | 'derived' | 'notOffered' | 'unknown'

/** Applies a value of the settings file, whatever the central system's access to the key. */
export function applyFactory(core: ChargePoint, name: string, value: string): FactoryOutcome {
  const key = findKey(name)
  if (key === undefined) return standardKeys.some((each) => each.toLowerCase() === name.toLowerCase()) ? 'notOffered' : 'unknown'
  if (key.write === undefined) return key.read(core) === value ? 'set' : 'derived'
  // What only ever rises may be born with the value that it has.
  return (key.access !== 'w' && key.read(core) === value) || key.write(core, value) ? 'set' : 'refused'
}
