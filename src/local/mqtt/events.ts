import type { ChargePoint, EvseView } from '../../core/charge-point.ts'
import { faultWords } from '../fault-words.ts'

/** What just happened; `at` is ISO 8601, everything else stands for itself. */
export type HouseEvent =
  | { readonly type: 'tag_read'; readonly connector: number | null; readonly id_tag: string }
  | { readonly type: 'fault_raised' | 'fault_cleared'; readonly connector: number; readonly fault: string; readonly words: string }
  | { readonly type: 'session_started'; readonly connector: number; readonly session_id: string; readonly id_tag: string }
  | {
      readonly type: 'session_ended'
      readonly connector: number
      readonly session_id: string
      readonly id_tag: string
      readonly reason: string | null
      readonly energy_wh: number
      readonly duration_s: number
    }

type Seen = Pick<EvseView, 'faults' | 'raised'> & { readonly session: string | undefined }

/** Watches the charge point for what people want to be told. Returns what ends it. */
export function watchEvents(chargePoint: ChargePoint, tell: (event: HouseEvent) => void): () => void {
  const seen = new Map<number, Seen>(chargePoint.evses.map((evse) => [evse, glance(chargePoint.view(evse))]))
  const leave = [
    chargePoint.changed.on((view) => {
      const before = seen.get(view.evse)
      const now = glance(view)
      seen.set(view.evse, now)
      if (before !== undefined) compare(view, before, now, tell)
    }),
    chargePoint.guard.tokens.on(({ id, evse }) => tell({ type: 'tag_read', connector: evse ?? null, id_tag: id })),
    chargePoint.sessions.changed.on(({ id, evse, token, reason, energyWh, startedAt, endedAt }) => {
      if (endedAt === undefined) return
      const durationS = Math.max(0, Math.round((endedAt - startedAt) / 1_000))
      tell({
        type: 'session_ended',
        connector: evse,
        session_id: id,
        id_tag: token,
        reason: reason ?? null,
        energy_wh: Math.round(energyWh),
        duration_s: durationS,
      })
    }),
  ]
  return () => {
    for (const each of leave) each()
  }
}

function glance({ faults, raised, transaction }: EvseView): Seen {
  return { faults, raised, session: transaction?.id }
}

function compare({ evse, transaction }: EvseView, before: Seen, now: Seen, tell: (event: HouseEvent) => void): void {
  const fault = (type: 'fault_raised' | 'fault_cleared', name: string, words: string) => tell({ type, connector: evse, fault: name, words })
  for (const each of now.faults) if (!before.faults.includes(each)) fault('fault_raised', each, faultWords[each].words)
  for (const each of before.faults) if (!now.faults.includes(each)) fault('fault_cleared', each, faultWords[each].words)
  if (before.raised !== now.raised) {
    if (before.raised !== undefined) fault('fault_cleared', before.raised, 'Reported by command')
    if (now.raised !== undefined) fault('fault_raised', now.raised, 'Reported by command')
  }
  if (transaction !== undefined && before.session !== transaction.id)
    tell({ type: 'session_started', connector: evse, session_id: transaction.id, id_tag: transaction.token })
}
