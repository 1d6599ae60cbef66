/** One I2C bus. Transfers are queued: one at a time, in the order they were asked for. */
export interface I2cBus {
  readonly number: number
  /** Writes, then reads `length` bytes in one transfer where the adapter can (repeated start), else in two.
   *  @throws DeviceError 'absent' when nobody answers at `address`, 'timeout' when the bus hangs */
  transfer(address: number, write: Uint8Array, length: number): Promise<Uint8Array>
  write(address: number, bytes: Uint8Array): Promise<void>
  /** The same at once, for outputs that may not wait for the queue. @throws DeviceError */
  writeNow(address: number, bytes: Uint8Array): void
  close(): void
}
