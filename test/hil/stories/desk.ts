import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CentralSystem, centralSystem } from '../../../bench/csms/central-system.ts'
import { openDoor } from '../../../bench/csms/door.ts'
import { type Clock, systemClock } from '../../../src/base/clock.ts'
import { wordsOf } from '../../../src/base/errors.ts'
import { pause, until } from '../check.ts'
import { type Hands, startPlant } from '../hands.ts'
import type { Machine } from '../machine.ts'
import { program } from '../programs.ts'
import { named } from '../wires.ts'
import { untouched } from '../wishes.ts'

export type Backend = 'chardev' | 'sysfs'

/** The charger on the machine's devices, the world behind them, and the central system of the bench. */
export interface Desk {
  readonly clock: Clock
  readonly machine: Machine
  readonly backend: Backend
  readonly boardFile: string
  readonly plant: Hands
  readonly csms: CentralSystem
  /** The program, from the command line as in the field. */
  readonly charger: ChildProcess
  /** `Faulted OtherError EmergencyStop`: the newest StatusNotification of connector 1. */
  status(): string
  reached(status: RegExp, withinMs?: number): Promise<string>
  /** Nobody at the charger, and nothing wrong: Available. */
  home(): Promise<void>
  /** The card before the reader, not sooner than it counts again. */
  present(): Promise<void>
  /** A car, a card, and current that flows. */
  charging(): Promise<void>
  close(): Promise<void>
}

const station = 'HIL-1'
/** Version 01, tag 00A1B2C3. */
export const card = '0100A1B2C3'

const settings = {
  MeterValueSampleInterval: '2',
  MeterValuesSampledData: 'Energy.Active.Import.Register,Current.Import,Voltage,Power.Active.Import',
  ClockAlignedDataInterval: '0',
}

export async function openDesk(machine: Machine, backend: Backend): Promise<Desk> {
  const clock = systemClock()
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-hil-'))
  const boardFile = join(directory, 'board.yaml')
  const file = readFileSync('test/hil/board.yaml', 'utf8').replace('gpio: chardev', `gpio: ${backend}`)
  // sysfs knows no names.
  const unnamed = Object.entries(named).reduce((text, [line, name]) => text.replace(`{ name: ${name} }`, `{ header: ${line} }`), file)
  writeFileSync(boardFile, backend === 'sysfs' ? unnamed : file)
  writeFileSync(join(directory, 'settings.json'), JSON.stringify(settings))
  const plant = await startPlant(clock, machine.simulated)
  const csms = centralSystem({ clock })
  const door = await openDoor(csms, { port: 0 })
  const options = { id: station, csms: door.url, board: boardFile, state: join(directory, 'state'), settings: join(directory, 'settings.json'), log: 'info' }
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const charger = spawn(process.execPath, [program('main'), 'run', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(charger, 'close')
  let said = ''
  for (const stream of [charger.stdout, charger.stderr])
    stream.on('data', (bytes: Buffer) => {
      said += String(bytes)
    })
  const last = () => said.split('\n').slice(-40).join('\n')
  const status = () => {
    const newest = csms.stations.find(({ id }) => id === station)?.connectors.get(1)
    return newest === undefined ? 'silent' : [newest.status, newest.errorCode, newest.vendorErrorCode ?? ''].join(' ').trim()
  }
  const seen = () => {
    if (charger.exitCode !== null) throw new Error(`it ended with ${charger.exitCode}`)
    return status()
  }
  const reached = async (wanted: RegExp, withinMs = 20_000) => {
    try {
      return await until(clock, `status ${wanted}`, seen, (words) => wanted.test(words), withinMs)
    } catch (error) {
      throw new Error(`${wordsOf(error)}; the charger said last\n${last()}`)
    }
  }
  let presentedAt = Number.NEGATIVE_INFINITY
  const present = async () => {
    // The reader's debounce is 2 s: until then it is the same presentation.
    await pause(clock, Math.max(0, presentedAt + 2_500 - clock.monotonic()))
    await plant.present(card)
    presentedAt = clock.monotonic()
  }
  const home = async () => {
    await plant.set(untouched)
    await reached(/^Available/, 40_000)
  }
  return {
    clock,
    machine,
    backend,
    boardFile,
    plant,
    csms,
    charger,
    status,
    reached,
    home,
    present,
    async charging() {
      await home()
      const before = csms.transactions.all.length
      await plant.set({ isPlugged: true, isReady: true })
      await reached(/^Preparing/)
      await present()
      await reached(/^Charging/, 40_000)
      await plant.until('current flows', ({ ampsPerPhase }) => ampsPerPhase > 15)
      await until(
        clock,
        'StartTransaction',
        () => csms.transactions.all.length,
        (length) => length > before,
      )
    },
    async close() {
      if (charger.exitCode === null && charger.signalCode === null) charger.kill('SIGTERM')
      await ended
      await door.close()
      await plant.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
