import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
  readonly type?: 'text' | 'number' | 'password' | 'search' | 'url'
  /** Under the field: what it may be, or its unit. */
  readonly hint?: ComponentChildren
  /** What is wrong with the value; read out. */
  readonly problem?: string | undefined
  readonly min?: number
  readonly max?: number
  readonly step?: number | 'any'
  readonly maxLength?: number
  readonly autocomplete?: string
  /** An example, shown while it is empty. */
  readonly placeholder?: string
  readonly disabled?: boolean
  /** Values to choose from beside what is typed. */
  readonly offers?: readonly string[]
}

/** A labelled input. */
export function Field({ label, value, onValue, hint, problem, offers, type = 'text', ...rest }: FieldProps) {
  const id = useId()
  const described = problem !== undefined || hint !== undefined
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        id={id}
        // Preact types an input by each type alone; ours differ in nothing that it asks for.
        type={type as 'text'}
        value={value}
        {...(offers === undefined ? {} : { list: `${id}-list` })}
        spellcheck={false}
        autocapitalize="off"
        aria-invalid={problem !== undefined}
        aria-describedby={described ? `${id}-hint` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {offers !== undefined && (
        <datalist id={`${id}-list`}>
          {offers.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {described && (
        <div id={`${id}-hint`} class={problem === undefined ? 'hint' : 'hint bad'} role={problem === undefined ? undefined : 'alert'}>
          {problem ?? hint}
        </div>
      )}
    </div>
  )
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly (T | { readonly value: T; readonly words: string })[]
  readonly onValue: (value: T) => void
  readonly hint?: ComponentChildren
  readonly disabled?: boolean
}

/** A labelled drop-down list. */
export function Choice<T extends string>({ label, value, options, onValue, hint, disabled }: ChoiceProps<T>) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onValue(event.currentTarget.value as T)}
      >
        {options.map((each) => {
          const option = typeof each === 'string' ? { value: each, words: each } : each
          return (
            <option key={option.value} value={option.value}>
              {option.words}
            </option>
          )
        })}
      </select>
      {hint !== undefined && (
        <div id={`${id}-hint`} class="hint">
          {hint}
        </div>
      )}
    </div>
  )
}

/** A switch with its words at the right. */
export function Switch({ label, isOn, onTurn, disabled }: { label: string; isOn: boolean; onTurn: (isOn: boolean) => unknown; disabled?: boolean }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        disabled={disabled}
        onChange={(event) => void onTurn(event.currentTarget.checked)}
      />
      <span class="switch-track" aria-hidden="true" />
      <span>{label}</span>
    </label>
  )
}
