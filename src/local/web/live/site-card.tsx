import type { Evse, Station } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { amps, power } from '../format.ts'
import { Button } from '../parts/button.tsx'
import { Card, Facts } from '../parts/card.tsx'
import { Badge, Notice } from '../parts/notice.tsx'
import { tell } from '../state/said.ts'

type Site = NonNullable<Station['site']>

const modes = [
  { mode: 'fast', words: 'Fast', tip: 'As fast as the fuse allows' },
  { mode: 'min+solar', words: 'Min + sun', tip: '6 A at least, and all solar power that is left' },
  { mode: 'solar', words: 'Sun only', tip: 'With a surplus only' },
] as const

/** Load management: what the whole site draws against its fuse, how the cars follow the sun, and who gets how much. */
export function SiteCard({ site, evses }: { site: Site; evses: readonly Evse[] }) {
  const { mode, fuseA, limitA, meter, gridW, surplusW, isRelieved, outlets } = site
  const isDc = (evse: number) => evses.find((each) => each.evse === evse)?.isDc === true
  const share = (evse: number, size: number | null) => (size === null ? 'no limit' : isDc(evse) ? power(size) : amps(size))
  return (
    <Card title="Load management" aside={fuseA === null ? undefined : <span class="muted small">{`main fuse ${amps(fuseA)}`}</span>}>
      {isRelieved && <Notice tone="warn">The fuse carried too much for too long: every car pauses for a minute.</Notice>}
      {meter === 'stale' && <Notice tone="warn">The grid meter is silent: the safe current holds.</Notice>}
      <GridPhases site={site} />
      {mode !== null && <Modes present={mode} />}
      <Facts
        of={[
          ...(gridW === null ? [] : [[gridW < 0 ? 'Export' : 'From the grid', power(Math.abs(gridW))] as const]),
          ...(mode === null || surplusW === null ? [] : [['Surplus', surplusW > 0 ? power(surplusW) : 'none'] as const]),
          ...(limitA === null ? [] : [['For all cars together', amps(limitA)] as const]),
          ...outlets.map(
            ({ evse, site: held, solar }) => [`Outlet ${evse} may have`, `${share(evse, held)}${solar === null ? '' : `, sun ${share(evse, solar)}`}`] as const,
          ),
        ]}
      />
    </Card>
  )
}

/** Current of each phase against the fuse; what is exported loads it as well. */
function GridPhases({ site: { gridA, fuseA, meter } }: { site: Site }) {
  if (gridA.length === 0) return null
  const most = fuseA ?? Math.max(1, ...gridA.map(Math.abs))
  return (
    <ul class="limits" aria-label="Grid current by phase">
      {gridA.map((current, index) => (
        <li key={index} class={meter === 'fresh' ? 'holds' : ''}>
          <span>
            {`L${index + 1} `}
            {current < 0 && <Badge tone="good">export</Badge>}
          </span>
          <span class="figure">{amps(Math.abs(current))}</span>
          <meter min={0} max={most} value={Math.min(most, Math.abs(current))} class={Math.abs(current) > most ? 'over' : ''} aria-hidden="true" />
        </li>
      ))}
    </ul>
  )
}

function Modes({ present }: { present: string }) {
  return (
    <fieldset class="row actions" aria-label="How the cars follow the sun">
      {modes.map(({ mode, words, tip }) => (
        <Button key={mode} tip={tip} isPressed={mode === present} onPress={() => tell(api.put('/site/mode', { mode }), () => tip)}>
          {words}
        </Button>
      ))}
    </fieldset>
  )
}
