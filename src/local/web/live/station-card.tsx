import type { Station } from '../../rest/shapes.ts'
import { capital, headline, moment, spanOf } from '../format.ts'
import { Card, Facts } from '../parts/card.tsx'
import { Badge, Notice } from '../parts/notice.tsx'
import { linkTo } from '../routes.ts'

/** Is it online, and why not. */
export function StationCard({ station }: { station: Station }) {
  const { link, linkWords, waiting, undeliverable } = station
  return (
    <Card title="Central system" aside={<a href={linkTo('settings')}>Settings</a>}>
      <p>
        <Badge tone={link === 'connected' ? 'good' : 'warn'}>{link === 'connected' ? 'Online' : 'Offline'}</Badge> {linkWords}.
      </p>
      <Facts
        of={[
          ['Address', <span class="mono">{station.url}</span>],
          ['Charger', `${station.id} · OCPP ${station.ocpp}`],
          ['To deliver', `${waiting}${undeliverable > 0 ? `, ${undeliverable} not taken` : ''}`],
          [
            'Clock',
            <>
              {moment(station.now)} {!station.isTimeTrusted && <Badge tone="warn">not set yet</Badge>}
            </>,
          ],
          ['Running for', spanOf(station.uptimeS)],
        ]}
      />
    </Card>
  )
}

/** On top of all when it has been lost: nobody needs to look for the reason. */
export function OfflineNotice({ station: { link, linkWords } }: { station: Pick<Station, 'link' | 'linkWords'> }) {
  if (link === 'connected' || link === 'connecting') return null
  const [what, how] = headline(linkWords)
  return (
    <Notice tone="warn" title={what}>
      {how !== undefined && `${capital(how)}. `}The charger works on, and reports later.
    </Notice>
  )
}
