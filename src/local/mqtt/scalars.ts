import type { EvseStatus } from '../../core/charge-point.ts'
import { rounded } from '../../core/figures.ts'
import type { SessionSummary } from '../../core/sessions.ts'
import type { Evse } from '../rest/shapes.ts'

/** One value per topic: a plain number in the unit of its row, `true` or `false`, a word, or `null` for what cannot be told. */
export type Scalar = string | number | boolean | null

/** A change that is worth a message: by so much, or by so many hundredths of the value. Any change when left out. */
export interface Step {
  readonly least: number
  readonly percent: number
}

export interface ScalarRow {
  readonly key: string
  /** In words, with the unit. */
  readonly means: string
  readonly step?: Step
  /** @param last the newest session of the outlet, running or over */
  of(evse: Evse, last: SessionSummary | undefined): Scalar
}

/** The words of OCPP 1.6 §7.7, which other programs know. */
export const statusWord = {
  available: 'Available',
  preparing: 'Preparing',
  charging: 'Charging',
  suspendedEv: 'SuspendedEV',
  suspendedEvse: 'SuspendedEVSE',
  finishing: 'Finishing',
  reserved: 'Reserved',
  unavailable: 'Unavailable',
  faulted: 'Faulted',
} as const satisfies Record<EvseStatus, string>

const ampere: Step = { least: 0.1, percent: 1 }
const watt: Step = { least: 1, percent: 1 }
const volt: Step = { least: 0.5, percent: 1 }

/** Everything that is said of a connector; `docs/mqtt.md` is held against it by a test. */
export const scalarRows: readonly ScalarRow[] = [
  { key: 'status', means: 'the OCPP 1.6 status: Available, Preparing, Charging, ...', of: (evse) => statusWord[evse.status] },
  { key: 'status_words', means: 'the same for people, with the reason', of: (evse) => evse.words },
  { key: 'cp_state', means: 'the control pilot, A to F', of: (evse) => evse.pilot },
  { key: 'plugged', means: 'a car hangs on the cable', of: (evse) => evse.isPlugged },
  { key: 'charging', means: 'the contacts are closed in a session', of: (evse) => evse.status === 'charging' && evse.contactor === 'closed' },
  { key: 'enabled', means: 'false: charging pauses until it is true again', of: (evse) => evse.isEnabled },
  { key: 'current_offered', means: 'offered to the car, A per phase; below 6 a pause', step: ampere, of: (evse) => evse.offeredA },
  {
    key: 'current_limit',
    means: "the owner's limit, A per phase; max_current when there is none",
    of: (evse) => Math.min(evse.localLimitA ?? evse.maxAmps, evse.maxAmps),
  },
  { key: 'max_current', means: 'what the board allows, A per phase', of: (evse) => evse.maxAmps },
  { key: 'limited_by', means: 'which limit or missing permit decides the offer', of: (evse) => evse.heldBy },
  { key: 'power', means: 'W, of all phases', step: watt, of: (evse) => evse.powerW },
  { key: 'energy_total', means: 'the register, kWh', step: { least: 0.01, percent: 0 }, of: (evse) => rounded(evse.meterWh / 1_000, 3) ?? null },
  {
    key: 'session_energy',
    means: 'Wh, of the session that runs, else of the last one',
    step: { least: 10, percent: 0 },
    of: (evse, last) => rounded(evse.session?.energyWh ?? last?.energyWh ?? 0, 1) ?? null,
  },
  {
    key: 'session_duration',
    means: 's, of the session that runs, else of the last one',
    step: { least: 30, percent: 0 },
    of: (evse, last) => evse.session?.durationS ?? durationOf(last),
  },
  { key: 'session_id', means: 'a UUID, or none', of: (evse) => evse.session?.id ?? 'none' },
  {
    key: 'id_tag',
    means: 'the card of the session, or one that waits for the cable, or none',
    of: (evse) => evse.session?.token ?? evse.waitingToken ?? 'none',
  },
  ...perPhase('voltage', 'V', volt, 'voltageV'),
  ...perPhase('current', 'A', ampere, 'currentA'),
  { key: 'phases', means: 'phases of the outlet, 1 or 3', of: (evse) => evse.phases },
  { key: 'error', means: "the guard's faults with commas, a fault that was reported by command, or none", of: errorOf },
  { key: 'problem', means: 'there is an error', of: (evse) => errorOf(evse) !== 'none' },
  { key: 'contactor', means: 'what the contacts do: open or closed', of: (evse) => evse.contactor },
  { key: 'lock', means: 'the plug lock: locked, unlocked, unknown or none', of: (evse) => evse.lock },
  { key: 'battery', means: "charge of the car's battery, %, where the car says it (DC)", of: (evse) => evse.chargePercent },
]

function perPhase(name: string, unit: string, step: Step, field: keyof Evse['byPhase'][number]): readonly ScalarRow[] {
  return [0, 1, 2].map((phase) => ({
    key: `${name}/l${phase + 1}`,
    means: `${unit}, of phase L${phase + 1}`,
    step,
    of: (evse) => evse.byPhase[phase]?.[field] ?? null,
  }))
}

function errorOf({ faults, raised }: Evse): string {
  if (faults.length > 0) return faults.map(({ fault }) => fault).join(',')
  return raised ?? 'none'
}

function durationOf(session: SessionSummary | undefined): number {
  return session?.endedAt === undefined ? 0 : Math.max(0, Math.round((session.endedAt - session.startedAt) / 1_000))
}

/** Whether the new value is worth a message. To and from 0, `null` and words: always. */
export function isNews(before: Scalar, after: Scalar, step: Step | undefined): boolean {
  if (before === after) return false
  if (step === undefined || typeof before !== 'number' || typeof after !== 'number' || before === 0 || after === 0) return true
  // Rounded: 16.1 - 16 is a little less than 0.1.
  return Number(Math.abs(after - before).toFixed(6)) >= Math.max(step.least, (Math.abs(before) * step.percent) / 100)
}
