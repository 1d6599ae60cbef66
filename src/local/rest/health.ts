import { rounded } from '../../core/figures.ts'
import { faultWords, raisedWords } from '../fault-words.ts'
import type { LocalPorts } from '../ports.ts'
import type { Finding, Health } from './shapes.ts'
import { linkStateOf, linkWords } from './station-picture.ts'

/** Beats come each second, and a core that has heard nothing for 3 s ends by itself: this is the time to tell a probe. */
const guardSilentTooLongMs = 3_000
/** Safety rule 5: an offer lives 10 s. Above a second renewals are late, and answers to the central system too. */
const slowMs = 1_000
const hangingMs = 10_000
/** The database wants room to grow, and logs and firmware to be taken. */
const littleBytes = 50_000_000
const scarceBytes = 10_000_000
/** Raspberry Pi boards slow down from 80 degrees C on (documentation of `vcgencmd get_throttled`). */
const hotC = 80

const ok = (subject: string, words: string): Finding => ({ subject, level: 'ok', words, remedy: null })
const warning = (subject: string, words: string, remedy: string): Finding => ({ subject, level: 'warning', words, remedy })
const wrong = (subject: string, words: string, remedy: string): Finding => ({ subject, level: 'error', words, remedy })

/** How the station is. `isHealthy` is for a probe that starts a sick program again: it heeds guard and core, and no fault that a restart
 *  would not mend. */
export function healthOf(ports: LocalPorts): Health {
  const { machine } = ports
  const alive = [guard(ports), core(ports)]
  return {
    isHealthy: alive.every(({ level }) => level !== 'error'),
    checks: [...alive, clock(ports), disk(ports), heat(ports), link(ports), ledger(ports), ...faults(ports)],
    uptimeS: Math.floor(machine.uptimeS()),
    freeBytes: machine.freeBytes() ?? null,
    rssBytes: machine.rssBytes(),
    loopLagMs: rounded(machine.loopLagMs(), 1) ?? 0,
    cpuCelsius: rounded(machine.cpuCelsius(), 1) ?? null,
  }
}

function guard({ machine }: LocalPorts): Finding {
  const silentMs = machine.guardSilentMs()
  if (silentMs > guardSilentTooLongMs)
    return wrong('guard', `The guard has not answered for ${rounded(silentMs / 1_000, 1)} s`, 'Look at the log of `pilotwire guard`; the core ends by itself')
  return ok('guard', 'The guard answers')
}

function core({ machine }: LocalPorts): Finding {
  const lag = rounded(machine.loopLagMs(), 0) ?? 0
  const remedy = 'Stop other programs on this computer, and look whether its disk is slow'
  // It answers again: what starts a dead core anew must leave this one alone.
  if (lag > hangingMs) return warning('core', `The core stood still for ${lag} ms within the last minute: charging was interrupted`, remedy)
  return lag > slowMs ? warning('core', `The core was up to ${lag} ms late in the last minute`, remedy) : ok('core', `The core runs, at most ${lag} ms late`)
}

function clock({ context }: LocalPorts): Finding {
  return context.clock.now().trusted
    ? ok('clock', 'The central system has set the clock')
    : warning('clock', 'The clock was not set by a central system since the start', 'Connect to the central system; times are corrected once it answers')
}

function disk({ machine }: LocalPorts): Finding {
  const free = machine.freeBytes()
  const remedy = 'Make room on the disk of the state directory'
  if (free === undefined) return warning('disk', 'It cannot be told how much room the disk has', 'Look whether the state directory is there')
  const words = `${Math.floor(free / 1_000_000)} MB free`
  if (free < scarceBytes) return wrong('disk', words, remedy)
  return free < littleBytes ? warning('disk', words, remedy) : ok('disk', words)
}

function heat({ machine }: LocalPorts): Finding {
  const celsius = rounded(machine.cpuCelsius(), 0)
  if (celsius === undefined) return ok('heat', 'The processor has no thermometer here')
  return celsius >= hotC ? warning('heat', `The processor has ${celsius} °C`, 'Give it air, or a heat sink') : ok('heat', `The processor has ${celsius} °C`)
}

function link(ports: LocalPorts): Finding {
  const words = linkWords(ports)
  if (linkStateOf(ports) === 'connected' && ports.connection.isAccepted) return ok('link', words)
  return warning('link', words, `Look at the network and at ${ports.connection.url}; charging goes by the offline rules until then`)
}

function ledger({ context }: LocalPorts): Finding {
  const { waiting, undeliverable } = context.reports()
  if (undeliverable > 0)
    return warning('ledger', `The central system would not take ${undeliverable} facts`, 'See `pilotwire ledger --undeliverable`, or GET /api/v1/ledger')
  return ok('ledger', waiting === 0 ? 'The central system knows everything' : `${waiting} facts wait for the central system`)
}

function faults({ context: { chargePoint } }: LocalPorts): readonly Finding[] {
  const found = chargePoint.evses.flatMap((evse) => {
    const { faults: guards, raised } = chargePoint.view(evse)
    const all = [...guards.map((fault) => faultWords[fault]), ...(raised === undefined ? [] : [raisedWords(raised)])]
    return all.map(({ words, remedy }) => wrong('faults', `Outlet ${evse}: ${words}`, remedy))
  })
  return found.length === 0 ? [ok('faults', 'No outlet has a fault')] : found
}
