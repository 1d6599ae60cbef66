import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import { seconds } from '../../src/base/units.ts'
import { type Seeded, seeded } from '../seeded.ts'
import { bundledProgram } from './bundle.ts'
import { type Central, openCentral } from './central.ts'
import { type Charger, Gone, startCharger } from './charger.ts'
import { type Checkpoint, type Life, type Verdict, verdictOn } from './verdict.ts'

/** Seconds between the samples of a transaction. */
const sampleInterval = 1
/** A session from plugging in to unplugging takes about so long: kills fall anywhere in it. */
const wholeSession = seconds(7)
const settings = {
  MeterValueSampleInterval: String(sampleInterval),
  // A lost answer must not hold up the show for half a minute, and no message may be given up because many were lost in a row.
  MessageTimeout: '1',
  TransactionMessageAttempts: '50',
  TransactionMessageRetryInterval: '0',
  AllowOfflineTxForUnknownId: 'true',
}

export interface CampaignOptions {
  readonly kills: number
  readonly seed: number
  readonly chargers: number
  /** Is told of each kill. */
  readonly progress?: (kills: number) => void
}

interface Show {
  readonly clock: Clock
  readonly central: Central
  readonly chance: Seeded
  readonly program: string
  readonly home: string
  readonly settingsFile: string
  /** Every charger that was started: none outlives the show. */
  readonly started: Charger[]
  /** Kills that are still to be done; shared by all chargers. */
  left: number
  readonly told: (kills: number) => void
}

/** Runs chargers through sessions on a poor network, kills them at random moments, lets them deliver, and judges what the central
 *  system's book says. */
