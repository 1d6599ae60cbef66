import type { Transceive } from './mfrc522-chip.ts'

/** The way to a card's UID, ISO/IEC 14443-3 type A §6.5: wake-up, then anticollision and selection on up to three cascade levels. */

const wakeUp = 0x52
const halt = [0x50, 0x00]
const cascade: readonly number[] = [0x93, 0x95, 0x97]
/** First byte of a level that is not the last. */
const cascadeTag = 0x88
/** In the answer to a selection: the UID is not complete. */
const isIncomplete = 0x04

/** CRC_A, §6.2.4: x^16 + x^12 + x^5 + 1, begun with 6363, low byte first. */
export function crcA(bytes: readonly number[]): readonly [number, number] {
  let crc = 0x6363
  for (const byte of bytes) {
    let mixed = byte ^ (crc & 0xff)
    mixed = (mixed ^ (mixed << 4)) & 0xff
    crc = (crc >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)
  }
  return [crc & 0xff, (crc >> 8) & 0xff]
}

const withCrc = (bytes: readonly number[]) => [...bytes, ...crcA(bytes)]

/** The UID of the card in the field, 4, 7 or 10 bytes; undefined: none, two at once, or one that was moved away meanwhile.
 *  It is woken with WUPA, which cards answer that were halted before, where REQA is for new ones only: a card that lies there is seen each time. */
export async function findUid(transceive: Transceive): Promise<Uint8Array | undefined> {
  const answer = await transceive([wakeUp], 7)
  if (answer?.length !== 2) return undefined
  const uid: number[] = []
  for (const level of cascade) {
    const part = await selectLevel(transceive, level)
    if (part === undefined) return undefined
    uid.push(...part.uid)
    if (part.isLast) {
      // Nothing answers to it.
      await transceive(withCrc(halt))
      return Uint8Array.from(uid)
    }
  }
  return undefined
}

async function selectLevel(transceive: Transceive, level: number): Promise<{ readonly uid: readonly number[]; readonly isLast: boolean } | undefined> {
  const found = [...((await transceive([level, 0x20])) ?? [])]
  // Four bytes and BCC, their XOR.
  if (found.length !== 5 || found.reduce((sum, each) => sum ^ each, 0) !== 0) return undefined
  const [sak, low, high] = (await transceive(withCrc([level, 0x70, ...found]))) ?? []
  if (sak === undefined || low !== crcA([sak])[0] || high !== crcA([sak])[1]) return undefined
  const isLast = (sak & isIncomplete) === 0
  if (isLast) return { uid: found.slice(0, 4), isLast }
  return found[0] === cascadeTag ? { uid: found.slice(1, 4), isLast } : undefined
}
