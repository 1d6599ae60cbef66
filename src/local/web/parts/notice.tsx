import type { ComponentChildren } from 'preact'
import type { Tone } from '../state/said.ts'
import { Icon, type IconName } from './icon.tsx'

const icons: Readonly<Record<Tone, IconName>> = { good: 'check', note: 'info', warn: 'warning', bad: 'warning' }

/** Something to know, with its remedy. `isUrgent`: read out at once, else when there is a pause. */
export function Notice({
  tone = 'note',
  title,
  isUrgent,
  children,
}: {
  tone?: Tone
  title?: ComponentChildren
  isUrgent?: boolean
  children?: ComponentChildren
}) {
  return (
    <div class={`notice ${tone}`} role={isUrgent === true ? 'alert' : 'status'}>
      <Icon name={icons[tone]} />
      <div>
        {title !== undefined && <strong>{title}</strong>}
        {children !== undefined && <div>{children}</div>}
      </div>
    </div>
  )
}

/** A small state in a pill. */
export function Badge({ tone = 'note', children }: { tone?: Tone | 'plain'; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>
}
