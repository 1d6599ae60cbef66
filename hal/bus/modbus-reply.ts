import { type Ask, isRead, type Reply, replyLength, rtuReplyAt } from './modbus-frame.ts'

/** Finds the reply to a request among what came since it was sent: behind its echo, noise, the rest of a torn frame, whole late frames. */
export function findReply(
  bytes: Uint8Array,
  ask: Ask,
  o: {
    /** The request's own bytes, which two-wire adapters may hear. */
    readonly sent: Uint8Array
    /** The adapter is known to hear itself. */
    readonly echoes: boolean
    /** Earlier requests whose replies may still come, or come twice. */
    readonly late: readonly Ask[]
  },
): { readonly reply: Reply | undefined; readonly hasEcho: boolean } {
  // The acknowledgement of function 6 is the request again: only who knows of the echo can tell them apart.
  const mayEcho = ask.fn !== 6 || o.echoes
  let hasEcho = false
  for (let at = 0; at < bytes.length; ) {
    if (mayEcho && !hasEcho && beginsWith(bytes, at, o.sent)) {
      hasEcho = true
      at += o.sent.length
      continue
    }
    const found = rtuReplyAt(bytes, at, ask)
    if (found !== undefined && !isDoubtful(found.reply, ask, o.late)) return { reply: found.reply, hasEcho }
    // A whole late frame is stepped over, so that nothing in its middle is taken for a frame.
    at += found?.length ?? lateFrameAt(bytes, at, o.late) ?? 1
  }
  return { reply: undefined, hasEcho }
}

function beginsWith(bytes: Uint8Array, from: number, frame: Uint8Array): boolean {
  return bytes.length - from >= frame.length && frame.every((byte, at) => bytes[from + at] === byte)
}

/** An exception says its unit and function only: it may be the answer to an earlier request for other registers. */
function isDoubtful(reply: Reply, ask: Ask, late: readonly Ask[]): boolean {
  return reply.kind === 'exception' && late.some((each) => each.unit === ask.unit && each.fn === ask.fn && !isSame(each, ask))
}

function isSame(one: Ask, other: Ask): boolean {
  if (isRead(one) || isRead(other)) return one.at === other.at && replyLength(one) === replyLength(other)
  return one.at === other.at && String(one.values) === String(other.values)
}

function lateFrameAt(bytes: Uint8Array, at: number, late: readonly Ask[]): number | undefined {
  for (const ask of late) {
    const found = rtuReplyAt(bytes, at, ask)
    if (found !== undefined) return found.length
  }
  return undefined
}
