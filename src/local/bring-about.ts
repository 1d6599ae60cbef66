import { seconds } from '../base/units.ts'
import type { EvseStatus, EvseView } from '../core/charge-point.ts'
import { type LocalContext, type Reply, seen } from './command.ts'
import { replyTo } from './outcomes.ts'

/** The states that a person at the charger can bring about. */
export const reachable = ['available', 'preparing', 'charging', 'finishing', 'faulted', 'unavailable'] as const satisfies readonly EvseStatus[]
export type Reachable = (typeof reachable)[number]

/** Cable in, debounce, lock, authorization, contactor, the car's reaction (up to 5 s): nothing takes longer unless something is wrong. */
const patience = seconds(30)

/** Does what a person would do to see the state on an EVSE; answers when it is there, or why it is not. */
export async function bringAbout(context: LocalContext, evse: number, state: Reachable): Promise<Reply> {
  if (context.chargePoint.view(evse).status === state) return `ok ${state}`
  return (await ways[state](context, evse)) ?? (await until(context, evse, state))
}

/** Undefined: done what can be done, the state follows. A reply: it cannot be. */
type Way = (context: LocalContext, evse: number) => Promise<Reply | undefined>

const ways: Readonly<Record<Reachable, Way>> = {
  async available(context, evse) {
    await repair(context, evse)
    return await leave(context, evse)
  },
  async preparing(context, evse) {
    await repair(context, evse)
    const failed = await leave(context, evse)
    if (failed !== undefined) return failed
    // Without hands for the cable the card comes first: it waits, and that is Preparing too.
    if (context.person === undefined) return refusalOf(await present(context, evse))
    context.person.plug(evse)
    return undefined
  },
  async charging(context, evse) {
    await repair(context, evse)
    const { chargePoint, person } = context
    if (chargePoint.view(evse).status === 'finishing' && person !== undefined) await leave(context, evse)
    if (!chargePoint.view(evse).report.isPlugged) {
      if (person === undefined) return `error a car must be plugged in at connector ${evse} by hand`
      person.plug(evse)
    }
    person?.wantEnergy(evse, true)
    const { transaction, waitingToken } = chargePoint.view(evse)
    return transaction === undefined && waitingToken === undefined ? refusalOf(await present(context, evse)) : undefined
  },
  async finishing(context, evse) {
    if (context.chargePoint.view(evse).transaction === undefined) {
      const reply = await bringAbout(context, evse, 'charging')
      if (reply.startsWith('error')) return reply
    }
    endTransaction(context, evse)
    return undefined
  },
  async faulted({ chargePoint }, evse) {
    chargePoint.raise(evse, 'other')
    return undefined
  },
  async unavailable(context, evse) {
    const { chargePoint, person } = context
    // A fault would hide it.
    await repair(context, evse)
    // OCPP 1.6 §4.9 has no way from Preparing to Unavailable: the car leaves first.
    if (person !== undefined) await leave(context, evse)
    const outcome = chargePoint.setAvailability(evse, false)
    if (outcome === 'rejected') return 'error the charge point refuses to be unavailable'
    return outcome === 'scheduled' ? 'ok scheduled: unavailable when the transaction has ended' : undefined
  },
}

function present({ chargePoint, defaultTag }: LocalContext, evse: number): Promise<Reply> {
  return chargePoint.present(defaultTag, evse).then(replyTo)
}

function refusalOf(reply: Reply): Reply | undefined {
  return reply.startsWith('error') ? reply : undefined
}

function endTransaction({ chargePoint }: LocalContext, evse: number): void {
  const { transaction } = chargePoint.view(evse)
  if (transaction !== undefined) chargePoint.stop(evse, 'local', transaction.token)
}

/** Faults taken back, availability given back: as a technician does. */
async function repair({ chargePoint, person }: LocalContext, evse: number): Promise<void> {
  if (chargePoint.view(evse).raised !== undefined) chargePoint.raise(evse, undefined)
  if (person !== undefined) await person.clearFaults(evse)
  else if (chargePoint.view(evse).faults.length > 0) chargePoint.guard.clear(evse)
  if (!chargePoint.isOperative) chargePoint.setAvailability('all', true)
  if (!chargePoint.view(evse).isOperative) chargePoint.setAvailability(evse, true)
}

/** Ends the transaction, takes a waiting card back, unplugs. */
async function leave(context: LocalContext, evse: number): Promise<Reply | undefined> {
  const { chargePoint, person } = context
  endTransaction(context, evse)
  const { waitingToken } = chargePoint.view(evse)
  if (waitingToken !== undefined) await chargePoint.present(waitingToken, evse)
  if (isFree(chargePoint.view(evse))) return undefined
  if (person === undefined) return `error the car at connector ${evse} must be unplugged by hand`
  person.unplug(evse)
  await seen(context, evse, isFree, patience)
  return undefined
}

/** Neither a car nor a cable; on a socket the cable comes out after the car, when the lock lets go. */
function isFree({ report }: EvseView): boolean {
  return !report.isPlugged && !report.hasCable
}

async function until(context: LocalContext, evse: number, state: Reachable): Promise<Reply> {
  if (await seen(context, evse, (view) => view.status === state, patience)) return `ok ${state}`
  const view = context.chargePoint.view(evse)
  const held = view.status === 'suspendedEvse' ? `current limited by: ${view.offered.heldBy}` : undefined
  const why = [view.info, held, view.raised, ...view.faults].filter((each) => each !== undefined).join(', ')
  return `error connector ${evse} is ${view.status} after ${patience / 1_000} s, not ${state}${why === '' ? '' : ` (${why})`}`
}
