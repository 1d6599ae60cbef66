import type { Millis } from '../../src/base/units.ts'
import type { Site } from './site.ts'

const closesWithin: Millis = 25
const opensWithin: Millis = 40

/** Contacts that move a little after the command, unless they are welded or blocked. */
export function contacts({ world, faults, recompute }: Site) {
  let isCommanded = false
  let isClosed = false
  /** The coil has a supply. */
  let isFed = true
  const move = () => {
    const target = isCommanded && isFed && !faults.has('noClose')
    if (target === isClosed || (isClosed && faults.has('weld'))) {
      world.drop('contacts')
      return
    }
    world.set('contacts', world.now + (target ? closesWithin : opensWithin), () => {
      if (isClosed && faults.has('weld')) return
      isClosed = target
      recompute()
    })
  }
  return {
    get isClosed() {
      return isClosed
    },
    command(close: boolean) {
      if (isCommanded === close) return
      isCommanded = close
      move()
    },
    /** A weld or a block came or went. */
    move,
    feed(fed: boolean) {
      if (isFed === fed) return
      isFed = fed
      move()
    },
    /** The coil has no more supply, ever. */
    release() {
      isCommanded = false
      isClosed = isClosed && faults.has('weld')
    },
  }
}
