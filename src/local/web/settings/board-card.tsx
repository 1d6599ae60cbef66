import type { Board } from '../../rest/answers.ts'
import { Card, Facts } from '../parts/card.tsx'
import { Notice } from '../parts/notice.tsx'
import { live } from '../state/live.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useStore } from '../state/use-store.ts'

/** The type plate, the board and how it is wired. */
export function BoardCard() {
  const { value: board, problem } = useFetched<Board>('/board')
  const vendor = useStore(live, ({ station }) => station?.vendor)
  const model = useStore(live, ({ station }) => station?.model)
  const firmware = useStore(live, ({ station }) => station?.firmware)
  return (
    <Card title="Board and wiring">
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      <Facts
        of={[
          ['Vendor', vendor ?? '–'],
          ['Model', model ?? '–'],
          ['Firmware', firmware ?? '–'],
          ['Board', board === undefined ? '–' : board.isSimulated && !board.name.includes('simulated') ? `${board.name} (simulated)` : board.name],
        ]}
      />
      {board !== undefined && board.wiring.length > 0 && (
        <ul class="wiring">
          {board.wiring.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </Card>
  )
}
