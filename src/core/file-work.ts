import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Listenable, Signal } from '../base/signal.ts'
import type { Ledger, Store } from '../store/store.ts'
import type { Availability } from './availability.ts'
import type { EvseView, Restart } from './charge-point.ts'
import type { Fact } from './facts.ts'
import { firmwareUpdates } from './firmware.ts'
import { logUploads } from './log-uploads.ts'
import type { Evse } from './outlet.ts'
import type { SecurityLog } from './security.ts'
import type { FilePorts, FirmwareUpdates, LogUploads } from './transfer.ts'

/** What a charge point does with files, where it was given the ports for them. */
export function fileWork(parts: {
  readonly files: FilePorts | undefined
  readonly store: Store
  readonly ledger: Ledger<Fact>
  readonly clock: Clock
  readonly log: Log
  readonly security: SecurityLog
  readonly changed: Listenable<EvseView>
  readonly restarting: Signal<Restart>
  readonly usable: Availability
  readonly all: readonly Evse[]
}): { readonly firmware: FirmwareUpdates; readonly logs: LogUploads; close(): void } | undefined {
  const { files, restarting, usable, all } = parts
  if (files === undefined) return undefined
  const firmware = firmwareUpdates({
    ...parts,
    files,
    isIdle: () => all.every((one) => one.transaction === undefined),
    hold(isHeld) {
      if (!usable.hold(isHeld)) return
      for (const one of all) one.refresh()
    },
    restart: restarting.emit,
  })
  const logs = logUploads({ ...parts, files })
  return {
    firmware,
    logs,
    close() {
      firmware.close()
      logs.close()
    },
  }
}
