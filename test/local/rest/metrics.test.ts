import { expect, test } from 'vitest'
import { minutes } from '../../../src/base/units.ts'
import { exposition } from '../../../src/local/rest/exposition.ts'
import { metricsOf } from '../../../src/local/rest/metrics.ts'
import { withEvses } from '../../stories/world.ts'
import { rig } from './rig.ts'

/** One line of the text format 0.0.4, strictly. */
const line =
  /^(?:# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ (?:gauge|counter)|[a-z_]+(?:\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})? (?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf))$/

test('values, labels and help are written as the text format wants them', () => {
  const metrics = [
    { name: 'a', help: 'back\\slash\nand line', type: 'gauge', samples: [{ labels: { x: 'say "no"\\\n' }, value: 0.1 }, { value: undefined }] },
    { name: 'b', help: 'nothing now', type: 'counter', samples: [{ value: undefined }] },
    { name: 'c', help: 'odd', type: 'gauge', samples: [{ value: Number.NaN }, { value: Number.POSITIVE_INFINITY }] },
  ] as const
  expect(exposition(metrics)).toBe(
    '# HELP a back\\\\slash\\nand line\n# TYPE a gauge\na{x="say \\"no\\"\\\\\\n"} 0.1\n# HELP c odd\n# TYPE c gauge\nc NaN\nc +Inf\n',
  )
})

test('a charging station is figures', async () => {
  const at = await rig({ board: withEvses(2) })
  at.plant.plugIn()
  await at.swipe('CARD', 1)
  await at.until(() => at.status() === 'charging')
  await at.clock.advance(minutes(6))
  const text = metricsOf(at.ports)
  const lines = text.split('\n').slice(0, -1)
  expect(lines.filter((each) => !line.test(each))).toEqual([])
  const value = (start: string) => Number(lines.find((each) => each.startsWith(`${start} `))?.slice(start.length + 1))
  expect(value('pilotwire_evse_status{evse="1",status="charging"}')).toBe(1)
  expect(value('pilotwire_evse_status{evse="2",status="charging"}')).toBe(0)
  expect(value('pilotwire_evse_contactor_closed{evse="1"}')).toBe(1)
  expect(value('pilotwire_evse_phase_current_amperes{evse="1",phase="L2"}')).toBeGreaterThan(6)
  expect(value('pilotwire_evse_session_energy_joules{evse="1"}')).toBeCloseTo(
    (at.core.meterWh(1) - (at.core.view(1).transaction?.meterStartWh ?? 0)) * 3_600,
    0,
  )
  expect(value('pilotwire_ocpp_calls_total{direction="out",action="StartTransaction"}')).toBe(1)
  expect(value('pilotwire_link_up')).toBe(1)
  expect(value('pilotwire_sessions')).toBe(1)
  // Each name is explained once, before its samples.
  const types = lines.filter((each) => each.startsWith('# TYPE')).map((each) => each.split(' ')[2])
  expect(new Set(types).size).toBe(types.length)
})
