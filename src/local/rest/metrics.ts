import { type EvseView, evseStatuses } from '../../core/charge-point.ts'
import { figuresOf } from '../../core/figures.ts'
import type { LocalPorts } from '../ports.ts'
import { exposition, type Metric, type Sample } from './exposition.ts'
import { linkStateOf } from './station-picture.ts'

/** The page that Prometheus scrapes. Energy is in J, as its rules for base units want it: 3,600 J are one Wh. */
export function metricsOf(ports: LocalPorts): string {
  return exposition([...outletMetrics(ports), ...stationMetrics(ports)])
}

const joulesPerWh = 3_600

function outletMetrics({ context: { chargePoint } }: LocalPorts): readonly Metric[] {
  const views = chargePoint.evses.map(chargePoint.view)
  const gauge = (name: string, help: string, samplesOf: (view: EvseView) => number | undefined | readonly Sample[]): Metric => ({
    name: `pilotwire_evse_${name}`,
    help,
    type: name.endsWith('_total') ? 'counter' : 'gauge',
    samples: views.flatMap((view) => {
      const found = samplesOf(view)
      const samples = typeof found === 'object' ? found : [{ value: found }]
      return samples.map(({ labels, value }) => ({ labels: { evse: view.evse, ...labels }, value }))
    }),
  })
  const byPhase = (of: (phase: NonNullable<EvseView['report']['reading']>['phases'][number]) => number | undefined) => (view: EvseView) =>
    (view.report.reading?.phases ?? []).map((phase, at) => ({ labels: { phase: `L${at + 1}` }, value: of(phase) }))
  return [
    gauge('status', 'Derived status, 1 for the one that holds.', ({ status }) =>
      evseStatuses.map((each) => ({ labels: { status: each }, value: Number(each === status) })),
    ),
    gauge('plugged', 'A car hangs on the cable.', ({ report }) => Number(report.isPlugged)),
    gauge('contactor_closed', 'What the contacts do.', ({ report }) => Number(report.contactor === 'closed')),
    gauge('enabled', "The owner's switch.", ({ evse }) => Number(chargePoint.local.isEnabled(evse))),
    gauge('operative', 'As ChangeAvailability left it.', ({ isOperative }) => Number(isOperative)),
    gauge('power_watts', 'Power now.', ({ report }) => figuresOf(report.reading).watts),
    gauge(
      'phase_voltage_volts',
      'Voltage of each phase.',
      byPhase(({ voltageV }) => voltageV),
    ),
    gauge(
      'phase_current_amperes',
      'Current of each phase.',
      byPhase(({ currentA }) => currentA),
    ),
    gauge(
      'phase_power_watts',
      'Active power of each phase.',
      byPhase(({ powerW }) => powerW),
    ),
    gauge('offered_amperes', 'Offered to the car, per phase.', ({ offered }) => offered.amps),
    gauge('offered_watts', 'Offered at a DC outlet.', ({ offered }) => offered.watts),
    gauge('held_by', 'Who holds the offer.', ({ offered }) => [{ labels: { limit: offered.heldBy }, value: 1 }]),
    gauge('energy_joules_total', 'The register of the meter.', ({ evse }) => chargePoint.meterWh(evse) * joulesPerWh),
    gauge('session_energy_joules', 'Of the session that runs; 0 without one.', ({ evse, transaction }) =>
      transaction === undefined ? 0 : Math.max(0, chargePoint.meterWh(evse) - transaction.meterStartWh) * joulesPerWh,
    ),
    gauge('session_active', 'A session runs.', ({ transaction }) => Number(transaction !== undefined)),
    gauge('faults', "Number of the guard's faults.", ({ faults }) => faults.length),
    gauge('fault', 'Each fault of the guard that is there.', ({ faults }) => faults.map((fault) => ({ labels: { fault }, value: 1 }))),
    gauge('battery_charge_ratio', 'Charge of the battery, where the car tells.', ({ report }) =>
      report.reading?.evChargePercent === undefined ? undefined : report.reading.evChargePercent / 100,
    ),
  ]
}

function stationMetrics(ports: LocalPorts): readonly Metric[] {
  const { context, machine, frames, connection } = ports
  const { waiting, undeliverable } = context.reports()
  const one = (name: string, help: string, value: number | undefined, type: Metric['type'] = 'gauge'): Metric => ({
    name: `pilotwire_${name}`,
    help,
    type,
    samples: [{ value }],
  })
  const build = { version: machine.firmwareVersion, vendor: machine.plate.vendor, model: machine.plate.model, board: machine.board.name }
  return [
    { name: 'pilotwire_build_info', help: 'What runs here.', type: 'gauge', samples: [{ labels: build, value: 1 }] },
    one('link_up', 'Connected to the central system.', Number(linkStateOf(ports) === 'connected')),
    one('link_accepted', 'Accepted by the central system on this connection.', Number(connection.isAccepted)),
    one('sessions', 'Charging sessions that are kept.', context.chargePoint.sessions.count),
    one('facts_waiting', 'Facts that the central system has not been told yet.', waiting),
    one('facts_undeliverable', 'Facts that the central system would not take.', undeliverable),
    {
      name: 'pilotwire_ocpp_calls_total',
      help: 'OCPP CALLs since the start.',
      type: 'counter',
      samples: frames.counts().map(({ direction, action, count }) => ({ labels: { direction, action }, value: count })),
    },
    one('clock_trusted', 'The clock was set since the start.', Number(context.clock.now().trusted)),
    one('guard_silent_seconds', 'Since the guard was last heard.', machine.guardSilentMs() / 1_000),
    one('loop_lag_seconds', 'How late the event loop was at worst in the last minute.', machine.loopLagMs() / 1_000),
    one('resident_memory_bytes', 'Memory of the process.', machine.rssBytes()),
    one('state_free_bytes', 'Room on the disk of the state directory.', machine.freeBytes()),
    one('cpu_temperature_celsius', 'Heat of the processor.', machine.cpuCelsius()),
    one('uptime_seconds', 'Since the program started.', machine.uptimeS()),
  ]
}
