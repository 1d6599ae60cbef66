import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import type { Moment } from '../../src/base/moment.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import type { Fact, SecurityEvent } from '../../src/core/facts.ts'
import { isCritical, securityLog } from '../../src/core/security.ts'
import { securityLogLine } from '../../src/core/security-log-lines.ts'
import type { LogSpan } from '../../src/core/transfer.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'

function logged() {
  const clock = simulatedClock()
  const store = openStore({ directory: undefined, log: silentLog })
  const ledger = store.ledger<Fact>()
  const security = securityLog({ ledger, clock, log: silentLog })
  const noted = () => ledger.after(0, 100_000).map(({ fact }) => fact as SecurityEvent)
  return { clock, store, ledger, security, noted }
}

test('a flood of one kind leaves ten, then one each six minutes that counts the others; other kinds are noted as ever', async () => {
  const w = logged()
  for (let second = 0; second < 3_600; second++) {
    for (let each = 0; each < 100; each++) w.security.note('invalidMessages', `garbage ${second}`)
    await w.clock.advance(seconds(1))
  }
  const flood = w.noted()
  expect(flood).toHaveLength(19)
  expect(flood.at(10)?.info).toBe('garbage 360 (and 35990 more before)')
  w.security.note('tamperDetectionActivated')
  expect(w.noted().at(-1)).toEqual({ kind: 'securityEvent', event: 'tamperDetectionActivated' })
  await w.clock.advance(hours(2))
  w.security.note('invalidMessages')
  expect(w.noted().at(-1)?.info).toMatch(/^\(and \d+ more before\)$/)
  w.security.note('invalidMessages')
  expect(w.noted().at(-1)).toEqual({ kind: 'securityEvent', event: 'invalidMessages' })
})

test('information is cut at 255 characters, the count included, and never within a character', () => {
  const w = logged()
  w.security.note('invalidMessages', `${'x'.repeat(254)}😀`)
  expect(w.noted()[0]?.info).toBe(`${'x'.repeat(254)}\ufffd`)
})

test('what is told is on the disk at once, but for what each start notes; the rest waits for the next write', () => {
  const w = logged()
  for (const event of ['invalidMessages', 'reconfigurationOfSecurityParameters', 'startupOfTheDevice', 'resetOrReboot'] as const) {
    w.store.flush()
    w.security.note(event)
    expect([event, w.store.hasUnflushed]).toEqual([event, true])
  }
  for (const event of ['settingSystemTime', 'memoryExhaustion', 'tamperDetectionActivated', 'invalidFirmwareSignature'] as const) {
    w.security.note(event)
    expect([event, w.store.hasUnflushed, isCritical(event)]).toEqual([event, false, true])
  }
})

test('a disk that is full is said by the answer, and takes nothing from what may be noted', () => {
  const w = logged()
  let isFull = true
  const ledger: typeof w.ledger = Object.create(w.ledger, {
    append: {
      value(...given: Parameters<typeof w.ledger.append>) {
        if (isFull) throw new StoreError('full', 'no room')
        return w.ledger.append(...given)
      },
    },
  })
  const security = securityLog({ ledger, clock: w.clock, log: silentLog })
  for (let each = 0; each < 100; each++) expect(security.note('memoryExhaustion')).toBe(false)
  isFull = false
  expect(security.note('memoryExhaustion', 'again')).toBe(true)
  expect(w.noted()).toEqual([{ kind: 'securityEvent', event: 'memoryExhaustion', info: 'again' }])
})

const linesOf = (...given: Parameters<typeof securityLogLine>) => {
  const line = securityLogLine(...given)
  return line === undefined ? [] : [JSON.parse(line)]
}

test('the security log has every event and nothing else, oldest first, within the span that was asked for', async () => {
  const w = logged()
  const start = w.clock.now().epochMs
  const asIs = (at: Moment) => at
  for (let each = 0; each < 1_200; each++)
    w.ledger.append(w.clock.now(), { kind: 'logProgress', log: 'security', status: 'uploading' }, { durability: 'grouped' })
  w.security.note('invalidMessages', 'first')
  await w.clock.advance(minutes(1))
  w.security.note('settingSystemTime', 'second')
  await w.clock.advance(minutes(1))
  w.security.note('startupOfTheDevice')
  const read = (span: LogSpan = {}) => w.ledger.after(0, 10_000).flatMap((entry) => linesOf(entry, asIs, span))
  expect(read()).toEqual([
    { time: new Date(start).toISOString(), event: 'invalidMessages', info: 'first' },
    { time: new Date(start + 60_000).toISOString(), event: 'settingSystemTime', info: 'second' },
    { time: new Date(start + 120_000).toISOString(), event: 'startupOfTheDevice' },
  ])
  expect(read({ oldest: start + 60_000 }).map(({ event }) => event)).toEqual(['settingSystemTime', 'startupOfTheDevice'])
  expect(read({ oldest: start + 1, latest: start + 60_000 }).map(({ event }) => event)).toEqual(['settingSystemTime'])
})

test('an event of which nobody knows the time is in the security log whatever the span, and says so', () => {
  const w = logged()
  const at: Moment = { boot: 'long ago', bootMs: 5_000, epochMs: 5_000, trusted: false }
  w.ledger.append(at, { kind: 'securityEvent', event: 'startupOfTheDevice' }, { durability: 'grouped' })
  const lines = w.ledger.after(0, 10).flatMap((entry) => linesOf(entry, (noted) => noted, { oldest: w.clock.now().epochMs }))
  expect(lines).toEqual([{ time: '1970-01-01T00:00:05.000Z', event: 'startupOfTheDevice', clock: 'not set' }])
})
