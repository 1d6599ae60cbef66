import { shownAddress } from '../base/shown-address.ts'

/** Keys whose value is a password, those of other OCPP versions and of sloppy spellings included. */
const secretKey = /authorizationkey|password/i

/** A request or its answer as it may be shown in a log: without the password in a ChangeConfiguration or among what GetConfiguration tells
 *  (a station must not, and some do), and without what opens the address of a file (user and password, or
 *  a signed query). It was not checked yet: whatever is spelled almost right may hold a secret too. */
export function redact(action: string, payload: unknown): unknown {
  if (!isObject(payload)) return payload
  switch (action.toLowerCase()) {
    case 'changeconfiguration':
      return secretKey.test(JSON.stringify(payload['key'] ?? payload)) ? { key: payload['key'], value: '(secret)' } : payload
    case 'getconfiguration':
      return Array.isArray(payload['configurationKey']) ? { ...payload, configurationKey: payload['configurationKey'].map(withoutPassword) } : payload
    case 'getdiagnostics':
    case 'updatefirmware':
      return shown(payload, 'location')
    case 'getlog':
      return 'log' in payload ? { ...payload, log: shown(payload['log'], 'remoteLocation') } : payload
    case 'signedupdatefirmware':
      return 'firmware' in payload ? { ...payload, firmware: shown(payload['firmware'], 'location') } : payload
    default:
      return payload
  }
}

function withoutPassword(entry: unknown): unknown {
  if (!secretKey.test(JSON.stringify(entry) ?? '')) return entry
  return isObject(entry) ? { key: entry['key'], readonly: entry['readonly'], value: '(secret)' } : '(secret)'
}

function shown(payload: unknown, field: string): unknown {
  if (!isObject(payload) || !(field in payload)) return payload
  const location = payload[field]
  return { ...payload, [field]: typeof location === 'string' ? shownAddress(location) : '(not an address)' }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
