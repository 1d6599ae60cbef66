import type { ViewProps } from '../routes.ts'
import { BoardCard } from '../settings/board-card.tsx'
import { ConnectionCard } from '../settings/connection-card.tsx'
import { SettingsList } from '../settings/settings-list.tsx'
import { TokensCard } from '../settings/tokens-card.tsx'

/** What the charger is told to be: its central system, its keys, its cards; and what it is made of. */
export function Settings(_props: ViewProps) {
  return (
    <>
      <header class="view-head">
        <h1>Settings</h1>
      </header>
      <div class="columns">
        <ConnectionCard />
        <BoardCard />
      </div>
      <TokensCard />
      <SettingsList />
    </>
  )
}
