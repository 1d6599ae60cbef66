/** Frames of the PN532 (user manual UM0701-02 §6.2.1): 00 00 FF LEN LCS TFI data... DCS 00, where LEN counts TFI and data, LEN + LCS and
 *  TFI + data + DCS are 0 modulo 256. */

export type Pn532Frame =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nack' }
  /** The chip did not understand the command. */
  | { readonly kind: 'error' }
  /** An answer; `code` is the command's plus 1. */
  | { readonly kind: 'answer'; readonly code: number; readonly data: Uint8Array }

const toChip = 0xd4
const toHost = 0xd5
const errorFrame = 0x7f

/** Sent by the host it ends a command that is under way. */
export const ackFrame = Uint8Array.of(0x00, 0x00, 0xff, 0x00, 0xff, 0x00)

/** @param command code and parameters, 1 to 254 bytes */
export function pn532Frame(command: readonly number[]): Uint8Array {
  const body = [toChip, ...command]
  const sum = body.reduce((all, each) => all + each, 0)
  return Uint8Array.of(0x00, 0x00, 0xff, body.length, -body.length & 0xff, ...body, -sum & 0xff, 0x00)
}

/** Takes bytes as they come, in pieces of any size and with anything between them, and gives whole frames. Damaged ones are passed over. */
export function pn532Parser(take: (frame: Pn532Frame) => void): (bytes: Uint8Array) => void {
  let buffer: readonly number[] = []
  return (bytes) => {
    buffer = [...buffer, ...bytes]
    for (;;) {
      const next = nextFrame(buffer)
      buffer = buffer.slice(next.used)
      if (next.frame !== undefined) take(next.frame)
      else return
    }
  }
}

/** The first whole frame, and how many bytes are done with, those of damaged frames before it included. */
function nextFrame(bytes: readonly number[]): { readonly used: number; readonly frame: Pn532Frame | undefined } {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x00) continue
    // A frame may begin here, but more must come to tell.
    const more = { used: at, frame: undefined }
    if (bytes[at + 1] === undefined) return more
    if (bytes[at + 1] !== 0xff) continue
    const [length, check] = [bytes[at + 2], bytes[at + 3]]
    if (length === undefined || check === undefined) return more
    if (length === 0x00 && check === 0xff) return { used: at + 4, frame: { kind: 'ack' } }
    if (length === 0xff && check === 0x00) return { used: at + 4, frame: { kind: 'nack' } }
    // 0 bytes, and 255 for extended frames, which no answer here is long enough for.
    if (((length + check) & 0xff) !== 0 || length === 0) continue
    const body = bytes.slice(at + 4, at + 5 + length)
    if (body.length <= length) return more
    if ((body.reduce((all, each) => all + each, 0) & 0xff) !== 0) continue
    const frame = frameOf(body.slice(0, -1))
    if (frame !== undefined) return { used: at + 5 + length, frame }
  }
  return { used: bytes.length, frame: undefined }
}

/** Undefined: a frame from a host, for instance our own as an echo. */
function frameOf([tfi, code, ...data]: readonly number[]): Pn532Frame | undefined {
  if (tfi === errorFrame) return { kind: 'error' }
  return tfi === toHost && code !== undefined ? { kind: 'answer', code, data: Uint8Array.from(data) } : undefined
}

/** UIDs in the answer to InListPassiveTarget for 106 kbit/s type A (§7.3.5): NbTg, then for each target Tg, SENS_RES (2), SEL_RES, length, UID, and ATS
 *  with its own length in front where SEL_RES says ISO/IEC 14443-4. */
export function uidsOf(data: Uint8Array): readonly Uint8Array[] {
  const uids: Uint8Array[] = []
  let at = 1
  for (let target = 0; target < (data[0] ?? 0); target++) {
    const [selRes, length] = [data[at + 3], data[at + 4]]
    if (selRes === undefined || length === undefined) break
    const uid = data.slice(at + 5, at + 5 + length)
    if (uid.length !== length || ![4, 7, 10].includes(length)) break
    uids.push(uid)
    at += 5 + length
    if ((selRes & 0x20) !== 0) at += data[at] ?? 0
  }
  return uids
}
