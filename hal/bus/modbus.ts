/** A Modbus master, whatever carries it. One request is in flight at a time; requests of several devices are queued. */
export interface Modbus {
  readonly name: string
  /** Registers `at` .. `at + count - 1`. Consecutive requests on the bus never have equal reply lengths, so that a late reply cannot pass for another's.
   *  @throws DeviceError 'timeout' | 'crc' | 'absent'; ModbusException when the device says no */
  read(request: ReadRequest): Promise<Uint16Array>
  /** Function 6 (one register) or 16 (several). */
  write(request: WriteRequest): Promise<void>
  close(): void
}

export interface ReadRequest {
  readonly unit: number
  readonly from: 'holding' | 'input'
  readonly at: number
  /** 1 to 125. */
  readonly count: number
}

export interface WriteRequest {
  readonly unit: number
  readonly at: number
  readonly values: readonly number[]
}

/** The device answered with an exception: 1 illegal function, 2 illegal address, 3 illegal value, 4 device failure ... */
export class ModbusException extends Error {
  override readonly name = 'ModbusException'
  readonly code: number
  constructor(device: string, code: number) {
    super(`${device}: Modbus exception ${code}`)
    this.code = code
  }
}
