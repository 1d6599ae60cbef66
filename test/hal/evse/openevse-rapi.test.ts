import { expect, test } from 'vitest'
import { openOpenEvse } from '../../../hal/evse/openevse-rapi.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryLine } from '../modbus/lines.ts'
import { wiredWorld } from '../wired-world.ts'
import { guarded } from './guarded.ts'
import { openEvseModel } from './openevse-model.ts'

async function openEvse(o: { readonly hasRelay?: boolean; readonly prepare?: (model: ReturnType<typeof openEvseModel>) => void } = {}) {
  const clock = simulatedClock()
  const memory = memoryLine('ttyS0')
  const model = openEvseModel(clock, memory.wire)
  o.prepare?.(model)
  const warnings: string[] = []
  const warn = (_: unknown, event: string) => void warnings.push(event)
  const world = wiredWorld({ clock, log: { ...silentLog, warn }, serial: { evse: memory.line } })
  const contactor = { output: { header: 5 }, mirror: { header: 6 } }
  const controller = await openOpenEvse({ kind: 'openevse-rapi', bus: 'evse', ...(o.hasRelay === true ? { contactor } : {}) }, world.wiring, { maxAmps: 32 })
  const followCoil = () => {
    const isOn = model.isClosed && world.line('GPIO5').isActive === true
    clock.after('contactor', 20, () => world.line('GPIO6').set(isOn))
  }
  model.onRelay(followCoil)
  world.line('GPIO5').onChange(followCoil)
  return {
    ...world,
    clock,
    model,
    memory,
    controller,
    warnings,
    get highV() {
      return controller.pilot.sample?.highV
    },
  }
}

test('it is put to sleep first, which is X1, and the car is seen by a flag', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  expect([w.model.mode, w.highV]).toEqual(['sleeping', 12])
  w.model.ev.plug()
  await w.clock.advance(20)
  expect(w.highV).toBe(9)
})

test('a notification brings the news at once; polls keep the sample fresh', async () => {
  const w = await openEvse()
  await w.clock.advance(1_000)
  const polls = w.model.heard.filter((each) => each === 'GS').length
  w.model.ev.plug()
  await w.clock.advance(10)
  expect(w.highV).toBe(9)
  await w.clock.advance(5_000)
  expect(w.clock.monotonic() - (w.controller.pilot.sample?.at ?? 0)).toBeLessThan(300)
  expect(w.model.heard.filter((each) => each === 'GS').length - polls).toBeGreaterThan(20)
})

test('a duty cycle is a volatile current, whole amperes rounded down, and then enabling', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  w.controller.pilot.drive({ kind: 'pwm', duty: 13.9 / 0.6 })
  await w.clock.advance(300)
  expect(w.model.heard.filter((each) => /^(SC|F)/.test(each))).toEqual(['FS', 'SC 13 V', 'FE'])
  expect(w.model.amps).toBe(13)
  expect(w.controller.pilot.sample?.lowV).toBe(-12)
  w.controller.pilot.drive({ kind: 'fault' })
  await w.clock.advance(300)
  expect([w.model.mode, w.highV]).toEqual(['disabled', -12])
})

test('a current that it does not take is not offered', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  // It says that it took 32 A whatever it is told.
  w.model.answerAfter(1e9)
  w.memory.wire.received.on((bytes) => {
    const [, command = '', id = ''] = /\$(..).*:(..)\^/.exec(new TextDecoder().decode(bytes)) ?? []
    w.model.send({ SC: `$NK 32 :${id}`, GS: `$OK fe 0 02 0100 :${id}` }[command] ?? `$OK :${id}`)
  })
  w.controller.pilot.drive({ kind: 'pwm', duty: 20 })
  await w.clock.advance(1_000)
  expect(w.model.heard).not.toContain('FE')
  await w.clock.advance(60_000)
  expect(w.warnings.filter((each) => each.includes('does not take the current')).length).toBe(1)
})

test('its heartbeat is kept up, and set up again after a miss without raising the current', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  expect(w.model.supervision).toMatchObject({ intervalS: 10, fallback: 6 })
  w.controller.pilot.drive({ kind: 'pwm', duty: 16 / 0.6 })
  await w.clock.advance(60_000)
  expect(w.model.supervision.isMissed).toBe(false)
  expect(w.model.heard.filter((each) => each === 'SY').length).toBeGreaterThan(25)
  w.memory.setOpen(false)
  w.model.fallSilent(true)
  await w.clock.advance(15_000)
  expect(w.model.amps).toBe(6)
  w.memory.setOpen(true)
  w.model.fallSilent(false)
  await w.clock.advance(3_000)
  expect(w.model.supervision.isMissed).toBe(false)
  expect(w.model.amps).toBe(16)
  expect(w.model.heard).not.toContain('SY 165')
})

test('what it cannot do or does not check is said', async () => {
  const w = await openEvse({
    prepare(model) {
      model.withoutSupervision()
      model.switchOff(0x0008)
    },
  })
  await w.clock.advance(600)
  expect(w.warnings.join()).toContain('no heartbeat supervision')
  expect(w.warnings.join()).toContain('checks of this OpenEVSE are switched off')
})

