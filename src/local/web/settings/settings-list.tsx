import { useMemo, useState } from 'preact/hooks'
import type { Setting } from '../../rest/shapes.ts'
import { Card } from '../parts/card.tsx'
import { Field } from '../parts/field.tsx'
import { Notice } from '../parts/notice.tsx'
import { useFetched } from '../state/use-fetched.ts'
import { EditedSetting } from './edited-setting.tsx'

/** Every OCPP key by its feature profile, with a search over all that is said of them. */
export function SettingsList() {
  const { value: fetched, problem } = useFetched<readonly Setting[]>('/settings')
  const [changed, setChanged] = useState<ReadonlyMap<string, Setting>>(new Map())
  const [text, setText] = useState('')
  const profiles = useMemo(() => groups(fetched ?? [], text), [fetched, text])
  const found = profiles.reduce((sum, [, settings]) => sum + settings.length, 0)
  return (
    <Card title="OCPP settings">
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      <search>
        <Field
          label="Search the settings"
          type="search"
          value={text}
          onValue={setText}
          hint={fetched === undefined ? 'Loading' : `${found} of ${fetched.length} keys`}
        />
      </search>
      {profiles.map(([profile, settings]) => (
        <section key={profile} class="setting-group" aria-label={profile}>
          <h2 class="setting-profile">{profile}</h2>
          <ul class="setting-list">
            {settings.map((setting) => (
              <EditedSetting
                key={setting.key}
                setting={changed.get(setting.key) ?? setting}
                onChanged={(next) => setChanged((before) => new Map(before).set(next.key, next))}
              />
            ))}
          </ul>
        </section>
      ))}
    </Card>
  )
}

function groups(settings: readonly Setting[], text: string): readonly (readonly [string, readonly Setting[]])[] {
  const words = text.toLowerCase().split(/\s+/)
  const fits = ({ key, effect, values, value, profile }: Setting) => {
    const said = [key, effect, values, value, profile].join('\n').toLowerCase()
    return words.every((word) => said.includes(word))
  }
  return [...Map.groupBy(settings.filter(fits), ({ profile }) => profile)]
}
