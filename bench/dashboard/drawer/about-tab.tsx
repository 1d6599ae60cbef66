import { momentToSecond, none } from '../../../src/local/web/format.ts'
import { Card, Facts } from '../../../src/local/web/parts/card.tsx'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Charger } from '../../csms/rest/shapes.ts'
import { sites } from '../state/fleet.ts'

/** What it said of itself, and what people said of it. */
export function AboutTab({ charger }: { readonly charger: Charger }) {
  const site = useStore(sites, (all) => all.find(({ id }) => id === charger.site_id))
  const { latitude, longitude } = charger
  return (
    <>
      <Card title="It says">
        <Facts
          of={[
            ['Vendor', charger.vendor ?? none],
            ['Model', charger.model ?? none],
            ['Serial number', charger.serial_number ?? none],
            ['Firmware', charger.firmware_version ?? none],
            ['OCPP', charger.ocpp_version ?? none],
            ['Booted', momentToSecond(charger.booted_at)],
            ['Last seen', momentToSecond(charger.seen_at)],
          ]}
        />
      </Card>
      <Card title="We know">
        <Facts
          of={[
            ['Id', charger.id],
            ['Name', charger.name ?? none],
            ['Site', site?.name ?? charger.site_id ?? none],
            ['Address', site?.address ?? none],
            ['Place', latitude === undefined || longitude === undefined ? none : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`],
            ['Kind', charger.kind?.toUpperCase() ?? none],
            ['Can deliver', charger.max_kw === undefined ? none : `${charger.max_kw} kW`],
            ['Password', charger.has_password ? 'asked for' : 'none'],
          ]}
        />
      </Card>
    </>
  )
}
