import { hours, minutes } from '../../src/base/units.ts'
import { violationOf } from '../../src/ocpp/message.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import { allAwaited, awaited, counted, Unmet, type Wanted } from './expecting.ts'
import { fitsText } from './pattern.ts'
import type { Recorded } from './record.ts'
import { type Expectation, millisOf, type Step, type Verb } from './scenario.ts'
import type { World } from './world.ts'

/** Where a scenario has got to. */
export interface Progress {
  /** Number of the last frame that a step was about: expectations look behind it. */
  since: number
}

type Act = (step: Step, world: World, progress: Progress) => Promise<void>

const restartTakes = '2s'
const usualWait = '30s'
/** A station that is just starting again is waited for. */
const startsWithin = minutes(10)
/** Every line of the control door and every restart is over by then. */
const doneWithin = hours(1)

/** What each step does. Its names are replaced already. @throws Unmet */
export const acts: Readonly<Record<Verb, Act>> = {
  plug: (step, world) => obeyed(world, `plugin ${step.plug}`),
  unplug: (step, world) => obeyed(world, `unplug ${step.unplug}`),
  tag: (step, world) => obeyed(world, `tag "${step.tag}"${step.connector === undefined ? '' : ` ${step.connector}`}`, step.reply),
  run: (step, world) => obeyed(world, step.run ?? '', step.reply),
  fault: (step, world) => obeyed(world, `fault ${step.fault} ${step.connector ?? 1}`),
  clear: (step, world) => obeyed(world, `clear ${step.clear}`),
  wait: (step, world) => world.time.pass(millisOf(step.wait ?? '0s')),
  await: awaitStatus,
  async expect(step, world, progress) {
    const wanted = step as Wanted
    if (step.never === true) return void (await counted(world, wanted, progress.since, 0))
    const frames = step.count === undefined ? [await awaited(world, wanted, progress.since)] : await counted(world, wanted, progress.since, step.count)
    for (const frame of frames) remember(step, frame, world)
    progress.since = frames.at(-1)?.number ?? progress.since
  },
  async inAnyOrder({ inAnyOrder = [], within }, world, progress) {
    const frames = await allAwaited(world, inAnyOrder, progress.since, within)
    for (const [at, frame] of frames.entries()) remember(inAnyOrder[at] ?? {}, frame, world)
    progress.since = Math.max(...frames.map(({ number }) => number))
  },
  csms: askStation,
  async behave({ behave = {} }, { central }) {
    central?.behave(behave)
  },
  async network({ network = 'up', for: time }, world) {
    world.network.set(network, time === undefined ? undefined : millisOf(time))
  },
  async restart({ restart = 'stop', for: outage = restartTakes }, world, progress) {
    await started(world)
    progress.since = world.record.all.length
    await world.time.during(world.lives.restart(restart, millisOf(outage)), millisOf(outage) + doneWithin)
  },
  async set({ set = {} }, world) {
    await started(world)
    for (const [key, value] of Object.entries(set)) {
      const outcome = world.lives.station.set(key, value)
      if (outcome !== 'set') throw new Unmet(`the key ${key} could not be set to "${value}": ${outcome}`)
    }
  },
}

async function started({ lives, time }: World): Promise<void> {
  await time.until(() => lives.isRunning || lives.isOver, startsWithin)
  if (!lives.isRunning) throw new Unmet(lives.isOver ? 'the station was stopped for good' : 'the station does not run, and did not start again')
}

async function obeyed(world: World, line: string, reply?: string): Promise<void> {
  await started(world)
  const came = await world.time.during(world.lives.station.run(line), doneWithin)
  const isFine = reply === undefined ? came.startsWith('ok') : fitsText(reply, came)
  if (!isFine) throw new Unmet(`expected the reply ${reply ?? 'ok'} to "${line}", and the station said: ${came}`)
}

/** OCPP writes SuspendedEVSE, the core suspendedEvse. */
export const isSameStatus = (one: string, other: string | undefined) => one.toLowerCase() === other?.toLowerCase()

async function awaitStatus({ await: status = 'Online', connector: at = 1, within = usualWait }: Step, { lives, time }: World): Promise<void> {
  const connector = Number(at)
  const isSo = () => {
    const { station, isRunning } = lives
    if (status === 'Offline') return !isRunning || !station.isOnline
    return isRunning && (status === 'Online' ? station.isOnline : isSameStatus(status, station.view(connector)?.status))
  }
  if (await time.until(isSo, millisOf(within))) return
  const where = status === 'Online' || status === 'Offline' ? 'the station' : `connector ${connector}`
  const view = lives.station.view(connector)
  const found = status === 'Online' || status === 'Offline' ? lives.station.link.state : (view?.status ?? 'not there')
  throw new Unmet(`expected ${where} to be ${status} within ${within}, and it is ${found}`)
}

/** Sends what the central system is to send; another one's is waited for. */
async function askStation(step: Step, world: World, progress: Progress): Promise<void> {
  const { csms: action = '', with: payload = {}, orAwait, answer, error } = step
  const { central } = world
  let { since } = progress
  if (central !== undefined) {
    const message = messages16.get(action)?.message
    if (message === undefined) throw new Unmet(`OCPP 1.6 has no ${action}`)
    const violation = violationOf(message.request, payload)
    if (violation !== undefined) throw new Unmet(`this is no ${action} of OCPP 1.6: ${violation.description}`)
    since = world.record.all.length
    if (!central.ask(message, payload)) throw new Unmet(`${action} cannot be sent: the station is not connected`)
  }
  const wanted: Wanted = {
    expect: action,
    from: 'csms',
    ...(central === undefined ? { within: orAwait ?? usualWait } : { with: payload, within: step.within ?? usualWait }),
    ...(answer === undefined && error === undefined ? { answer: {} } : {}),
    ...(answer === undefined ? {} : { answer }),
    ...(error === undefined ? {} : { error }),
  }
  // Passwords are taken out of what is seen.
  const { with: _, ...anyPayload } = wanted
  const frame = await awaited(world, isShown(action) ? wanted : anyPayload, since)
  remember(step, frame, world)
  progress.since = frame.number
}

const isShown = (action: string) => !['ChangeConfiguration', 'GetDiagnostics', 'UpdateFirmware', 'GetLog', 'SignedUpdateFirmware'].includes(action)

function remember({ remember: wanted = {} }: Pick<Expectation, 'remember'>, frame: Recorded, { names }: World): void {
  for (const [name, place] of Object.entries(wanted)) {
    const [root, ...path] = place.split('.')
    const from = root === 'with' ? frame.payload : frame.answer?.payload
    const value = path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined), from)
    if (value === undefined)
      throw new Unmet(
        `${frame.action} has no ${place} to be remembered as $${name}${root === 'answer' && frame.answer === undefined ? ': it has no answer yet; expect the answer in the same step' : ''}`,
      )
    names.set(name, value)
  }
}
