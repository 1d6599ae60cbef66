import { useId, useState } from 'preact/hooks'
import type { Setting } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { wordsOf } from '../asking.ts'
import { Button } from '../parts/button.tsx'
import { Badge } from '../parts/notice.tsx'
import { say } from '../state/said.ts'

interface EditedSettingProps {
  readonly setting: Setting
  /** As the charger has it after a change. */
  readonly onChanged: (setting: Setting) => void
}

/** CiString500Type: the longest value that OCPP carries. */
const longestValue = 500

/** One key: what it does, what it may be, and its value, changed in place. */
export function EditedSetting({ setting, onChanged }: EditedSettingProps) {
  const { key, access, effect, values } = setting
  const id = useId()
  return (
    <li class="setting">
      <div class="setting-words">
        <h3 id={id} class="mono">
          {key}
        </h3>
        {access === 'r' && <Badge tone="plain">read-only</Badge>}
        {access === 'w' && <Badge tone="warn">secret, never shown</Badge>}
        <p id={`${id}-effect`}>{effect}</p>
        {values !== null && (
          <p id={`${id}-values`} class="hint">
            {values}
          </p>
        )}
      </div>
      {access === 'r' ? (
        <output class="setting-value mono">{setting.value === '' ? '(empty)' : setting.value}</output>
      ) : (
        <Change setting={setting} id={id} onChanged={onChanged} />
      )}
    </li>
  )
}

function Change({ setting, id, onChanged }: EditedSettingProps & { readonly id: string }) {
  const { value, setTyped, refusal, isDirty, save, undo } = useChange(setting, onChanged)
  const isTruth = setting.values === 'true, false'
  const described = {
    'aria-labelledby': id,
    'aria-describedby': `${id}-effect ${id}-values${refusal === undefined ? '' : ` ${id}-refusal`}`,
    'aria-invalid': refusal !== undefined,
    value,
  }
  return (
    <form
      class="setting-change"
      onSubmit={(event) => {
        event.preventDefault()
        void save(value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') undo()
      }}
    >
      {isTruth ? (
        <select {...described} onChange={(event) => void save(event.currentTarget.value)}>
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      ) : (
        <input {...described} {...typingOf(setting)} onInput={(event) => setTyped(event.currentTarget.value)} />
      )}
      {isDirty && !isTruth && <SaveOrUndo undo={undo} />}
      {refusal !== undefined && (
        <p id={`${id}-refusal`} class="hint bad" role="alert">
          {refusal}
        </p>
      )}
    </form>
  )
}

function SaveOrUndo({ undo }: { readonly undo: () => void }) {
  return (
    <span class="setting-buttons">
      <Button kind="main" type="submit">
        Save
      </Button>
      <Button kind="quiet" onPress={undo}>
        Undo
      </Button>
    </span>
  )
}

function typingOf({ access, values }: Setting) {
  const shared = { maxLength: longestValue, spellcheck: false, autocapitalize: 'off' as const }
  if (access === 'w') return { ...shared, type: 'password' as const, autocomplete: 'new-password', placeholder: 'a new one' }
  const isNumber = values !== null && /^\d+ (?:to \d+|or more)$/.test(values)
  return { ...shared, type: 'text' as const, autocomplete: 'off', inputMode: isNumber ? ('numeric' as const) : ('text' as const) }
}

function useChange(setting: Setting, onChanged: EditedSettingProps['onChanged']) {
  const [typed, setTyped] = useState<string>()
  const [refusal, setRefusal] = useState<string>()
  const kept = setting.value ?? ''
  const undo = () => {
    setTyped(undefined)
    setRefusal(undefined)
  }
  const save = async (value: string) => {
    setTyped(value)
    try {
      // The charger may write it in its own way: an order, a spelling.
      onChanged(await api.put<Setting>(`/settings/${encodeURIComponent(setting.key)}`, { value }))
      undo()
      say('good', `${setting.key} is set`)
    } catch (error) {
      setRefusal(wordsOf(error))
    }
  }
  return { value: typed ?? kept, setTyped, refusal, isDirty: typed !== undefined && (typed !== kept || refusal !== undefined), save, undo }
}