test.each([
  [0x06, 'its ground fault interrupter has tripped', 'residualCurrent'],
  [0x07, 'there is no ground', 'residualCurrent'],
  [0x08, 'its relay is stuck', 'weld'],
  [0x09, 'the test of its ground fault interrupter failed', 'residualCurrent'],
  [0x0a, 'it is too hot', 'pilotShort'],
  [0x05, 'the diode of the car is missing', 'diode'],
] as const)('its state %i (%s) is the fault %s', async (state, words, fault) => {
  const w = await openEvse()
  const g = guarded(w.controller, w.clock, w.changed)
  await w.clock.advance(1_500)
  w.model.ev.plug()
  await g.until(() => g.report.isPlugged)
  g.grant(16)
  await g.until(() => g.report.contactor === 'closed')
  await w.clock.advance(1_000)
  w.model.fail(state)
  await g.until(() => g.report.faults.includes(fault), 1_500)
  // Contacts are reported as they are.
  expect(g.report.contactor).toBe(state === 0x08 ? 'closed' : 'open')
  expect(w.healths.at(-1)?.[1]).toContain(words)
})

test('the self-test of the guard is answered only when the device tests itself and is well', async () => {
  const well = await openEvse()
  const passed = guarded(well.controller, well.clock, well.changed)
  await well.clock.advance(3_000)
  expect(passed.faults).toEqual([])
  const off = await openEvse({ prepare: (model) => model.switchOff(0x0200) })
  const failed = guarded(off.controller, off.clock, off.changed)
  await off.clock.advance(3_000)
  expect(failed.report.faults).toContain('residualSelfTest')
})

test.each([[true], [false]])('under the guard (a relay in series: %s) a session runs, pauses and ends without a fault', async (hasRelay) => {
  const w = await openEvse({ hasRelay })
  const g = guarded(w.controller, w.clock, w.changed)
  await w.clock.advance(2_000)
  w.model.ev.plug()
  await g.until(() => g.report.isPlugged)
  g.grant(16)
  await g.until(() => g.report.contactor === 'closed')
  expect([w.model.isClosed, w.model.amps]).toEqual([true, 16])
  w.model.ev.want(false)
  await g.until(() => g.report.contactor === 'open')
  await w.clock.advance(1_000)
  expect(w.model.isClosed).toBe(false)
  w.model.ev.want(true)
  await g.until(() => g.report.contactor === 'closed' && w.model.isClosed)
  await w.clock.advance(3_000)
  g.withdraw()
  await g.until(() => g.report.contactor === 'open')
  await w.clock.advance(1_000)
  expect([w.model.isClosed, w.model.mode]).toEqual([false, 'sleeping'])
  w.model.ev.unplug()
  await g.until(() => !g.report.isPlugged)
  expect(new Set(g.faults)).toEqual(new Set())
})

test('a device that falls silent is a stale pilot within a second; its line is opened again, and it comes back', async () => {
  const w = await openEvse({ hasRelay: true })
  const g = guarded(w.controller, w.clock, w.changed)
  await w.clock.advance(2_000)
  w.model.ev.plug()
  await g.until(() => g.report.isPlugged)
  g.grant(16)
  await g.until(() => g.report.contactor === 'closed')
  await w.clock.advance(2_000)
  w.model.fallSilent(true)
  expect(await g.until(() => w.controller.contactor.isClosed === false)).toBeLessThan(1_100)
  expect(g.report.faults).toContain('pilotStale')
  await w.clock.advance(20_000)
  expect(w.memory.reopened).toBeGreaterThan(1)
  w.model.fallSilent(false)
  await g.until(() => !g.report.faults.includes('pilotStale'))
  // From before the silence it may have been left in any state.
  expect(w.model.mode).toBe('sleeping')
})

test('one that began anew is set up again before it is believed to be as it was', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  w.controller.pilot.drive({ kind: 'pwm', duty: 16 / 0.6 })
  await w.clock.advance(1_000)
  w.model.restart()
  await w.clock.advance(1_000)
  expect(w.model.amps).toBe(16)
  expect(w.model.supervision.intervalS).toBe(10)
})

test('one that begins anew is enabled by itself: it is put to sleep before a car can charge', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  w.model.ev.plug()
  await w.clock.advance(1_000)
  w.model.restart()
  await w.clock.advance(100)
  expect(w.model.mode).toBe('sleeping')
  await w.clock.advance(2_000)
  expect(w.model.isClosed).toBe(false)
})

test('garbage on the line and slow answers do no harm', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  w.model.answerAfter(150)
  for (let second = 0; second < 5; second++) {
    w.memory.wire.send(Uint8Array.of(0x24, 0x4f, 0x4b, 0x00, 0xff, 0x24, 0x24, 0x0d))
    await w.clock.advance(1_000)
  }
  expect(w.clock.monotonic() - (w.controller.pilot.sample?.at ?? 0)).toBeLessThan(700)
  expect(w.healths).toEqual([])
})

test('closed, it is told to be off', async () => {
  const w = await openEvse()
  await w.clock.advance(600)
  w.controller.close()
  await w.clock.advance(100)
  expect(w.model.mode).toBe('disabled')
})
