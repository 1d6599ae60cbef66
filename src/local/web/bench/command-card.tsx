import { useState } from 'preact/hooks'
import type { CommandHelp } from '../../rest/answers.ts'
import type { Done } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { wordsOf } from '../asking.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Field } from '../parts/field.tsx'
import { useFetched } from '../state/use-fetched.ts'

interface Typed {
  readonly number: number
  readonly line: string
  readonly reply: string
  readonly isRefused: boolean
}

const most = 30

/** Lines that were run, the last ones, and the line that is being typed; arrows bring back what was typed. */
function useCommandLine() {
  const [line, setLine] = useState('')
  const [typed, setTyped] = useState<readonly Typed[]>([])
  /** How far back the arrows have gone; 0: not at all. */
  const [back, setBack] = useState(0)
  const add = (reply: string, isRefused: boolean) =>
    setTyped((before) => [...before, { number: (before.at(-1)?.number ?? 0) + 1, line, reply, isRefused }].slice(-most))
  const run = async () => {
    if (line.trim() === '') return
    setLine('')
    setBack(0)
    try {
      add((await api.post<Done>('/commands', { line })).reply, false)
    } catch (error) {
      add(wordsOf(error), true)
    }
  }
  const recall = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = Math.min(typed.length, Math.max(0, back + step))
    setBack(next)
    setLine(next === 0 ? '' : (typed.at(-next)?.line ?? ''))
  }
  return { line, setLine, typed, run, recall }
}

/** Any line of the table of commands, as at the console. */
export function CommandCard() {
  const { value: commands = [] } = useFetched<readonly CommandHelp[]>('/commands')
  const { line, setLine, typed, run, recall } = useCommandLine()
  const meant = commands.find(({ name }) => name === line.trim().split(/\s/)[0]?.toLowerCase())
  return (
    <Card title="Command line" wide>
      <ol class="typed mono" aria-live="polite" aria-label="Replies">
        {typed.map((each) => (
          <li key={each.number} class={each.isRefused ? 'refused' : ''}>
            <span class="muted">{`> ${each.line}`}</span>
            <span>{each.reply}</span>
          </li>
        ))}
      </ol>
      <form
        class="row"
        onKeyDown={recall}
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        <Field
          label="Command"
          value={line}
          onValue={setLine}
          maxLength={500}
          autocomplete="off"
          hint={meant === undefined ? 'help lists them; the arrows bring back what was typed.' : `${meant.usage}: ${meant.help}`}
        />
        <Button type="submit">Run</Button>
      </form>
    </Card>
  )
}
