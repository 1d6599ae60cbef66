import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import type { StopReason } from '../../src/core/facts.ts'
import { type StoredStart, starts } from '../../src/core/starts.ts'
import { openStore } from '../../src/store/open.ts'

const lived = (ended: StopReason | undefined, isSameBoot: boolean) => {
  const kept = openStore({ directory: undefined, log: silentLog }).documents<StoredStart>('starts')
  const clock = simulatedClock()
  const events: string[] = []
  const security = { note: (event: string, info?: string) => events.push(`${event}: ${info}`) > 0 }
  const first = starts({ kept, clock, security })
  first.begun()
  if (ended !== undefined) first.ending(ended)
  const other = { ...clock, now: () => ({ ...clock.now(), boot: isSameBoot ? clock.now().boot : 'another' }) }
  starts({ kept, clock: other, security }).begun()
  return events
}

test('the first start is no restart', () => {
  expect(lived(undefined, true).slice(0, 1)).toEqual(['startupOfTheDevice: the machine was started'])
  expect(lived(undefined, true)[1]).not.toContain('resetOrReboot')
})

test.each([
  ['softReset', true, 'soft reset'],
  ['hardReset', true, 'hard reset'],
  ['hardReset', false, 'hard reset'],
  ['reboot', true, 'the program was stopped'],
  ['reboot', false, 'the program was stopped and the machine restarted'],
  [undefined, true, 'the program died'],
  [undefined, false, 'power loss, or the machine was restarted without warning'],
] as const)('ended by %s, in the same boot: %s', (ended, isSameBoot, why) => {
  expect(lived(ended, isSameBoot).slice(1)).toEqual([
    `startupOfTheDevice: ${isSameBoot ? 'the program was started again' : 'the machine was started'}`,
    `resetOrReboot: ${why}`,
  ])
})
