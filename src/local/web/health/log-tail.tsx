import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { LogLines } from '../../rest/answers.ts'
import { api } from '../api.ts'
import { browserClock } from '../browser-clock.ts'
import { timeOf } from '../frames/quantities.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { createStore } from '../state/store.ts'
import { readEvents } from '../state/streams.ts'
import { useStore } from '../state/use-store.ts'
import { type Level, type LogLine, levels, linesLike, logLineOf } from './log-line.ts'

/** Lines that are kept; the whole log is in its file. */
const most = 500

function logTail() {
  const lines = createStore<readonly LogLine[]>([], browserClock.nextFrame)
  let number = 0
  const take = (added: readonly string[], before = lines.get()) =>
    lines.set([...before, ...added.slice(-most).map((line) => logLineOf(number++, line))].slice(-most))
  const follow = () => {
    let isReached = false
    /** What is written while the newest lines are fetched: they may have it already. Undefined: nothing is fetched. */
    let early: string[] | undefined
    const catchUp = async () => {
      if (early !== undefined) return
      early = []
      const kept = await api.get<LogLines>(`/log?lines=${most}`).then(
        ({ lines }) => lines,
        (): readonly string[] => [],
      )
      take([...kept, ...early.filter((line) => !kept.includes(line))], [])
      early = undefined
    }
    return readEvents(['log'], {
      on: {
        log(data) {
          const { line } = data as { readonly line: string }
          if (early === undefined) take([line])
          else early.push(line)
        },
      },
      reached(now) {
        if (now && !isReached) void catchUp()
        isReached = now
      },
    })
  }
  return { lines, follow }
}

/** The log as it is written, the newest below. */
export function LogTail() {
  const tail = useMemo(logTail, [])
  useEffect(tail.follow, [tail])
  const live = useStore(tail.lines)
  const [held, setHeld] = useState<readonly LogLine[]>()
  const [least, setLeast] = useState<Level>('info')
  const [text, setText] = useState('')
  const shown = useMemo(() => linesLike(held ?? live, least, text), [held, live, least, text])
  return (
    <Card
      title="Log"
      aside={
        <Button isPressed={held !== undefined} onPress={() => setHeld(held === undefined ? live : undefined)}>
          {held === undefined ? 'Pause' : 'Resume'}
        </Button>
      }
    >
      <search class="log-tools">
        <Field label="Search the log" type="search" value={text} onValue={setText} />
        <Choice label="At least" value={least} options={levels} onValue={setLeast} />
      </search>
      <Lines lines={shown} empty={(held ?? live).length === 0 ? 'Nothing was logged yet.' : 'No line is like that.'} />
    </Card>
  )
}

function Lines({ lines, empty }: { readonly lines: readonly LogLine[]; readonly empty: string }) {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    if (box.current !== null && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  const look = () => {
    if (box.current !== null) isAtEnd.current = box.current.scrollTop + box.current.clientHeight >= box.current.scrollHeight - 4
  }
  return (
    // A live region would never be silent: whoever listens comes here by the Tab key.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus
    <section class="log-lines" tabIndex={0} aria-label="Lines of the log, the newest last" ref={box} onScroll={look}>
      {lines.length === 0 && <p class="muted">{empty}</p>}
      {lines.map(({ number, level, at, event, fields }) => (
        <p key={number} class={`log-line ${level}`}>
          {at !== undefined && <span class="log-time">{timeOf(at)}</span>}
          <span class="log-level">{level}</span>
          <span class="log-event">{event}</span>
          {fields !== '' && <span class="log-fields">{fields}</span>}
        </p>
      ))}
    </section>
  )
}
