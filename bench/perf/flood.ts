import { seconds } from '../../src/base/units.ts'
import type { Line } from './central.ts'
import type { Workbench } from './programs.ts'

/** What a central system asks all the time, without waiting for answers. Nothing of it is refused, and nothing ends a transaction. */
const asked: readonly (readonly [action: string, payload: unknown])[] = [
  ['GetConfiguration', { key: ['HeartbeatInterval'] }],
  ['DataTransfer', { vendorId: 'bench', messageId: 'flood', data: 'x'.repeat(200) }],
  ['GetConfiguration', { key: ['MeterValueSampleInterval', 'WebSocketPingInterval'] }],
  ['TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 1 }],
  ['GetConfiguration', { key: ['NumberOfConnectors'] }],
]
const burstEvery = 5

export interface Flood {
  /** What was asked, and what had been answered with a result within a second of the end. */
  end(): Promise<{ readonly asked: number; readonly answered: number; readonly seconds: number }>
}

/** So many CALLs each second until ended: as many at once as the time since the last burst calls for. */
export function flood({ clock }: Workbench, line: Line, perSecond: number): Flood {
  const from = clock.monotonic()
  let sent = 0
  let answered = 0
  const stopCounting = line.each((frame) => {
    if (frame.type === 3 && frame.id.startsWith('f')) answered++
  })
  const timer = clock.every('flood', burstEvery, () => {
    const due = Math.floor(((clock.monotonic() - from) * perSecond) / 1_000)
    for (; sent < due; sent++) {
      const [action, payload] = asked[sent % asked.length] ?? ['Heartbeat', {}]
      line.send(JSON.stringify([2, `f${sent}`, action, payload]))
    }
  })
  return {
    async end() {
      timer.stop()
      const lasted = (clock.monotonic() - from) / 1_000
      const patience = clock.monotonic() + seconds(1)
      while (answered < sent && clock.monotonic() < patience) await new Promise<void>((resolve) => clock.after('answers', 10, resolve))
      stopCounting()
      return { asked: sent, answered, seconds: lasted }
    },
  }
}
