import type { EvseView } from '../../core/charge-point.ts'
import { figuresOf, rounded } from '../../core/figures.ts'
import { type SiteDesk, siteWords } from '../../core/site/picture.ts'
import { faultWords } from '../fault-words.ts'
import { holderWords } from '../holders.ts'
import type { LocalPorts } from '../ports.ts'
import { durationS, isoAt, wattHours } from './session-picture.ts'
import type { Evse, Station } from './shapes.ts'
import { offerWords, statusWords } from './status-words.ts'

/** The station and its outlets as the REST door and the page tell them. */
export function stationOf(ports: LocalPorts): Station {
  const { context, connection, machine } = ports
  const { chargePoint, clock, automaticEv } = context
  const now = clock.now()
  return {
    id: connection.identity,
    ...machine.plate,
    firmware: machine.firmwareVersion,
    board: machine.board.name,
    isSimulated: machine.board.isSimulated,
    link: linkStateOf(ports),
    linkWords: linkWords(ports),
    url: connection.url,
    ocpp: connection.version,
    isOperative: chargePoint.isOperative,
    ...context.reports(),
    now: isoAt(now.epochMs),
    isTimeTrusted: now.trusted,
    uptimeS: Math.floor(machine.uptimeS()),
    automaticEv: automaticEv?.isOn ?? null,
    site: siteOf(chargePoint.site),
    evses: chargePoint.evses.map((evse) => evseOf(ports, evse)),
  }
}

/** One outlet. @throws RangeError for one that is not there */
export function evseOf({ context: { chargePoint, clock, transactionNumber } }: LocalPorts, evse: number): Evse {
  const view = chargePoint.view(evse)
  const { report, offered, status } = view
  const description = chargePoint.guard.evses.find((each) => each.evse === evse)
  const { amps, volts, watts } = figuresOf(report.reading)
  const now = clock.now().epochMs
  const limits = chargePoint.limitsOf(evse)
  const kept = chargePoint.reservations.all.find((each) => each.evse === evse)
  return {
    evse,
    status,
    words: statusWords(view, chargePoint),
    info: view.info ?? null,
    isPlugged: report.isPlugged,
    pilot: report.pilot,
    contactor: report.contactor,
    lock: report.lock,
    isOperative: view.isOperative,
    isEnabled: chargePoint.local.isEnabled(evse),
    maxAmps: description?.maxAmps ?? 0,
    phases: description?.phases ?? report.phases,
    isDc: description?.dc !== undefined,
    localLimitA: chargePoint.local.limitOf(evse) ?? null,
    offeredA: rounded(offered.amps, 1) ?? 0,
    offeredW: rounded(offered.watts, 0) ?? null,
    heldBy: offered.heldBy,
    heldByWords: holderWords(offered.heldBy),
    offerWords: offerWords(view, limits) ?? null,
    limits: limits.map(({ name, size }) => ({ name, words: holderWords(name), size: rounded(size, 1) ?? 0 })),
    powerW: rounded(watts, 0) ?? null,
    currentA: rounded(amps, 2) ?? null,
    voltageV: rounded(volts, 1) ?? null,
    byPhase: (report.reading?.phases ?? []).map(({ voltageV, currentA, powerW }) => ({
      voltageV: rounded(voltageV, 1) ?? null,
      currentA: rounded(currentA, 2) ?? null,
      powerW: rounded(powerW, 0) ?? null,
    })),
    meterWh: wattHours(chargePoint.meterWh(evse)),
    chargePercent: rounded(report.reading?.evChargePercent, 0) ?? null,
    session: runningOf(view, chargePoint, transactionNumber, now),
    waitingToken: view.waitingToken ?? null,
    reservation: kept === undefined ? null : { id: kept.id, token: kept.token, until: isoAt(kept.until) },
    faults: view.faults.map((fault) => ({ fault, ...faultWords[fault] })),
    raised: view.raised ?? null,
  }
}

/** Load management in words and figures. */
function siteOf(site: SiteDesk | undefined): Station['site'] {
  if (site === undefined) return null
  const picture = site.picture()
  const { mode, fuseA, limitA, meter, gridA, gridW, ageS, surplusW, isRelieved, outlets } = picture
  return {
    words: siteWords(picture),
    mode: mode ?? null,
    fuseA: fuseA ?? null,
    limitA: limitA ?? null,
    meter,
    gridA: gridA.map((each) => rounded(each, 1) ?? 0),
    gridW: rounded(gridW, 0) ?? null,
    ageS: rounded(ageS, 1) ?? null,
    surplusW: rounded(surplusW, 0) ?? null,
    isRelieved,
    outlets: outlets.map((each) => ({ evse: each.evse, site: rounded(each.site, 1) ?? null, solar: rounded(each.solar, 1) ?? null })),
  }
}

function runningOf(
  { evse, transaction }: EvseView,
  { sessions, meterWh }: LocalPorts['context']['chargePoint'],
  numberOf: LocalPorts['context']['transactionNumber'],
  now: number,
): Evse['session'] {
  if (transaction === undefined) return null
  const { id, token, startedAt, meterStartWh } = transaction
  const session = sessions.find(id)
  const began = session?.startedAt ?? startedAt.epochMs
  return {
    id,
    transaction: numberOf(id) ?? null,
    token,
    startedAt: isoAt(began),
    durationS: durationS(began, now),
    energyWh: wattHours(Math.max(0, meterWh(evse) - meterStartWh)),
    peakW: Math.round(session?.peakW ?? 0),
  }
}

const linkStates = ['connected', 'connecting', 'waiting', 'disconnected'] as const

/** The link's state as one of the words of the contract. */
export function linkStateOf({ context }: LocalPorts): Station['link'] {
  return linkStates.find((each) => each === context.link.state) ?? 'disconnected'
}

/** The connection to the central system, for people. */
export function linkWords(ports: LocalPorts): string {
  switch (linkStateOf(ports)) {
    case 'connected':
      return ports.connection.isAccepted ? 'Connected to the central system' : 'Connected, but the central system has not accepted this station yet'
    case 'connecting':
      return 'Connecting to the central system'
    case 'waiting':
      return 'No connection to the central system; it is tried again by itself'
    case 'disconnected':
      return 'Disconnected on purpose, until somebody connects it again'
  }
}
