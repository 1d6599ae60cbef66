import { shownAddress } from '../base/shown-address.ts'

/** Variables and fields whose value is a password, those of vendors and of sloppy spellings included (BasicAuthPassword, apnPassword). */
const secretName = /password|authorizationkey/i
const secretField = /password|^simpin$|^key$/i

/** A request or a response of OCPP 2.0.1 as it may be shown in a log: without the value of a variable that is a password, without the
 *  passwords of a network profile, and without what opens the address of a file (user and password, or a signed query). It was not
 *  checked yet: whatever is spelled almost right may hold a secret too. */
export function redact(action: string, payload: unknown): unknown {
  if (!isObject(payload)) return payload
  switch (action.toLowerCase()) {
    case 'setvariables':
    case 'getvariables':
    case 'notifyreport':
    case 'notifyevent':
      return mapped(payload, (_name, value) => (Array.isArray(value) ? value.map(withoutPassword) : withoutPassword(value)))
    case 'setnetworkprofile':
      return profile(payload)
    case 'getlog':
      return mapped(payload, (name, value) => (name === 'log' && isObject(value) ? addressShown(value) : value))
    case 'updatefirmware':
      return mapped(payload, (name, value) => (name === 'firmware' && isObject(value) ? addressShown(value) : value))
    case 'publishfirmware':
    case 'publishfirmwarestatusnotification':
      return addressShown(payload)
    default:
      return payload
  }
}

/** A variable with its value, as a list of them is sent; all but its name and what became of it is left out where a password is named. */
function withoutPassword(entry: unknown): unknown {
  if (!secretName.test(JSON.stringify(entry) ?? '')) return entry
  const { variable, attributeStatus } = isObject(entry) ? entry : {}
  return {
    ...(isObject(variable) ? { variable: { name: variable['name'] } } : {}),
    ...(attributeStatus === undefined ? {} : { attributeStatus }),
    attributeValue: '(secret)',
  }
}

/** Fields at any depth of what was parsed from a frame, whose depth is bounded. */
function profile(part: Payload): Payload {
  return mapped(part, (name, value) => {
    if (secretField.test(name)) return '(secret)'
    if (Array.isArray(value)) return '(a list)'
    if (isObject(value)) return profile(value)
    return name === 'ocppCsmsUrl' ? address(value) : value
  })
}

const addressShown = (payload: Payload) => mapped(payload, (name, value) => (/location$/i.test(name) ? address(value) : value))

function address(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(address)
  return typeof value === 'string' ? shownAddress(value) : '(not an address)'
}

type Payload = Readonly<Record<string, unknown>>

function mapped(payload: Payload, shown: (name: string, value: unknown) => unknown): Payload {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, shown(name, value)]))
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
