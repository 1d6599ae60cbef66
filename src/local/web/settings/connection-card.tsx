import { useState } from 'preact/hooks'
import type { Connection } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { ProblemError, wordsOf } from '../asking.ts'
import { Button } from '../parts/button.tsx'
import { Card, Facts } from '../parts/card.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { Badge, Notice } from '../parts/notice.tsx'
import { live } from '../state/live.ts'
import { say, tell } from '../state/said.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useStore } from '../state/use-store.ts'

/** Where the central system is, who the station says it is, and how it stands. */
export function ConnectionCard() {
  const { value: connection, problem, reload } = useFetched<Connection>('/connection')
  const link = useStore(live, ({ station }) => station?.link)
  const words = useStore(live, ({ station }) => station?.linkWords)
  const waiting = useStore(live, ({ station }) => station?.waiting) ?? 0
  const undeliverable = useStore(live, ({ station }) => station?.undeliverable) ?? 0
  return (
    <Card title="Central system" aside={<Badge tone={link === 'connected' ? 'good' : 'warn'}>{link ?? 'unknown'}</Badge>}>
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      <Facts
        of={[
          ['State', words ?? '–'],
          ['Waiting to be told', String(waiting)],
          ['Would not be taken', String(undeliverable)],
        ]}
      />
      {connection !== undefined && <ConnectionForm key={JSON.stringify(connection)} connection={connection} onChanged={reload} />}
      <div class="row">
        <Button onPress={() => tell(api.post('/connection/connect'), () => 'connecting')}>Connect</Button>
        <Button
          confirm="Stay away from the central system until somebody connects again? Charging goes on."
          onPress={() => tell(api.post('/connection/disconnect'), () => 'disconnected')}
        >
          Disconnect
        </Button>
      </div>
    </Card>
  )
}

function ConnectionForm({ connection, onChanged }: { readonly connection: Connection; readonly onChanged: () => void }) {
  const [wanted, setWanted] = useState({ url: connection.url, identity: connection.identity, version: connection.version })
  const [password, setPassword] = useState('')
  const [refusal, setRefusal] = useState<{ readonly field: string | undefined; readonly words: string }>()
  const isDirty = wanted.url !== connection.url || wanted.identity !== connection.identity || wanted.version !== connection.version || password !== ''
  const problemOf = (field: string) => (refusal?.field === `body.${field}` ? refusal.words : undefined)
  const isElsewhere = refusal !== undefined && !['url', 'identity', 'password'].some((each) => problemOf(each) !== undefined)
  const save = async () => {
    try {
      const changed = Object.entries(wanted).filter(([name, value]) => value !== connection[name as keyof typeof wanted])
      await api.put('/connection', { ...Object.fromEntries(changed), ...(password === '' ? {} : { password }) })
      setPassword('')
      setRefusal(undefined)
      say('good', 'The connection is changed')
      onChanged()
    } catch (error) {
      setRefusal({ field: error instanceof ProblemError ? error.problem.field : undefined, words: wordsOf(error) })
    }
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Field
        label="Address (URL)"
        type="url"
        value={wanted.url}
        onValue={(url) => setWanted({ ...wanted, url })}
        problem={problemOf('url')}
        hint="Without the identity: ws:// or wss://"
      />
      <Field
        label="Identity"
        value={wanted.identity}
        onValue={(identity) => setWanted({ ...wanted, identity })}
        problem={problemOf('identity')}
        hint="The last part of the address"
      />
      <Field
        label="Password"
        type="password"
        autocomplete="new-password"
        value={password}
        onValue={setPassword}
        problem={problemOf('password')}
        hint={`${passwordWords(connection)} Another host is shown the one you type here, or none.`}
      />
      <Choice label="OCPP version" value={wanted.version} options={connection.versions} onValue={(version) => setWanted({ ...wanted, version })} />
      {isElsewhere && (
        <p class="hint bad" role="alert">
          {refusal.words}
        </p>
      )}
      {connection.isChanged && <p class="hint">Set here, and not in the station file or by a flag.</p>}
      <Button kind="main" type="submit" disabled={!isDirty}>
        Save and connect anew
      </Button>
    </form>
  )
}

function passwordWords({ hasPassword, isPasswordWithheld }: Connection): string {
  if (isPasswordWithheld) return 'This host is shown none: the one that is kept is for another host.'
  return hasPassword ? 'One is kept, and stays as it is when this is left empty.' : 'There is none.'
}