export async function campaign(options: CampaignOptions): Promise<Verdict> {
  const home = mkdtempSync(join(tmpdir(), 'pilotwire-crash-'))
  const clock = systemClock()
  const chance = seeded(options.seed)
  const settingsFile = join(home, 'settings.json')
  writeFileSync(settingsFile, JSON.stringify(settings))
  const central = await openCentral(clock, join(home, 'journal.jsonl'), chance)
  const started: Charger[] = []
  try {
    const program = await bundledProgram(home)
    let done = 0
    const show: Show = {
      clock,
      central,
      chance,
      program,
      home,
      settingsFile,
      started,
      left: options.kills,
      told: () => options.progress?.(++done),
    }
    const lives = await Promise.all(Array.from({ length: options.chargers }, (_, index) => liveAndDie(`CP-${index + 1}`, show)))
    return verdictOn(lives, central, sampleInterval)
  } finally {
    await Promise.all(started.map((charger) => charger.kill()))
    await central.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** One charger: killed and started again until all kills are done, then left in peace for a last session. */
async function liveAndDie(id: string, show: Show): Promise<Life> {
  const state = join(show.home, id)
  mkdirSync(state)
  const checkpoints: Checkpoint[] = []
  const complaints: string[] = []
  let sessions = 0
  const note = (kind: Checkpoint['kind']) => checkpoints.push({ kind, atMs: show.clock.now().epochMs, registerWh: registerIn(state) })
  const start = () => {
    const charger = startCharger({ ...show, id, csms: show.central.url, state, compileCache: join(show.home, 'cache') })
    show.started.push(charger)
    void charger.ended.then(() => complaints.push(...charger.complaints))
    return charger
  }
  while (show.left > 0) {
    show.left--
    const charger = start()
    const sentence = killLater(id, charger, show)
    try {
      for (;;) {
        await session(charger, `TAG${++sessions}`, show)
        note('ended')
      }
    } catch (error) {
      if (!(error instanceof Gone)) throw error
    } finally {
      await charger.kill()
      sentence.stop()
    }
    const exitCode = await charger.ended
    if (exitCode !== undefined) complaints.push(`ended by itself with exit code ${exitCode}`)
    note('killed')
    show.told(1)
  }
  show.central.mend()
  const charger = start()
  try {
    await lastSession(charger, id, show.central)
    note('ended')
    await charger.say('quit')
    const exitCode = await charger.ended
    return { id, state, checkpoints, sessions, complaints, exitCode }
  } finally {
    await charger.kill()
  }
}

/** What is on the meter of the plant. */
function registerIn(state: string): number {
  try {
    return Number(readFileSync(join(state, 'simulated-meter-1'), 'utf8'))
  } catch {
    return 0
  }
}

/** A kill anywhere in a session, or within milliseconds of a message that matters. */
function killLater(id: string, charger: Charger, { clock, central, chance }: Show): { stop(): void } {
  const kill = () => void charger.kill()
  const latest = clock.after('kill', chance.between(0, wholeSession), kill)
  const action = chance.pick([undefined, undefined, 'StartTransaction', 'StopTransaction'])
  const delay = chance.happens(0.5) ? 0 : chance.between(0, 30)
  const watch = central.arrives.on((request) => {
    if (request.station !== id || request.action !== action) return
    // At 0 the signal is on its way before the answer is: it is acknowledged there and never heard of here.
    if (delay === 0) kill()
    else clock.after('kill', delay, kill)
  })
  return {
    stop() {
      latest.stop()
      watch()
    },
  }
}

/** Plugs in, swipes, charges, swipes, unplugs; the network goes away in some of the sessions. */
async function session(charger: Charger, tag: string, { chance }: Show): Promise<void> {
  await pause(charger, chance.between(0, 0.3))
  const cut = chance.happens(0.3) ? chance.pick(['before', 'charging', 'stopping']) : undefined
  const cutAt = async (moment: string) => {
    if (cut === moment) await charger.say(`offline ${chance.between(0.1, 4).toFixed(2)}`)
  }
  await cutAt('before')
  const isCardFirst = chance.happens(0.3)
  if (isCardFirst) await startWith(charger, tag)
  await charger.say('plugin')
  if (!isCardFirst) await startWith(charger, tag)
  await until(charger, ({ status }) => status === 'charging')
  await pause(charger, chance.between(0, 1.5))
  await cutAt('charging')
  await pause(charger, chance.between(0, 1.5))
  await cutAt('stopping')
  await charger.say('stop')
  await until(charger, ({ transactionUuid }) => transactionUuid === null)
  await charger.say('unplug')
  await until(charger, ({ status }) => status === 'available')
}

/** A session that ends with everything delivered: messages leave in order, so its end is the last of them all. */
async function lastSession(charger: Charger, id: string, { book }: Central): Promise<void> {
  const tag = `LAST-${id}`
  const isIn = () => book.ended.some(({ station, start }) => station === id && start.idTag === tag)
  await charger.say('plugin')
  await startWith(charger, tag)
  await until(charger, ({ status }) => status === 'charging')
  await charger.say('stop')
  await until(charger, ({ transactionUuid }) => transactionUuid === null)
  while (!isIn()) await pause(charger, 0.1)
  await charger.say('unplug')
}

interface Picture {
  readonly status: string
  readonly transactionUuid: string | null
}

async function startWith(charger: Charger, tag: string): Promise<void> {
  // A station that was never accepted takes no card, and an answer may be lost.
  while (!(await charger.say(`start ${tag} 1`)).startsWith('ok')) await pause(charger, 0.1)
}

async function until(charger: Charger, isSo: (connector: Picture) => boolean): Promise<void> {
  for (;;) {
    const { connectors } = JSON.parse((await charger.say('status')).replace(/^ok /, '')) as { readonly connectors: readonly Picture[] }
    const [connector] = connectors
    if (connector !== undefined && isSo(connector)) return
    await pause(charger, 0.05)
  }
}

/** The charger's own clock does the waiting, and a charger that is gone ends it. */
function pause(charger: Charger, s: number): Promise<string> {
  return charger.say(`wait ${s.toFixed(3)}`)
}
