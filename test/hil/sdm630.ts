/** An Eastron SDM630 as the far end of a line: function 4, float32, high word first. Written from the meter's protocol sheet and
 *  not from our register table, so that a wrong table is found. */

export interface Load {
  /** Per phase. */
  readonly volts: number
  readonly amps: number
  readonly importWh: number
}

function crc(bytes: Uint8Array): number {
  let sum = 0xffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xa001 : sum >> 1
  }
  return sum
}

/** Values by register; others read 0. */
function values({ volts, amps, importWh }: Load): ReadonlyMap<number, number> {
  const watts = volts * amps
  return new Map([
    ...[0, 2, 4].map((at): [number, number] => [at, volts]),
    ...[6, 8, 10].map((at): [number, number] => [at, amps]),
    ...[12, 14, 16].map((at): [number, number] => [at, watts]),
    [0x34, 3 * watts],
    [0x3e, 1],
    [0x46, 50],
    [0x48, importWh / 1000],
    [0x156, importWh / 1000],
  ])
}

const framed = (body: Buffer): Buffer => {
  const end = Buffer.alloc(2)
  end.writeUInt16LE(crc(body))
  return Buffer.concat([body, end])
}

/** The reply to one request of eight bytes; undefined when it is not for this unit or damaged. */
function reply(request: Buffer, unit: number, load: Load): Buffer | undefined {
  if (request[0] !== unit || crc(request.subarray(0, 6)) !== request.readUInt16LE(6)) return undefined
  const [at, count] = [request.readUInt16BE(2), request.readUInt16BE(4)]
  if (request[1] !== 4) return framed(Buffer.from([unit, (request[1] ?? 0) | 0x80, 1]))
  if (count < 1 || count > 80 || count % 2 !== 0 || at % 2 !== 0) return framed(Buffer.from([unit, 0x84, 2]))
  const body = Buffer.alloc(3 + count * 2)
  body.set([unit, 4, count * 2])
  const known = values(load)
  for (let i = 0; i < count; i += 2) body.writeFloatBE(known.get(at + i) ?? 0, 3 + i * 2)
  return framed(body)
}

/** Takes bytes as they come and answers whole requests. */
export function sdm630(unit: number, load: () => Load, answer: (frame: Buffer) => void): (bytes: Buffer) => void {
  let pending = Buffer.alloc(0)
  return (bytes) => {
    pending = Buffer.concat([pending, bytes])
    while (pending.length >= 8) {
      const frame = reply(pending.subarray(0, 8), unit, load())
      // Out of step, or another's request: the next byte may begin one of ours.
      pending = pending.subarray(frame === undefined ? 1 : 8)
      if (frame !== undefined) answer(frame)
    }
  }
}
