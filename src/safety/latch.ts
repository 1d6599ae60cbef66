/** What outlives the guard: one small file in the field, nothing on the desk. */
export interface LatchRecord {
  /** Numbers of the EVSEs whose contacts are taken for welded. */
  readonly welded: readonly number[]
}

export interface Latch {
  /** @throws when it cannot be read: the guard then charges nowhere */
  load(): LatchRecord
  /** Durable before it returns. @throws when it cannot be written: the guard then charges nowhere */
  save(record: LatchRecord): void
}

/** A latch that forgets with the process. */
export function volatileLatch(record: LatchRecord = { welded: [] }): Latch {
  let kept = record
  return {
    load: () => kept,
    save: (next) => {
      kept = next
    },
  }
}

export interface WeldLatch {
  readonly isSet: boolean
  readonly hasFailed: boolean
  set(isWelded: boolean): void
}

/** One EVSE's share of the latch. */
export function weldLatches(latch: Latch): (evse: number) => WeldLatch {
  let welded: readonly number[] = []
  let hasFailed = false
  try {
    welded = latch.load().welded
  } catch {
    hasFailed = true
  }
  return (evse) => ({
    get isSet() {
      return welded.includes(evse)
    },
    get hasFailed() {
      return hasFailed
    },
    set(isWelded) {
      if (welded.includes(evse) === isWelded) return
      welded = isWelded ? [...welded, evse] : welded.filter((each) => each !== evse)
      try {
        latch.save({ welded })
      } catch {
        hasFailed = true
      }
    },
  })
}
