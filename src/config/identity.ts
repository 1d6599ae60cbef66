import type { Identity } from './station.ts'

/** The identity's fields by the key that `--settings` knows them by: OCPP's own names in BootNotification.req. */
export const identityKeys = {
  ChargePointVendor: 'vendor',
  ChargePointModel: 'model',
  ChargePointSerialNumber: 'chargePointSerial',
  ChargeBoxSerialNumber: 'chargeBoxSerial',
  FirmwareVersion: 'firmwareVersion',
  Iccid: 'iccid',
  Imsi: 'imsi',
  MeterType: 'meterType',
  MeterSerialNumber: 'meterSerial',
} as const satisfies Record<string, keyof Identity>

/** Longest values, characters: OCPP 1.6 §6.3. */
export const identityLengths: Readonly<Record<keyof Identity, number>> = {
  vendor: 20,
  model: 20,
  chargePointSerial: 25,
  chargeBoxSerial: 25,
  firmwareVersion: 50,
  iccid: 20,
  imsi: 20,
  meterType: 25,
  meterSerial: 25,
}

/** The field of the identity that a settings key means, in any case; undefined: an OCPP configuration key. */
export function identityFieldOf(key: string): keyof Identity | undefined {
  return fieldByLowerCase.get(key.toLowerCase())
}

const fieldByLowerCase: ReadonlyMap<string, keyof Identity> = new Map(Object.entries(identityKeys).map(([key, field]) => [key.toLowerCase(), field]))

/** The identity with what `settings` say of it; other keys are passed over. */
export function identityWith(identity: Identity, settings: Readonly<Record<string, string>>): Identity {
  const changed: { -readonly [Field in keyof Identity]: Identity[Field] } = { ...identity }
  for (const [key, value] of Object.entries(settings)) {
    const field = identityFieldOf(key)
    if (field !== undefined) changed[field] = value
  }
  return changed
}
