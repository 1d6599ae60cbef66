import type { RequestOf, ResponseOf } from '../../../src/ocpp/message.ts'
import type { GetVariables, NotifyReport } from '../../../src/ocpp201/messages/provisioning.ts'
import type { Component, Variable } from '../../../src/ocpp201/messages/types.ts'
import { type Gathering, type Impossible, impossible } from './dialect.ts'
import type { ConfigurationEntry } from './station-request.ts'

// The device model of OCPP 2.0.1 in lines: `Component[instance][evse,connector].Variable[instance]:Attribute`, where every bracket and the
// attribute (Actual by default) may be left out. A lone bracket of figures is the EVSE: `EVSE[1].Power`, `Connector[1,2].Available`. An
// instance that is a figure is told from it by an empty one behind: `Meter[3][].Reading`.

type AttributeType = 'Actual' | 'Target' | 'MinSet' | 'MaxSet'

export interface VariableName {
  readonly component: Component
  readonly variable: Variable
  readonly attributeType?: AttributeType
}

const shape = /^([^[\].]+)((?:\[[^[\]]*\]){0,2})\.([^[\].:]+)(?:\[([^[\]]+)\])?(?::(Actual|Target|MinSet|MaxSet))?$/

export function variableNamed(key: string): VariableName | Impossible {
  const [, name, brackets = '', variable, instance, attribute] = shape.exec(key) ?? []
  if (name === undefined || variable === undefined)
    return impossible('key', `${key} is no Component.Variable, for instance OCPPCommCtrlr.HeartbeatInterval or EVSE[1].Available`)
  const [first, second] = [...brackets.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')
  const isAlone = second === undefined
  const place = isAlone && isEvse(first) ? first : second
  if (place !== undefined && place !== '' && !isEvse(place))
    return impossible('key', `${key}: ${place} is no EVSE, for instance [1] or [1,2] with its connector`)
  const of = isAlone && isEvse(first) ? undefined : first
  const [id, connectorId] = (place ?? '').split(',').filter((part) => part !== '')
  return {
    component: {
      name,
      ...(of === undefined || of === '' ? {} : { instance: of }),
      ...(id === undefined ? {} : { evse: { id: Number(id), ...(connectorId === undefined ? {} : { connectorId: Number(connectorId) }) } }),
    },
    variable: { name: variable, ...(instance === undefined ? {} : { instance }) },
    ...(attribute === undefined || attribute === 'Actual' ? {} : { attributeType: attribute as AttributeType }),
  }
}

const isEvse = (bracket: string | undefined) => bracket !== undefined && /^\d{1,4}(?:,\d{1,4})?$/.test(bracket)

export function nameOf({ component, variable, attributeType }: VariableName): string {
  const { name, instance, evse } = component
  const place = evse === undefined ? undefined : evse.connectorId === undefined ? `${evse.id}` : `${evse.id},${evse.connectorId}`
  const needsEmpty = place === undefined && isEvse(instance)
  const brackets = `${instance === undefined ? '' : `[${instance}]`}${place === undefined ? '' : `[${place}]`}${needsEmpty ? '[]' : ''}`
  const of = variable.instance === undefined ? '' : `[${variable.instance}]`
  return `${name}${brackets}.${variable.name}${of}${attributeType === undefined || attributeType === 'Actual' ? '' : `:${attributeType}`}`
}

/** The values that a station gave. What it does not know, or does not tell, is left out: the payload says why. Whether a value may be
 *  changed is said in reports alone. */
export function entriesOf({ getVariableResult }: ResponseOf<typeof GetVariables>): readonly ConfigurationEntry[] {
  return getVariableResult
    .filter(({ attributeStatus }) => attributeStatus === 'Accepted')
    .map((each) => ({ key: nameOf(namedBy(each)), value: each.attributeValue, isReadOnly: false }))
}

/** No device model has more; a hostile one may go on forever. */
const mostEntries = 20_000
/** 20 MB of values at most. */
const mostCharacters = 10_000_000

/** Gathers a report of the device model (B07) from its parts. */
export function reportOf(requestId: number): Gathering {
  const entries = new Map<string, ConfigurationEntry>()
  const parts = new Set<number>()
  let total: number | undefined
  let characters = 0
  const keep = (entry: ConfigurationEntry) => {
    characters += entry.key.length + (entry.value?.length ?? 0)
    if (entries.size < mostEntries && characters < mostCharacters) entries.set(entry.key, entry)
  }
  return {
    action: 'NotifyReport',
    take(heard) {
      const request = heard as RequestOf<typeof NotifyReport>
      if (request.requestId !== requestId) return undefined
      parts.add(request.seqNo)
      for (const { component, variable, variableAttribute } of request.reportData ?? [])
        for (const { type, value, mutability } of variableAttribute)
          keep({ key: nameOf(namedBy({ component, variable, attributeType: type })), value, isReadOnly: mutability === 'ReadOnly' })
      if (request.tbc !== true) total = request.seqNo + 1
      // The last part may overtake another on a station that keeps several CALLs open.
      return (total !== undefined && parts.size >= total) || entries.size >= mostEntries || characters >= mostCharacters ? 'done' : 'more'
    },
    get configuration() {
      return [...entries.values()]
    },
  }
}

function namedBy({
  component,
  variable,
  attributeType,
}: {
  component: Component
  variable: Variable
  attributeType?: AttributeType | undefined
}): VariableName {
  return { component, variable, ...(attributeType === undefined ? {} : { attributeType }) }
}
