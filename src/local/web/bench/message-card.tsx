import { useState } from 'preact/hooks'
import type { MessageExample, MessageOutcome } from '../../rest/answers.ts'
import { api } from '../api.ts'
import { wordsOf } from '../asking.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Notice } from '../parts/notice.tsx'
import type { Tone } from '../state/said.ts'
import { useFetched } from '../state/use-fetched.ts'

interface Answered {
  readonly tone: Tone
  readonly title: string
  readonly text: string | undefined
}

/** OCPP messages that a tester sends by hand: a button each, its payload to be changed, and what came back. */
export function MessageCard() {
  const { value: examples = [], problem } = useFetched<readonly MessageExample[]>('/messages')
  const [chosen, choose] = useState<MessageExample>()
  return (
    <Card title="Messages by hand" wide>
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      <div class="row chips">
        {examples.map((example) => (
          <Button key={example.action} isPressed={example.action === chosen?.action} onPress={() => choose(example)}>
            {example.action}
          </Button>
        ))}
      </div>
      {chosen !== undefined && <Editor key={chosen.action} action={chosen.action} example={chosen.example} />}
    </Card>
  )
}

function Editor({ action, example }: { action: string; example: unknown }) {
  const [payload, setPayload] = useState(() => pretty(example))
  const [answered, setAnswered] = useState<Answered>()
  const send = async () => {
    try {
      setAnswered(shown(await api.post<MessageOutcome>('/messages', { action, payload: JSON.parse(payload) })))
    } catch (error) {
      setAnswered({ tone: 'bad', title: error instanceof SyntaxError ? 'This is no JSON' : 'Not sent', text: wordsOf(error) })
    }
  }
  return (
    <>
      <div class="field">
        <label for="payload">{`Payload of ${action}`}</label>
        <textarea id="payload" class="mono" spellcheck={false} value={payload} onInput={(event) => setPayload(event.currentTarget.value)} />
      </div>
      <div class="row end">
        <Button kind="main" onPress={send}>
          Send
        </Button>
      </div>
      {answered !== undefined && (
        <Notice tone={answered.tone} title={answered.title}>
          {answered.text !== undefined && <pre class="answer">{answered.text}</pre>}
        </Notice>
      )}
    </>
  )
}

function shown({ kind, payload, code, description }: MessageOutcome): Answered {
  switch (kind) {
    case 'answered':
      return { tone: 'good', title: 'Answered', text: pretty(payload) }
    case 'refused':
      return { tone: 'warn', title: `Refused: ${code ?? ''}`, text: description ?? undefined }
    case 'unanswered':
      return { tone: 'warn', title: 'No answer', text: 'Offline, not accepted yet, or no answer in time.' }
  }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}
