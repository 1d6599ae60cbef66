/** A Modbus master, whatever carries it. One request is in flight at a time; requests of several devices are queued, writes before reads. */
export interface Modbus {
  readonly name: string
  /** Registers `at` .. `at + count - 1`, never of another place: on a serial line a reply says neither which registers it carries nor which request
   *  it belongs to, so consecutive requests for different registers have replies of different lengths, and none is sent while a late reply could pass for its own.
   *  @throws DeviceError 'timeout' | 'crc' | 'absent'; ModbusException when the device says no; RangeError for a request that Modbus does not have */
  read(request: ReadRequest): Promise<Uint16Array>
  /** Function 6 (one register) or 16 (several). Who must know what the device now holds reads it back: an acknowledgement may be a late one of an equal write. */
  write(request: WriteRequest): Promise<void>
  /** Reads that wait are refused with DeviceError 'absent'. Writes, which switch things off, are made for up to 500 ms more, one try each; then the line
   *  is closed. */
  close(): void
}

export interface ReadRequest {
  /** 1 to 247; behind TCP also 0 and 255. */
  readonly unit: number
  readonly from: 'holding' | 'input'
  readonly at: number
  /** 1 to 125. */
  readonly count: number
  /** The device may be asked for so many registers from `at` on: the read may be widened up to here to give its reply another length.
   *  `count` when left out. Without any room, reads of equal length are told apart by waiting, for up to 5 s after a fault. */
  readonly most?: number | undefined
  /** The device gives only multiples of so many registers (2: no half of a float). 1 when left out. */
  readonly step?: number | undefined
  /** Silence before the request, ms, where this device needs more than the bus: 250 for an SDM72D. */
  readonly gapMs?: number | undefined
  /** Goes before other reads, between two tries of theirs as well: a meter that is dead must not keep a pilot from being read. */
  readonly isUrgent?: boolean | undefined
}

export interface WriteRequest {
  readonly unit: number
  readonly at: number
  /** 1 to 123 values of 0 to 65535. */
  readonly values: readonly number[]
  /** As in `ReadRequest`. */
  readonly gapMs?: number | undefined
}

/** Modbus application protocol V1.1b3 §7. */
const meanings: Readonly<Record<number, string>> = {
  1: 'it does not know the function',
  2: 'it does not have the register',
  3: 'it does not take the value or the number of registers',
  4: 'it failed',
  5: 'it needs longer',
  6: 'it is busy',
  8: 'its memory is damaged',
  10: 'the gateway has no path to it',
  11: 'it does not answer the gateway',
}

/** The device answered with an exception: 1 illegal function, 2 illegal address, 3 illegal value, 4 device failure ... */
export class ModbusException extends Error {
  override readonly name = 'ModbusException'
  readonly code: number
  constructor(device: string, code: number) {
    super(`${device}: Modbus exception ${code}${code in meanings ? ` (${meanings[code]})` : ''}`)
    this.code = code
  }
}
