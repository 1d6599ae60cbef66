import { Button } from '../parts/button.tsx'
import { Field, Choice as Pick } from '../parts/field.tsx'
import { live } from '../state/live.ts'
import { type Choice, type Kind, linesOf } from './choice.ts'
import { download } from './download.ts'
import type { Exchange } from './exchanges.ts'

interface FiltersProps {
  readonly choice: Choice
  readonly choose: (choice: Choice) => void
  readonly counts: readonly (readonly [string, number])[]
}

interface FrameButtonsProps {
  readonly shown: readonly Exchange[]
  readonly all: readonly Exchange[]
  /** Frames that came since the pause; undefined: not paused. */
  readonly waiting: number | undefined
  readonly pause: () => void
  readonly resume: () => void
  readonly clear: () => void
}

const kindWords: readonly { readonly value: Kind; readonly words: string }[] = [
  { value: 'all', words: 'All' },
  { value: 'answered', words: 'Answered well' },
  { value: 'trouble', words: 'Refused or failed' },
  { value: 'waiting', words: 'Waiting' },
]
const directions = [
  { value: 'both', words: 'Both ways' },
  { value: 'out', words: 'Station asks →' },
  { value: 'in', words: '← Central system asks' },
] as const

export function FrameFilters({ choice, choose, counts }: FiltersProps) {
  return (
    <search class="frames-tools" aria-label="Frames">
      <Field label="Search" type="search" value={choice.text} onValue={(text) => choose({ ...choice, text })} />
      <div class="frames-action-choice">
        <Pick
          label="Action"
          value={choice.action ?? ''}
          options={[{ value: '', words: 'All actions' }, ...counts.map(([value, count]) => ({ value, words: `${value} (${count})` }))]}
          onValue={(action) => choose({ ...choice, action: action === '' ? undefined : action })}
        />
      </div>
      <Pick
        label="Direction"
        value={choice.direction ?? 'both'}
        options={directions}
        onValue={(direction) => choose({ ...choice, direction: direction === 'both' ? undefined : direction })}
      />
      <Pick label="Outcome" value={choice.kind} options={kindWords} onValue={(kind) => choose({ ...choice, kind })} />
    </search>
  )
}

export function FrameButtons({ shown, all, waiting, pause, resume, clear }: FrameButtonsProps) {
  return (
    <div class="frames-buttons">
      {waiting === undefined ? (
        <Button onPress={pause}>Pause</Button>
      ) : (
        <Button kind="main" onPress={resume}>
          Resume{waiting > 0 ? ` (${waiting} ${waiting === 1 ? 'waits' : 'wait'})` : ''}
        </Button>
      )}
      <Button onPress={clear}>Clear</Button>
      {shown.length < all.length && (
        <Button onPress={() => save(shown)} label={`Download ${shown.length} exchanges that are shown, as JSON lines`}>
          Download {shown.length}
        </Button>
      )}
      <Button disabled={all.length === 0} onPress={() => save(all)} label="Download all, as JSON lines">
        {shown.length < all.length ? 'All' : 'Download'}
      </Button>
    </div>
  )
}

function save(exchanges: readonly Exchange[]): void {
  const { station } = live.get()
  const at = (station?.now ?? exchanges.at(-1)?.first.at ?? '').slice(0, 19).replaceAll(':', '-')
  download(`${station?.id ?? 'charger'}-frames-${at}.jsonl`, 'application/x-ndjson', linesOf(exchanges))
}
