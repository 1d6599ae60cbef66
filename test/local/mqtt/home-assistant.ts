/** What Home Assistant documents for MQTT discovery: the fields of each platform, those it demands, and the words that some of them take.
 *  Taken from the pages "Configuration Variables" of https://www.home-assistant.io/integrations/{sensor,binary_sensor,number,switch,select,button}.mqtt/
 *  and "Device discovery payload" of https://www.home-assistant.io/integrations/mqtt/, and from the schemas that read the message
 *  (home-assistant/core, homeassistant/components/mqtt/schemas.py: DEVICE_DISCOVERY_SCHEMA, MQTT_ENTITY_COMMON_SCHEMA). Unknown fields are
 *  ignored there without a word, so that a mistyped one would never be noticed. */

export interface Platform {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** `p`, the abbreviation of `platform`, and `unique_id` are demanded of every component of a device. */
const everyComponent = ['p', 'unique_id']
const common = [
  'availability',
  'availability_mode',
  'availability_template',
  'availability_topic',
  'default_entity_id',
  'device_class',
  'enabled_by_default',
  'encoding',
  'entity_category',
  'entity_picture',
  'icon',
  'json_attributes_template',
  'json_attributes_topic',
  'name',
  'payload_available',
  'payload_not_available',
  'qos',
]
const measured = ['expire_after', 'force_update', 'value_template']
const commanded = ['command_template', 'retain']

export const platforms: Readonly<Record<string, Platform>> = {
  sensor: {
    required: [...everyComponent, 'state_topic'],
    optional: [...common, ...measured, 'last_reset_value_template', 'options', 'state_class', 'suggested_display_precision', 'unit_of_measurement'],
  },
  binary_sensor: { required: [...everyComponent, 'state_topic'], optional: [...common, ...measured, 'off_delay', 'payload_off', 'payload_on'] },
  number: {
    required: [...everyComponent, 'command_topic'],
    optional: [...common, ...commanded, 'max', 'min', 'mode', 'optimistic', 'payload_reset', 'state_topic', 'step', 'unit_of_measurement', 'value_template'],
  },
  switch: {
    required: [...everyComponent, 'command_topic'],
    optional: [...common, ...commanded, 'optimistic', 'payload_off', 'payload_on', 'state_off', 'state_on', 'state_topic', 'value_template'],
  },
  select: {
    required: [...everyComponent, 'command_topic', 'options'],
    optional: [...common.filter((each) => each !== 'device_class'), ...commanded, 'optimistic', 'state_topic', 'value_template'],
  },
  button: { required: [...everyComponent, 'command_topic'], optional: [...common, ...commanded, 'payload_press'] },
}

/** The message itself. */
export const root: Platform = {
  required: ['dev', 'o', 'cmps'],
  optional: [
    ...['availability', 'availability_mode', 'availability_template', 'availability_topic', 'payload_available', 'payload_not_available'],
    ...['state_topic', 'command_topic', 'qos', 'encoding'],
  ],
}
/** `dev` and `o`, abbreviated as the table "Supported abbreviations" has it. */
export const device: Platform = { required: ['ids'], optional: ['cns', 'cu', 'hw', 'mdl', 'mdl_id', 'mf', 'name', 'sa', 'sn', 'sw', 'via_device'] }
export const origin: Platform = { required: ['name'], optional: ['sw', 'url'] }

/** https://www.home-assistant.io/integrations/sensor/#device-class: the units that go with the classes that are used here. */
export const sensorUnits: Readonly<Record<string, readonly string[]>> = {
  battery: ['%'],
  current: ['A', 'mA'],
  duration: ['d', 'h', 'min', 's', 'ms'],
  energy: ['J', 'kJ', 'MJ', 'Wh', 'kWh', 'MWh'],
  enum: [],
  power: ['mW', 'W', 'kW', 'MW'],
  temperature: ['°C', '°F', 'K'],
  voltage: ['V', 'mV', 'kV'],
}
/** https://developers.home-assistant.io/docs/core/entity/sensor/#available-state-classes */
export const stateClasses: readonly string[] = ['measurement', 'total', 'total_increasing']
/** https://www.home-assistant.io/integrations/binary_sensor/#device-class */
export const binaryClasses: readonly string[] = ['battery_charging', 'connectivity', 'lock', 'plug', 'power', 'problem', 'running']
/** https://developers.home-assistant.io/docs/core/entity/#generic-properties: sensors are not configured. */
export const categories: Readonly<Record<string, readonly string[]>> = {
  sensor: ['diagnostic'],
  binary_sensor: ['diagnostic'],
  number: ['config', 'diagnostic'],
  switch: ['config', 'diagnostic'],
  select: ['config', 'diagnostic'],
  button: ['config', 'diagnostic'],
}
