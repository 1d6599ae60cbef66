import type { Clock } from '../../../src/base/clock.ts'
import type { Fields, Log } from '../../../src/base/log.ts'
import type { CentralSystem } from '../central-system.ts'
import { eventLine, fieldsWords, frameLine, type Paint, transactionWords } from './lines.ts'

/** What is told of what happens: every frame, only what matters to a person, or nothing. */
export const narrations = ['frames', 'events', 'silent'] as const
export type Narration = (typeof narrations)[number]

/** Prints what happens at a central system, until the returned function is called. @param isTold of which stations frames are told */
export function narrate(
  system: CentralSystem,
  clock: Clock,
  narration: Narration,
  paint: Paint,
  print: (line: string) => void,
  isTold: (station: string) => boolean = () => true,
): () => void {
  if (narration === 'silent') return () => {}
  const tell = (station: string, words: string) => print(eventLine(clock.now().epochMs, station, words, paint))
  const stops = [
    system.connected.on(({ station, from }) => tell(station, `connected from ${from}`)),
    system.disconnected.on(({ station, code, reason }) => tell(station, `gone (${code}${reason === '' ? '' : ` ${reason}`})`)),
    system.transactions.happened.on((event) => {
      const transaction = event.event === 'ended' ? system.transactions.all.find(({ id }) => id === event.transactionId) : undefined
      const words = transactionWords(event, transaction)
      if (words !== undefined) tell(event.station, words)
    }),
  ]
  if (narration === 'frames') stops.push(system.frames.on((frame) => isTold(frame.station) && print(frameLine(frame, paint))))
  return () => {
    for (const stop of stops) stop()
  }
}

/** A log for a person who watches: an event and its data in a line like all others. `least` and worse is told. */
export function spokenLog(clock: Clock, least: 'info' | 'error', paint: Paint, print: (line: string) => void, fixed: Fields = {}): Log {
  const say = (fields: Fields, event: string) => {
    const { identity, station, stack: _, ...rest } = { ...fixed, ...fields }
    print(eventLine(clock.now().epochMs, String(station ?? identity ?? ''), `${event} ${fieldsWords(rest)}`.trimEnd(), paint))
  }
  const mute = () => {}
  return {
    debug: mute,
    info: least === 'info' ? say : mute,
    warn: least === 'info' ? say : mute,
    error: say,
    with: (fields) => spokenLog(clock, least, paint, print, { ...fixed, ...fields }),
  }
}
