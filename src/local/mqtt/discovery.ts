import { siteModes } from '../../core/site/settings.ts'
import type { Evse, Station } from '../rest/shapes.ts'
import { statusWord } from './scalars.ts'
import { slugOf, type Topics } from './topics.ts'

/** Home Assistant's device discovery: one retained message that names everything the charger has.
 *  https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload; each field is held against its documentation by a test. */

type Fields = Readonly<Record<string, unknown>>

export function discoveryTopic(prefix: string, id: string): string {
  return `${prefix}/device/${slugOf(id)}/config`
}

/** @param hasHeat the computer tells its temperature */
export function discoveryMessage(station: Station, topics: Topics, hasHeat: boolean): Fields {
  const name = `pilotwire_${slugOf(station.id)}`
  return {
    dev: { ids: [name], name: station.id, mf: station.vendor, mdl: station.model, sw: station.firmware, sn: station.id },
    o: { name: 'Pilotwire', sw: station.firmware },
    availability_topic: topics.availability,
    qos: 1,
    cmps: Object.fromEntries(componentsOf(station, topics, hasHeat).map(([key, fields]) => [`${name}_${key}`, { ...fields, unique_id: `${name}_${key}` }])),
  }
}

type Component = readonly [key: string, fields: Fields]

function componentsOf(station: Station, topics: Topics, hasHeat: boolean): readonly Component[] {
  // What `default_entity_id` may hold.
  const slug = slugOf(station.id).toLowerCase().replaceAll('-', '_')
  const isSingle = station.evses.length === 1
  const central: Component = [
    'ocpp_connected',
    {
      p: 'binary_sensor',
      name: 'Central system',
      default_entity_id: `binary_sensor.${slug}_central_system`,
      state_topic: topics.ocppConnected,
      ...truth,
      device_class: 'connectivity',
      entity_category: 'diagnostic',
    },
  ]
  const heat: Component = [
    'cpu_temperature',
    {
      p: 'sensor',
      name: 'Processor temperature',
      default_entity_id: `sensor.${slug}_cpu_temperature`,
      state_topic: topics.cpuTemperature,
      ...measured('temperature', '°C', 0),
      ...diagnostic,
    },
  ]
  const waiting: Component = [
    'ocpp_waiting',
    {
      p: 'sensor',
      name: 'Messages waiting',
      default_entity_id: `sensor.${slug}_messages_waiting`,
      state_topic: topics.ocppWaiting,
      state_class: 'measurement',
      ...diagnostic,
    },
  ]
  const mode: Component = [
    'mode',
    {
      p: 'select',
      name: 'Charging mode',
      default_entity_id: `select.${slug}_mode`,
      state_topic: topics.mode,
      command_topic: topics.setMode,
      options: siteModes,
    },
  ]
  return [
    central,
    waiting,
    ...(hasHeat ? [heat] : []),
    ...((station.site?.mode ?? undefined) === undefined ? [] : [mode]),
    ...station.evses.flatMap((evse) =>
      entitiesOf(evse).map(({ platform, key, topic = key, name, command, ...fields }): Component => {
        const label = key.replaceAll('/', '_')
        return [
          `${evse.evse}_${label}`,
          {
            p: platform,
            name: isSingle ? name : `Connector ${evse.evse} ${name.charAt(0).toLowerCase()}${name.slice(1)}`,
            default_entity_id: `${platform}.${slug}_${isSingle ? '' : `${evse.evse}_`}${label}`,
            ...(platform === 'button' ? {} : { state_topic: topics.connector(evse.evse, topic) }),
            ...(command === undefined ? {} : { command_topic: topics.connector(evse.evse, `set/${command}`) }),
            ...fields,
          },
        ]
      }),
    ),
  ]
}

interface Entity {
  readonly platform: 'sensor' | 'binary_sensor' | 'number' | 'switch' | 'button'
  readonly key: string
  /** Its scalar, where it is called otherwise. */
  readonly topic?: string
  readonly name: string
  /** What it sets. */
  readonly command?: string
  readonly [field: string]: unknown
}

