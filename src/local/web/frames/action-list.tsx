import type { Choice } from './choice.ts'

interface ActionListProps {
  readonly counts: readonly (readonly [string, number])[]
  readonly choice: Choice
  readonly choose: (choice: Choice) => void
}

/** Every action with how often it came, beside the sequence where there is room; phones have the same as a drop-down list. */
export function ActionList({ counts, choice, choose }: ActionListProps) {
  const all = counts.reduce((sum, [, count]) => sum + count, 0)
  const rows: readonly (readonly [string | undefined, number])[] = [[undefined, all], ...counts]
  return (
    <fieldset class="frames-actions">
      <legend>Action</legend>
      {rows.map(([action, count]) => (
        <button
          key={action ?? ''}
          type="button"
          class="frames-pick"
          aria-pressed={choice.action === action}
          onClick={() => choose({ ...choice, action: choice.action === action ? undefined : action })}
        >
          <span>{action ?? 'All actions'}</span>
          <span class="frames-count">{count}</span>
        </button>
      ))}
    </fieldset>
  )
}
