import { Notice } from '../../../src/local/web/parts/notice.tsx'
import type { Charger } from '../../csms/rest/shapes.ts'
import { LimitCard } from './limit-card.tsx'
import { OutletCard } from './outlet-card.tsx'
import { StationActions } from './station-actions.tsx'

/** What it does now, outlet by outlet, and what can be asked of it. */
export function NowTab({ charger }: { readonly charger: Charger }) {
  const { connectors, is_connected } = charger
  return (
    <>
      {!is_connected && (
        <Notice tone="warn" title="Not connected">
          What stands here is what it said last. It can be asked for nothing until it is back.
        </Notice>
      )}
      {connectors.length === 0 && <p class="muted">It has not told of an outlet yet.</p>}
      {connectors.map((connector) => (
        <OutletCard key={`${connector.evse_id} ${connector.connector_id}`} charger={charger} connector={connector} />
      ))}
      <LimitCard charger={charger} />
      <StationActions charger={charger} />
    </>
  )
}
