import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

/** A region of a view with its heading. `aside` stands at the right of the heading: a link, a button, a state. */
export function Card({ title, aside, wide, children }: { title?: string; aside?: ComponentChildren; wide?: boolean; children: ComponentChildren }) {
  const id = useId()
  return (
    <section class={wide === true ? 'card wide' : 'card'} {...(title === undefined ? {} : { 'aria-labelledby': id })}>
      {title !== undefined && (
        <header class="card-head">
          <h2 id={id}>{title}</h2>
          {aside !== undefined && <div class="card-aside">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  )
}

/** Names and values, two columns. */
export function Facts({ of }: { of: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
