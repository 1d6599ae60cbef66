/** The one place of the page that asks the browser for time. The charger's own clock stands in `Station.now`; this one only paces the page. */

/** Called off by calling it; once it has run that does nothing. */
export type Cancel = () => void

export interface BrowserClock {
  /** ms, ever onwards, from an arbitrary beginning. */
  monotonicMs(): number
  after(delayMs: number, run: () => void): Cancel
  every(periodMs: number, run: () => void): Cancel
  /** Before the next picture; in a hidden tab when it is looked at again. */
  nextFrame(run: () => void): Cancel
}

export const browserClock: BrowserClock = {
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
  every(periodMs, run) {
    const timer = setInterval(run, periodMs)
    return () => clearInterval(timer)
  },
  nextFrame(run) {
    const request = requestAnimationFrame(run)
    return () => cancelAnimationFrame(request)
  },
}
