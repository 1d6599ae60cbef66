import { useState } from 'preact/hooks'
import { none } from '../../../src/local/web/format.ts'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { Field } from '../../../src/local/web/parts/field.tsx'
import { Notice } from '../../../src/local/web/parts/notice.tsx'
import type { Charger, Configuration, Outcome } from '../../csms/rest/shapes.ts'
import { api, pathOf, query } from '../api.ts'
import { askStation, problemWords } from './ask.ts'

type Entry = Configuration['items'][number]

/** Every key of the station, read when asked for, and changed one by one. */
export function ConfigurationTab({ charger: { id, is_connected } }: { readonly charger: Charger }) {
  const [entries, setEntries] = useState<readonly Entry[]>()
  const [problem, setProblem] = useState<string>()
  const [text, setText] = useState('')
  const read = async (keys?: string) => {
    try {
      const { items } = await api.get<Configuration>(pathOf(id, `/configuration${query({ keys })}`))
      setProblem(undefined)
      setEntries((before) => (keys === undefined ? items : before?.map((each) => items.find(({ key }) => key === each.key) ?? each)))
    } catch (error) {
      setProblem(problemWords(error))
    }
  }
  const wanted = text.trim().toLowerCase()
  const shown = entries?.filter(({ key, value }) => `${key} ${value ?? ''}`.toLowerCase().includes(wanted))
  return (
    <>
      <div class="row">
        {entries !== undefined && <Field label="Search the keys" type="search" value={text} onValue={setText} />}
        <Button kind={entries === undefined ? 'main' : 'plain'} disabled={!is_connected} onPress={() => read()}>
          {entries === undefined ? 'Read all' : 'Read again'}
        </Button>
      </div>
      {entries === undefined && (
        <p class="muted">
          {is_connected
            ? 'Asks the charger for every key that it has. What is not read-only can be changed here.'
            : 'It is not connected: its configuration can be read when it is back.'}
        </p>
      )}
      {problem !== undefined && (
        <Notice tone="bad" title="It could not be read" isUrgent>
          {problem}
        </Notice>
      )}
      {shown?.length === 0 && <p class="muted">{entries?.length === 0 ? 'It has no keys to show.' : 'No key is like that.'}</p>}
      {shown !== undefined && shown.length > 0 && (
        <ul class="entries" aria-label="Configuration">
          {shown.map((entry) => (
            <EntryRow key={entry.key} charger={id} entry={entry} isConnected={is_connected} reread={read} />
          ))}
        </ul>
      )}
    </>
  )
}

interface EntryProps {
  readonly charger: string
  readonly entry: Entry
  readonly isConnected: boolean
  readonly reread: (key: string) => Promise<void>
}

function EntryRow({ charger, entry: { key, value, is_read_only }, isConnected, reread }: EntryProps) {
  const [draft, setDraft] = useState<string>()
  const save = async () => {
    if (draft === undefined) return
    const isDone = await askStation(key, api.put<Outcome>(pathOf(charger, '/configuration'), { key, value: draft }))
    if (!isDone) return
    setDraft(undefined)
    await reread(key)
  }
  return (
    <li class="entry">
      <code class="entry-key">{key}</code>
      {draft === undefined ? (
        <>
          <span class="entry-value">{value ?? none}</span>
          {is_read_only ? (
            <span class="muted small">read-only</span>
          ) : (
            <Button kind="quiet" label={`Change ${key}`} disabled={!isConnected} onPress={() => setDraft(value ?? '')}>
              Change
            </Button>
          )}
        </>
      ) : (
        <form
          class="entry-form"
          onSubmit={(event) => {
            event.preventDefault()
            void save()
          }}
        >
          <Field label={`Value of ${key}`} value={draft} onValue={setDraft} maxLength={2_500} autocomplete="off" />
          <Button onPress={() => setDraft(undefined)}>Cancel</Button>
          <Button kind="main" onPress={save}>
            Set
          </Button>
        </form>
      )}
    </li>
  )
}
