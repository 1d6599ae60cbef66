import type { EvseDescription, Report } from '../safety/port.ts'
import type { EvseView, RaisedFault } from './charge-point.ts'
import { isEnough, type Offered } from './offer.ts'
import type { Accepted, Running } from './outlet.ts'
import { statusOf } from './status.ts'
import type { Visit } from './visit.ts'

/** How things stand at one EVSE. */
export interface Standing {
  readonly description: EvseDescription
  readonly report: Report
  readonly offered: Offered
  readonly car: Pick<Visit, 'isDone' | 'isUncertain'>
  readonly running: Running | undefined
  readonly waiting: Accepted | undefined
  readonly raised: RaisedFault | undefined
  readonly isOperative: boolean
  readonly isReserved: boolean
}

/** EVCommunicationError is a warning beside a session (OCPP 1.6 §7.6), and a fault only where there is none. */
export function isFaulted({ report, raised, running, waiting }: Pick<Standing, 'report' | 'raised' | 'running' | 'waiting'>): boolean {
  const isWarning = raised === 'evCommunication' && (running !== undefined || waiting !== undefined || report.hasCable)
  return report.faults.length > 0 || (raised !== undefined && !isWarning)
}

/** The picture that doors are shown of it. */
export function viewOf(standing: Standing): EvseView {
  const { description, report, offered, car, running, waiting, raised, isOperative, isReserved } = standing
  const status = statusOf({
    isFaulted: isFaulted(standing),
    isOperative,
    isReserved,
    isWaiting: waiting !== undefined,
    hasCable: report.hasCable || car.isUncertain,
    isDone: car.isDone,
    transaction: running && {
      stopping: running.stopping === undefined ? 'no' : running.stopping.isMeasured ? 'measured' : 'measuring',
      isClosed: report.contactor === 'closed',
      isOffered: isEnough(offered, description) && (report.isOffering || !running.isSettled || !report.isPlugged),
      isSettled: running.isSettled,
    },
  })
  return {
    evse: description.evse,
    status,
    // Not before the contacts are open: Charging does not go with it.
    info: status === 'suspendedEv' && !report.isPlugged ? 'EV side disconnected' : undefined,
    faults: report.faults,
    raised,
    isOperative,
    transaction: running,
    waitingToken: waiting?.token,
    offered,
    report,
  }
}
