import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

const yes = 'yes'

interface ButtonProps {
  /** main: what a person most likely wants here; danger: breaks or ends something; quiet: among many. */
  readonly kind?: 'main' | 'plain' | 'danger' | 'quiet'
  readonly type?: 'button' | 'submit'
  readonly disabled?: boolean
  /** Its name for screen readers, and the tooltip, where the children are only an icon. */
  readonly label?: string
  /** The tooltip, where the children name it well. */
  readonly tip?: string
  /** Asked first in a dialog: "End the session and let the plug go?" */
  readonly confirm?: string
  readonly isPressed?: boolean
  /** While its promise is open the button is busy and does nothing more. It says itself what went wrong (`tell` in state/said.ts). */
  readonly onPress?: () => unknown
  readonly children: ComponentChildren
}

export function Button({ kind = 'plain', type = 'button', disabled = false, label, tip, confirm, isPressed, onPress, children }: ButtonProps) {
  const [isBusy, setBusy] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const press = async () => {
    if (isBusy) return
    setBusy(true)
    try {
      await onPress?.()
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <button
        type={type}
        class={`button ${kind}`}
        disabled={disabled}
        aria-label={label}
        title={label ?? tip}
        aria-busy={isBusy}
        aria-pressed={isPressed}
        onClick={onPress === undefined ? undefined : () => (confirm === undefined ? void press() : setAsking(true))}
      >
        {children}
      </button>
      {isAsking && confirm !== undefined && (
        <Confirm
          question={confirm}
          verb={children}
          kind={kind}
          onAnswer={(isYes) => {
            setAsking(false)
            if (isYes) void press()
          }}
        />
      )}
    </>
  )
}

/** A question over the page; Escape is no. Closing gives the focus back to who asked. */
function Confirm(props: { question: string; verb: ComponentChildren; kind: string; onAnswer: (isYes: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  const close = (answer: string) => dialog.current?.close(answer)
  return (
    <dialog ref={dialog} class="dialog" aria-label={props.question} onClose={(event) => props.onAnswer(event.currentTarget.returnValue === yes)}>
      <p>{props.question}</p>
      <div class="row end">
        <Button onPress={() => close('')}>Cancel</Button>
        <Button kind={props.kind === 'danger' ? 'danger' : 'main'} onPress={() => close(yes)}>
          {props.verb}
        </Button>
      </div>
    </dialog>
  )
}
