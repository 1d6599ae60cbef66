/** What a meter holds, written as its manual says it: the way back of the decoder, made from Node's Buffer and nothing of the house. */
export type Kind = 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64' | 'f32'
export type Order = 'high' | 'low'

export function wordsOf(kind: Kind, raw: number | bigint, order: Order): readonly number[] {
  const bytes = Buffer.alloc({ u16: 2, s16: 2, u32: 4, s32: 4, f32: 4, u64: 8, s64: 8 }[kind])
  if (kind === 'u16') bytes.writeUInt16BE(Number(raw))
  if (kind === 's16') bytes.writeInt16BE(Number(raw))
  if (kind === 'u32') bytes.writeUInt32BE(Number(raw))
  if (kind === 's32') bytes.writeInt32BE(Number(raw))
  if (kind === 'f32') bytes.writeFloatBE(Number(raw))
  if (kind === 'u64') bytes.writeBigUInt64BE(BigInt(raw))
  if (kind === 's64') bytes.writeBigInt64BE(BigInt(raw))
  const words = []
  for (let at = 0; at < bytes.length; at += 2) words.push(bytes.readUInt16BE(at))
  return order === 'high' ? words : words.reverse()
}

/** Registers of one meter; those that nobody set hold a mark that is no plausible value of anything. */
export class RegisterImage {
  readonly #words = new Map<number, number>()

  set(at: number, kind: Kind, raw: number | bigint, order: Order = 'high'): this {
    for (const [index, word] of wordsOf(kind, raw, order).entries()) this.#words.set(at + index, word)
    return this
  }

  text(at: number, text: string, registers: number): this {
    const bytes = Buffer.alloc(2 * registers)
    bytes.write(text, 'ascii')
    for (let index = 0; index < registers; index++) this.#words.set(at + index, bytes.readUInt16BE(2 * index))
    return this
  }

  read(at: number, count: number): Uint16Array {
    return Uint16Array.from({ length: count }, (_, index) => this.#words.get(at + index) ?? 0x5bad)
  }
}
