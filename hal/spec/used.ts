import type { WiredBoardSpec } from './board.ts'
import type { ControllerSpec, PilotSpec } from './controllers.ts'
import type { BusSpec } from './wires.ts'
import type { InputSpec, OutputSpec } from './words.ts'

/** Everything of a board that could be ON, by name. */

export type Pwm = Extract<PilotSpec, { kind: 'adc' }>['pwm']

export interface NamedOutput {
  /** What a person calls it: `outlet 1 contactor`. */
  readonly what: string
  readonly output: OutputSpec
}

export interface Dangerous {
  readonly outputs: readonly NamedOutput[]
  readonly pilots: readonly { readonly what: string; readonly pwm: Pwm }[]
  /** Controllers of their own, which would go on without the computer. */
  readonly devices: readonly {
    readonly what: string
    readonly controller: Extract<ControllerSpec, { kind: 'evse-wb-din' | 'openevse-rapi' }>
    readonly bus: BusSpec
  }[]
}

/** The contactors first, the lamps last: what is done first is safe first. */
export function dangerousOf(spec: WiredBoardSpec): Dangerous {
  const contactors: NamedOutput[] = []
  const others: NamedOutput[] = []
  const pilots: Dangerous['pilots'][number][] = []
  const devices: Dangerous['devices'][number][] = []
  const add = (to: NamedOutput[], what: string, output: OutputSpec | undefined) => {
    if (output !== undefined) to.push({ what, output })
  }
  add(contactors, 'dead-man relay', spec.deadMan)
  for (const [at, { controller, shuntTrip, indicator }] of spec.evses.entries()) {
    const of = (what: string) => `outlet ${at + 1} ${what}`
    add(contactors, of('contactor'), controller.contactor?.output)
    for (const [index, output] of (controller.contactor?.auxiliary ?? []).entries()) add(contactors, of(`auxiliary output ${index + 1}`), output)
    if (controller.kind === 'native' && controller.pilot.kind === 'adc') pilots.push({ what: of('pilot'), pwm: controller.pilot.pwm })
    if (controller.kind === 'evse-wb-din' || controller.kind === 'openevse-rapi') {
      const bus = spec.buses?.[controller.bus]
      if (bus !== undefined) devices.push({ what: of(`controller (${controller.kind})`), controller, bus })
    }
    add(others, of('pilot disconnect'), disconnectOf(controller))
    add(others, of('lock'), controller.lock?.lock)
    add(others, of('unlock'), controller.lock?.unlock)
    add(others, of('residual current test'), controller.residualCurrent?.test)
    add(others, of('phase switch'), controller.phaseSwitch?.output)
    add(others, of('shunt trip'), shuntTrip)
    for (const lamp of ['red', 'green', 'blue', 'buzzer'] as const) add(others, of(lamp), indicator?.[lamp])
  }
  return { outputs: [...contactors, ...others], pilots, devices }
}

function disconnectOf(controller: ControllerSpec): OutputSpec | undefined {
  if (controller.kind === 'evse-wb-din') return controller.disconnect
  return controller.kind === 'native' && controller.pilot.kind === 'adc' ? controller.pilot.disconnect : undefined
}

/** The outputs of one part, by name of the part. */
export function ofPart(outputs: readonly NamedOutput[], part: string): readonly NamedOutput[] {
  return outputs.filter(({ output }) => output.part === part)
}

export interface NamedInput {
  readonly what: string
  readonly input: InputSpec
}

/** Every input that the board names. */
export function inputsOf(spec: WiredBoardSpec): readonly NamedInput[] {
  const found: NamedInput[] = []
  const add = (what: string, input: InputSpec | undefined) => {
    if (input !== undefined) found.push({ what, input })
  }
  add('emergency stop', spec.emergencyStop)
  add('tamper', spec.tamper)
  add('board failure', spec.failure)
  for (const each of spec.limitInputs ?? []) add(each.name ?? 'limit contact', each.input)
  for (const reader of spec.readers ?? []) {
    if (reader.kind !== 'wiegand') continue
    add('wiegand data 0', reader.data0)
    add('wiegand data 1', reader.data1)
  }
  for (const [at, { controller, meter, protectiveEarth }] of spec.evses.entries()) {
    const of = (what: string) => `outlet ${at + 1} ${what}`
    add(of('mirror contact'), controller.contactor?.mirror)
    if (controller.kind === 'native' && controller.pilot.kind === 'contacts') {
      add(of('switch "plugged"'), controller.pilot.plugged)
      add(of('switch "ready"'), controller.pilot.ready)
    }
    if (controller.kind === 'socket-outlet') add(of('plug contact'), controller.plugged)
    add(of('lock feedback'), controller.lock?.feedback)
    add(of('residual current trip'), controller.residualCurrent?.trip)
    add(of('protective earth'), protectiveEarth)
    if (meter?.kind === 's0') add(of('S0 pulses'), meter.input)
  }
  return found
}
