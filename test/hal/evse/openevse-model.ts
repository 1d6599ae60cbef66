import type { Clock, Timer } from '../../../src/base/clock.ts'
import type { Wire } from '../modbus/lines.ts'
import { car } from './car.ts'

/** An OpenEVSE at the end of a serial line: its states, its relay, RAPI with checksum and sequence id, notifications, heartbeat supervision.
 *  Its codec is its own, so that a mistake of the driver's is not made twice. */
export function openEvseModel(clock: Clock, wire: Wire) {
  let mode: 'enabled' | 'sleeping' | 'disabled' = 'enabled'
  let fault = 0
  let settings = 0
  let amps = 16
  const maxAmps = 32
  let isClosed = false
  let isSilent = false
  let hasSupervision = true
  let replyMs = 5
  let relayTimer: Timer | undefined
  let lastState = ''
  let supervision = { intervalS: 0, fallback: 0, isMissed: false }
  let missTimer: Timer | undefined
  const heard: string[] = []
  let onRelay: (isClosed: boolean) => void = () => {}

  const sum = (text: string) => [...text].reduce((all, each) => all ^ each.charCodeAt(0), 0)
  const hex = (value: number, width = 2) => value.toString(16).toUpperCase().padStart(width, '0')
  const send = (text: string) => {
    if (!isSilent) wire.send(new TextEncoder().encode(`${text}^${hex(sum(text))}\r`))
  }
  const hasPwm = () => mode === 'enabled' && fault === 0
  const state = () => {
    if (fault !== 0) return fault
    if (mode !== 'enabled') return mode === 'sleeping' ? 0xfe : 0xff
    return { A: 1, B: 2, C: 3, D: 4 }[ev.state]
  }
  const flags = () => hex((isClosed ? 0x40 : 0) | (ev.state === 'A' ? 0 : 0x100), 4).toLowerCase()
  const notify = () => {
    const news = `${hex(state()).toLowerCase()} ${{ A: '01', B: '02', C: '03', D: '04' }[ev.state]} ${amps} ${flags()}`
    if (news === lastState) return
    lastState = news
    send(`$AT ${news}`)
  }
  const setRelay = (next: boolean) => {
    relayTimer?.stop()
    relayTimer = undefined
    if (isClosed === next) return
    isClosed = next
    onRelay(next)
  }
  const follow = () => {
    ev.pwm(hasPwm())
    const wanted = hasPwm() && ev.state === 'C'
    if (wanted && !isClosed) relayTimer ??= clock.after('relay closes', 150, () => setRelay(hasPwm() && ev.state === 'C'))
    // Asleep it waits for the car, for 3 s; in all other cases it opens at once.
    else if (isClosed && mode === 'sleeping' && ev.state === 'C') relayTimer ??= clock.after('relay opens', 3_000, () => setRelay(false))
    else if (!wanted) setRelay(false)
    notify()
  }
  const ev = car(clock, () => follow())
  const beat = () => {
    missTimer?.stop()
    if (supervision.intervalS === 0) return
    missTimer = clock.after('heartbeat', supervision.intervalS * 1_000, () => {
      supervision = { ...supervision, isMissed: true }
      amps = Math.min(amps, Math.max(6, supervision.fallback))
      follow()
    })
  }
  const answer = (words: readonly string[]): string => {
    const [command, ...values] = words
    switch (command) {
      case 'GS':
        return `OK ${hex(state()).toLowerCase()} 0 ${{ A: '01', B: '02', C: '03', D: '04' }[ev.state]} ${flags()}`
      case 'GE':
        return `OK ${amps} ${hex(settings, 4)}`
      case 'FE':
      case 'FS':
      case 'FD':
        mode = command === 'FE' ? 'enabled' : command === 'FS' ? 'sleeping' : 'disabled'
        return 'OK'
      case 'SC': {
        const asked = Number(values[0])
        amps = Math.min(maxAmps, Math.max(6, asked))
        return `${amps === asked ? 'OK' : 'NK'} ${amps}`
      }
      case 'SY':
        if (!hasSupervision) return 'NK'
        if (values.length === 2) supervision = { intervalS: Number(values[0]), fallback: Number(values[1]), isMissed: false }
        beat()
        return `${supervision.isMissed ? 'NK' : 'OK'} ${supervision.intervalS} ${supervision.fallback} ${supervision.isMissed ? 2 : 0}`
      default:
        return 'NK'
    }
  }
  let buffer = ''
  wire.received.on((bytes) => {
    buffer += new TextDecoder().decode(bytes)
    for (let end = buffer.indexOf('\r'); end >= 0; end = buffer.indexOf('\r')) {
      const line = buffer.slice(buffer.lastIndexOf('$', end), end)
      buffer = buffer.slice(end + 1)
      const [text = '', check] = line.split('^')
      if (check !== hex(sum(text))) continue
      const words = text.slice(1).split(' ')
      const sequence = words.at(-1)?.startsWith(':') ? words.pop() : undefined
      heard.push(words.join(' '))
      clock.after('answer', replyMs, () => {
        if (isSilent) return
        send(`$${answer(words)}${sequence === undefined ? '' : ` ${sequence}`}`)
        follow()
      })
    }
  })
  return {
    ev,
    heard,
    send,
    get isClosed() {
      return isClosed
    },
    get mode() {
      return mode
    },
    get amps() {
      return amps
    },
    get supervision() {
      return supervision
    },
    /** An EVSE state from 05 to 0E; 0: none. */
    fail(next: number) {
      fault = next
      follow()
    },
    /** A check is switched off, by its bit of $GE. */
    switchOff(bit: number) {
      settings |= bit
    },
    withoutSupervision() {
      hasSupervision = false
    },
    fallSilent(next: boolean) {
      isSilent = next
    },
    answerAfter(ms: number) {
      replyMs = ms
    },
    /** It lost its supply for a moment. */
    restart() {
      mode = 'enabled'
      amps = maxAmps
      supervision = { intervalS: 0, fallback: 0, isMissed: false }
      missTimer?.stop()
      send('$AB 00 8.2.1')
      follow()
    },
    onRelay(listener: (isClosed: boolean) => void) {
      onRelay = listener
    },
  }
}
