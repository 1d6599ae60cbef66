import { ConfigError } from '../../src/base/errors.ts'
import { DialError } from '../../src/ocpp/socket.ts'
import type { DeskStation } from '../../src/run/desk-station.ts'
import { lives } from '../desk/lives.ts'
import { passing, steppedClock } from '../desk/passing.ts'
import type { Scenario, Step } from './scenario.ts'
import { configOf, type Stage } from './world.ts'

/** Looks at what a scenario asks of its station before anything is played: its board, keys, connectors and commands. A station is begun for
 *  it that no network reaches. @throws ConfigError naming file, step and remedy */
export async function rehearse(scenario: Scenario, stage: Stage): Promise<void> {
  const time = passing(steppedClock())
  const life = lives({ config: await configOf(scenario, stage, '/nowhere'), time, dial: nobody, framePassed() {} })
  try {
    const wrong = (field: string, line: number | undefined, problem: string, remedy: string) =>
      new ConfigError(scenario.path, field, line === undefined ? problem : `${problem} (line ${line})`, remedy)
    for (const [at, step] of scenario.steps.entries()) {
      const fault = keyFault(step, life.station) ?? connectorFault(step, life.station) ?? (await commandFault(step, life.station))
      if (fault !== undefined) throw wrong(`steps.${at}.${fault.field}`, scenario.lines[at], fault.problem, fault.remedy)
    }
    for (const connector of Object.keys(scenario.finally?.status ?? {})) {
      if (life.station.view(Number(connector)) === undefined)
        throw wrong(`finally.status.${connector}`, undefined, 'there is no such connector', connectorsOf(life.station))
    }
  } finally {
    life.drop()
  }
}

interface Fault {
  readonly field: string
  readonly problem: string
  readonly remedy: string
}

const nobody = () => Promise.reject(new DialError('network', 'a rehearsal has no network'))

const unsettable: Readonly<Record<string, string>> = {
  unknown: 'no such OCPP 1.6 configuration key',
  notOffered: 'a key that Pilotwire does not have',
  derived: 'a key that follows from the board, and cannot be set',
}

/** A value that is refused may be good by the time of the step: that is for the play to see. */
function keyFault({ set = {} }: Step, station: DeskStation): Fault | undefined {
  for (const [key, value] of Object.entries(set)) {
    const problem = unsettable[station.set(key, value)]
    if (problem !== undefined) return { field: `set.${key}`, problem, remedy: 'GetConfiguration lists the keys' }
  }
  return undefined
}

function connectorFault(step: Step, station: DeskStation): Fault | undefined {
  for (const field of ['plug', 'unplug', 'clear', 'connector'] as const) {
    const connector = step[field]
    if (typeof connector === 'number' && station.view(connector) === undefined)
      return { field, problem: `there is no connector ${connector}`, remedy: connectorsOf(station) }
  }
  return undefined
}

function connectorsOf({ core }: DeskStation): string {
  return `The board has ${core.evses.join(', ')}; "board" names another one`
}

async function commandFault({ run }: Step, station: DeskStation): Promise<Fault | undefined> {
  const [word = ''] = run?.trim().split(/\s/) ?? []
  if (word === '' || word.includes('$')) return undefined
  const reply = await station.run(`help ${word}`)
  return reply.startsWith('ok') ? undefined : { field: 'run', problem: `"${word}" is no command of the control door`, remedy: 'docs/control.md lists them' }
}