/** A per phase: no car is offered less (IEC 61851-1). */
const leastAmps = 6
const truth = { payload_on: 'true', payload_off: 'false' } as const
/** A longer state is refused there. */
const words = { value_template: '{{ value[:255] }}' } as const
/** What cannot be told is `null` on the wire, and unknown there. */
const nullable = { value_template: "{{ value if value != 'null' else None }}" } as const
const diagnostic = { entity_category: 'diagnostic' } as const
const measured = (deviceClass: string, unit: string, digits: number) => ({
  device_class: deviceClass,
  unit_of_measurement: unit,
  state_class: 'measurement',
  suggested_display_precision: digits,
  ...nullable,
})

function entitiesOf(evse: Evse): readonly Entity[] {
  return [...sensorsOf(evse), ...binarySensorsOf(evse), ...controlsOf(evse)]
}

function sensorsOf(evse: Evse): readonly Entity[] {
  const phases = Array.from({ length: evse.phases }, (_, phase) => phase + 1)
  const energy = (unit: string) => ({ device_class: 'energy', unit_of_measurement: unit, state_class: 'total_increasing' })
  return [
    { platform: 'sensor', key: 'status', name: 'Status', device_class: 'enum', options: Object.values(statusWord) },
    { platform: 'sensor', key: 'status_words', name: 'What it does', ...words },
    { platform: 'sensor', key: 'power', name: 'Power', ...measured('power', 'W', 0) },
    { platform: 'sensor', key: 'energy_total', name: 'Energy', ...energy('kWh'), suggested_display_precision: 2 },
    { platform: 'sensor', key: 'session_energy', name: 'Session energy', ...energy('Wh'), suggested_display_precision: 0 },
    { platform: 'sensor', key: 'session_duration', name: 'Session duration', device_class: 'duration', unit_of_measurement: 's' },
    { platform: 'sensor', key: 'current_offered', name: 'Offered current', ...measured('current', 'A', 1) },
    { platform: 'sensor', key: 'limited_by', name: 'Limited by', ...diagnostic },
    ...phases.flatMap((phase): readonly Entity[] => [
      { platform: 'sensor', key: `current/l${phase}`, name: `Current L${phase}`, ...measured('current', 'A', 1) },
      { platform: 'sensor', key: `voltage/l${phase}`, name: `Voltage L${phase}`, ...measured('voltage', 'V', 0), ...diagnostic },
    ]),
    ...(evse.isDc ? [{ platform: 'sensor', key: 'battery', name: 'Battery of the car', ...measured('battery', '%', 0) } as const] : []),
    { platform: 'sensor', key: 'id_tag', name: 'Card', ...diagnostic },
    { platform: 'sensor', key: 'error', name: 'Error', ...words, ...diagnostic },
  ]
}

function binarySensorsOf(evse: Evse): readonly Entity[] {
  const isOpen = { payload_on: 'unlocked', payload_off: 'locked', value_template: "{{ value if value in ('locked', 'unlocked') else None }}" }
  return [
    { platform: 'binary_sensor', key: 'plugged', name: 'Car plugged in', ...truth, device_class: 'plug' },
    { platform: 'binary_sensor', key: 'charging', name: 'Charging', ...truth, device_class: 'battery_charging' },
    { platform: 'binary_sensor', key: 'problem', name: 'Problem', ...truth, device_class: 'problem' },
    ...(evse.lock === 'none' ? [] : [{ platform: 'binary_sensor', key: 'lock', name: 'Plug lock', ...isOpen, device_class: 'lock', ...diagnostic } as const]),
  ]
}

function controlsOf(evse: Evse): readonly Entity[] {
  const limit = { min: leastAmps, max: evse.maxAmps, step: 1, device_class: 'current', unit_of_measurement: 'A', mode: 'slider' }
  // A limit below is a pause, which the switch is for; what is out of range would be an error there each time.
  const value_template = `{{ value if value | float(0) >= ${leastAmps} else None }}`
  return [
    // None that has but one place: Home Assistant wants more at the top than at the bottom.
    ...(evse.maxAmps > leastAmps
      ? [{ platform: 'number', key: 'current_limit', name: 'Current limit', command: 'current_limit', ...limit, value_template } as const]
      : []),
    { platform: 'switch', key: 'enabled', name: 'Charging enabled', command: 'enabled', ...truth },
    ...(evse.lock === 'none' ? [] : [{ platform: 'button', key: 'unlock', name: 'Unlock the plug', command: 'unlock' } as const]),
    { platform: 'button', key: 'reset_fault', name: 'Clear a fault', command: 'reset_fault', entity_category: 'config' },
  ]
}
