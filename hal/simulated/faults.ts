/** Everything that can be broken in the simulated world, by name. The first ones bear the name of the guard's fault that they cause. */
export const faultNames = [
  'emergencyStop',
  'residualCurrent',
  'residualSelfTest',
  'weld',
  'noClose',
  'currentWhileOpen',
  'evNotFollowing',
  'overCurrent',
  'overTemperature',
  'temperatureSensor',
  'protectiveEarth',
  'diode',
  'pilotShort',
  'pilotStale',
  'ventilation',
  'proximity',
  'voltage',
  'phaseLoss',
  'lock',
  'meterLost',
  'tamper',
  'board',
  /** All phases dead, meter and electronics alive. */
  'mainsOff',
  /** Not a fault: the contacts from outside that limit the current are active. */
  'limitInput',
  /** The mirror contact says nothing. */
  'mirrorLost',
  /** The phase switch stays where it is. */
  'phaseSwitch',
] as const
export type PlantFault = (typeof faultNames)[number]
