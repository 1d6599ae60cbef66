import type { Clock } from '../base/clock.ts'
import type { NewestLines } from '../base/newest-lines.ts'
import type { Listenable } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import type { Identity, StationConfig } from '../config/station.ts'
import type { DoctorFinding, MachinePort } from '../local/ports.ts'
import { freeBytesOf } from '../store/directory.ts'
import { cpuCelsius } from './cpu-heat.ts'
import { loopLag } from './loop-lag.ts'
import { wiringWords } from './wiring-words.ts'

export interface MachineParts {
  readonly config: Pick<StationConfig, 'board' | 'stateDirectory'>
  readonly identity: Identity
  readonly clock: Clock
  /** Newest lines of the log, and each one as it is written. */
  readonly lines: Pick<NewestLines, 'all'>
  readonly logged: Listenable<string>
  /** Since a guard in another process was last heard; undefined: it lives in this one. */
  readonly guardSilentMs?: (() => Millis) | undefined
}

/** This machine, for whoever looks after it. */
export function machinePort(parts: MachineParts): MachinePort & { close(): void } {
  const { config, identity, clock, lines, logged, guardSilentMs } = parts
  const { board } = config
  const startedAt = clock.monotonic()
  const lag = loopLag(clock)
  return {
    logLines: lines.all,
    logged: { on: (hear) => logged.on((line) => hear(line.replace(/\n$/, ''))) },
    firmwareVersion: identity.firmwareVersion,
    plate: { vendor: identity.vendor, model: identity.model },
    board: { name: board.name, isSimulated: board.kind === 'simulated', wiring: wiringWords(board) },
    uptimeS: () => (clock.monotonic() - startedAt) / 1_000,
    freeBytes: () => freeBytesOf(config.stateDirectory),
    rssBytes: () => process.memoryUsage.rss(),
    guardSilentMs: guardSilentMs ?? (() => 0),
    loopLagMs: lag.worst,
    cpuCelsius: () => cpuCelsius(),
    async doctor() {
      const [{ examine }, { thisHost }] = await Promise.all([import('../commission/doctor.ts'), import('../commission/host.ts')])
      // In the field the wires are the guard's, and closed to the user of the core: what it cannot open says nothing about them.
      const mayLook = guardSilentMs === undefined || board.kind === 'simulated'
      const seen = mayLook ? board : undefined
      const findings = await examine(await thisHost(clock.now().epochMs, seen), seen)
      return findings.map(({ check, level, says, remedy }): DoctorFinding => ({ subject: check, level: level === 'note' ? 'ok' : level, words: says, remedy }))
    },
    close: lag.close,
  }
}
