import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Frame } from '../../rest/shapes.ts'
import { copyText } from './copy-text.ts'
import { digest } from './digest.ts'
import { type Exchange, outcomeOf, textAt, wireOf } from './exchanges.ts'
import { latencyOf, timeOf } from './quantities.ts'

const actionWords = ({ action, kind }: Frame) =>
  action ?? (kind === 'malformed' ? 'Malformed frame' : kind === 'unknown' ? 'Unknown frame' : 'Answer to nothing')

export interface RowProps {
  readonly exchange: Exchange
  /** Its place among those that are shown, from 1, and how many those are. */
  readonly place: number
  readonly of: number
  readonly isOpen: boolean
  /** The one that the keyboard is at. */
  readonly isCurrent: boolean
  readonly toggle: (key: number) => void
  readonly focused: (key: number) => void
  /** The height of what is unfolded, px. */
  readonly measured: (key: number, px: number) => void
}

export function Row({ exchange, place, of, isOpen, isCurrent, toggle, focused, measured }: RowProps) {
  const { first, answer, key } = exchange
  const { outcome, words } = outcomeOf(exchange)
  const isOut = first.direction === 'out'
  return (
    <li class="frames-item" aria-setsize={of} aria-posinset={place}>
      <button
        type="button"
        class={`frames-row is-${first.direction} went-${outcome}`}
        data-key={key}
        aria-expanded={isOpen}
        tabIndex={isCurrent ? 0 : -1}
        onClick={() => toggle(key)}
        onFocus={() => focused(key)}
      >
        <span class="frames-time">
          {timeOf(first.at).slice(0, 8)}
          <span class="frames-ms">{timeOf(first.at).slice(8)}</span>
        </span>
        <Lane isOut={isOut} hasAnswer={answer !== undefined} />
        <span class="frames-action">
          <span class="unseen">{isOut ? 'From the station: ' : 'From the central system: '}</span>
          {actionWords(first)}
        </span>
        <span class="frames-digest">{digest(exchange)}</span>
        <span class="frames-outcome">{words}</span>
        <span class="frames-latency">{answer?.latencyMs === null || answer === undefined ? '' : latencyOf(answer.latencyMs)}</span>
      </button>
      {isOpen && <Detail exchange={exchange} measured={measured} />}
    </li>
  )
}

/** From the station's line on the left to that of the central system on the right, or back. */
function Lane({ isOut, hasAnswer }: { readonly isOut: boolean; readonly hasAnswer: boolean }) {
  return (
    <svg class="frames-lane" viewBox="0 0 72 24" width="72" height="24" aria-hidden="true">
      <g transform={isOut ? '' : 'matrix(-1 0 0 1 72 0)'}>
        <path class="frames-asks" d="M2 8H64M58 3.5l7 4.5l-7 4.5" />
        {hasAnswer && <path class="frames-answers" d="M70 17H9M14 13.5l-6 3.5l6 3.5" />}
      </g>
    </svg>
  )
}

function Detail({ exchange, measured }: Pick<RowProps, 'exchange' | 'measured'>) {
  const { key, first, answer } = exchange
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { current } = box
    if (current === null) return undefined
    const watch = new ResizeObserver(() => measured(key, current.offsetHeight))
    watch.observe(current)
    return () => watch.disconnect()
  }, [key, measured])
  return (
    <div class="frames-detail" ref={box}>
      <Part title={first.kind === 'call' ? 'Request' : 'Frame'} frame={first} />
      {answer === undefined ? (
        <p class="frames-none">{outcomeWords(exchange)}</p>
      ) : (
        <Part title={answer.kind === 'error' ? 'CALLERROR' : 'Answer'} frame={answer} />
      )}
    </div>
  )
}

function outcomeWords(exchange: Exchange): string {
  if (exchange.first.kind !== 'call') return 'It belongs to no request that is shown.'
  return exchange.isGivenUp ? 'No answer came before the next request.' : 'The answer has not come yet.'
}

function Part({ title, frame }: { readonly title: string; readonly frame: Frame }) {
  const wire = wireOf(frame)
  return (
    <section class={`frames-part of-${frame.kind}`} aria-label={title}>
      <div class="frames-part-head">
        <h3>{title}</h3>
        {wire !== undefined && (
          <button type="button" class="button quiet" onClick={() => void copyText(wire, title)}>
            Copy<span class="unseen"> {title.toLowerCase()} as OCPP-J</span>
          </button>
        )}
      </div>
      <p class="frames-part-facts">
        {timeOf(frame.at)} · {frame.direction === 'out' ? 'station → central system' : 'central system → station'}
        {frame.id !== null && (
          <>
            {' · id '}
            <code>{frame.id}</code>
          </>
        )}
      </p>
      {frame.kind === 'error' && (
        <p class="frames-error">
          <strong>{textAt(frame.payload, 'code')}</strong> {textAt(frame.payload, 'description')}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <pre tabIndex={0}>{JSON.stringify(frame.payload, undefined, 2)}</pre>
    </section>
  )
}
