import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { minutes } from '../base/units.ts'
import type { Ledger } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import { type Allowance, allowance } from './allowance.ts'
import type { Fact, SecurityEventName } from './facts.ts'

/** What a central system is told of: the critical ones of the security whitepaper (ed. 3, ch. 8), and those about what it gave us itself,
 *  which OCPP 2.0.1 made critical. */
const critical: ReadonlySet<SecurityEventName> = new Set<SecurityEventName>([
  'firmwareUpdated',
  'settingSystemTime',
  'startupOfTheDevice',
  'resetOrReboot',
  'securityLogWasCleared',
  'memoryExhaustion',
  'tamperDetectionActivated',
  'invalidFirmwareSignature',
  'invalidFirmwareSigningCertificate',
  'invalidCentralSystemCertificate',
  'invalidChargePointCertificate',
  'invalidTlsVersion',
  'invalidTlsCipherSuite',
])

export function isCritical(event: SecurityEventName): boolean {
  return critical.has(event)
}

/** Noted at each start, which waits for no disk: a power cut that takes them makes new ones. What is not critical may be lost with the
 *  last minute before a power cut too. */
const ofStart: ReadonlySet<SecurityEventName> = new Set<SecurityEventName>(['startupOfTheDevice', 'resetOrReboot'])

/** What a charger does by itself or is asked to do: no cause for alarm. */
const ordinary: ReadonlySet<SecurityEventName> = new Set<SecurityEventName>([
  ...ofStart,
  'firmwareUpdated',
  'settingSystemTime',
  'reconfigurationOfSecurityParameters',
])

/** Who can make us note events at will must not fill the disk with them: so many of one kind at once, then one in a while. */
const mostAtOnce = 10
const oneMoreEach = minutes(6)
/** techInfo of the whitepaper's SecurityEventNotification, characters. */
const longestInfo = 255

/** Where anything in the house tells of a security event. It goes to the ledger, and from there to the central system. */
export interface SecurityLog {
  /** Of too many of one kind the further ones are counted, and the count stands in the next one that is noted.
   *  @param info at most 255 characters, cut there; never a secret. False: the state directory would not take it */
  note(event: SecurityEventName, info?: string): boolean
}

export interface SecurityLogParts {
  readonly ledger: Ledger<Fact>
  readonly clock: Clock
  readonly log: Log
}

export function securityLog({ ledger, clock, log }: SecurityLogParts): SecurityLog {
  /** `withheld`: not noted since the last one that was. */
  const kinds = new Map<SecurityEventName, { readonly allowance: Allowance; withheld: number }>()
  const kindOf = (event: SecurityEventName) => {
    const known = kinds.get(event) ?? { allowance: allowance(clock, mostAtOnce, oneMoreEach), withheld: 0 }
    kinds.set(event, known)
    return known
  }
  return {
    note(event, info) {
      const kind = kindOf(event)
      if (!kind.allowance.isLeft) {
        kind.withheld++
        return true
      }
      const words = wordsOf(info, kind.withheld)
      log[ordinary.has(event) ? 'info' : 'warn']({ event, info: words }, 'security event')
      const fact: Fact = { kind: 'securityEvent', event, ...(words === undefined ? {} : { info: words }) }
      const isKept = attempted(
        () => ledger.append(clock.now(), fact, { durability: isCritical(event) && !ofStart.has(event) ? 'durable' : 'grouped' }),
        (error) => log.error({ event, error: error.message }, 'a security event cannot be written to the state directory'),
      )
      if (isKept) {
        kind.allowance.spend()
        kind.withheld = 0
      }
      return isKept
    },
  }
}

function wordsOf(info: string | undefined, withheld: number): string | undefined {
  const counted = withheld === 0 ? '' : `${info === undefined ? '' : ' '}(and ${withheld} more before)`
  const words = `${info?.slice(0, longestInfo - counted.length) ?? ''}${counted}`
  return words === '' ? undefined : words.toWellFormed()
}
