import { appendFileSync } from 'node:fs'

/** The file that collects what a run left out; every test process inherits the name. */
export const leftOutVariable = 'PILOTWIRE_LEFT_OUT'

/** Says that something was not tested because this machine lacks a part, for instance
 *  `leaveOut('MQTT door: mosquitto is not installed')`. The end of the run names it, and .ci/run fails because of it.
 *  Goes together with `test.skipIf(...)`; outside a test run it does nothing. */
export function leaveOut(reason: string): void {
  const file = process.env[leftOutVariable]
  if (file !== undefined) appendFileSync(file, `${reason.replace(/\s+/g, ' ').trim()}\n`)
}
