import { amps, brief, energy, none, power, volts } from '../../../src/local/web/format.ts'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { Card } from '../../../src/local/web/parts/card.tsx'
import { Field } from '../../../src/local/web/parts/field.tsx'
import { Badge } from '../../../src/local/web/parts/notice.tsx'
import { useTag } from '../../../src/local/web/state/use-tag.ts'
import type { Charger, Connector, Outcome } from '../../csms/rest/shapes.ts'
import { api, pathOf } from '../api.ts'
import { askStation } from './ask.ts'
import { TransactionPlot } from './transaction-plot.tsx'

interface OutletProps {
  readonly charger: Charger
  readonly connector: Connector
}

/** OCPP 1.6 §4.9 and 2.0.1 ConnectorStatusEnumType. */
const tones = {
  Available: 'good',
  Charging: 'note',
  Preparing: 'note',
  Occupied: 'note',
  Finishing: 'note',
  Reserved: 'note',
  SuspendedEV: 'warn',
  SuspendedEVSE: 'warn',
  Faulted: 'bad',
} as const

const toneOf = (status: string) => (Object.hasOwn(tones, status) ? tones[status as keyof typeof tones] : 'plain')

export function OutletCard({ charger, connector }: OutletProps) {
  const { evse_id, connector_id, status, error_code, info, transaction_id } = connector
  const several = charger.connectors.filter((each) => each.evse_id === evse_id).length > 1
  const name = several ? `Outlet ${evse_id}.${connector_id}` : `Outlet ${evse_id}`
  return (
    <Card title={name} aside={<Badge tone={toneOf(status)}>{status}</Badge>}>
      {(error_code !== undefined || info !== undefined) && <p class="outlet-trouble">{[error_code, info].filter((each) => each !== undefined).join(': ')}</p>}
      <Figures charger={charger} connector={connector} />
      {transaction_id !== undefined && <TransactionPlot id={transaction_id} connector={connector} />}
      <OutletActions charger={charger} connector={connector} />
    </Card>
  )
}

function Figures({ charger, connector }: OutletProps) {
  const { power_w, energy_wh, current_a, voltage_v, soc_percent, since, status } = connector
  const figures = [
    ['Power', power(power_w)],
    ['Register', energy(energy_wh)],
    ['Current', amps(current_a)],
    ['Voltage', volts(voltage_v)],
    ['State of charge', soc_percent === undefined ? none : `${Math.round(soc_percent)} %`],
    ['Limit', limitWords(connector) ?? limitWords(charger) ?? 'none'],
  ] as const
  return (
    <>
      <dl class="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {since !== undefined && <p class="muted small">{`${status} since ${brief(since)}`}</p>}
    </>
  )
}

/** Its own, else that of the whole charger, which holds for it too. */
const limitWords = ({ limit_w, limit_a }: Pick<Connector, 'limit_w' | 'limit_a'>) =>
  limit_w !== undefined ? power(limit_w) : limit_a !== undefined ? amps(limit_a) : undefined

function OutletActions({ charger, connector: { evse_id, connector_id, transaction_id } }: OutletProps) {
  const { typed, setTyped, tag, keep } = useTag()
  const path = (rest: string) => pathOf(charger.id, rest)
  const isOff = !charger.is_connected
  const start = async () => {
    if (await askStation('Start', api.post<Outcome>(path('/start'), { evse_id, connector_id, tag }))) keep()
  }
  const stop = () => askStation('Stop', api.post<Outcome>(path('/stop'), { transaction_id }))
  const unlock = () => askStation('Unlock', api.post<Outcome>(path('/unlock'), { evse_id, connector_id }))
  return (
    <div class="row outlet-actions">
      {transaction_id === undefined ? (
        <>
          <Field label="Card" value={typed} onValue={setTyped} maxLength={36} autocomplete="off" placeholder="e.g. 04A2B3C4" />
          <Button kind="main" disabled={isOff || tag === ''} onPress={start}>
            Start
          </Button>
        </>
      ) : (
        <Button kind="main" disabled={isOff} onPress={stop}>
          Stop
        </Button>
      )}
      <Button disabled={isOff} {...(transaction_id === undefined ? {} : { confirm: 'End the session and let the plug go?' })} onPress={unlock}>
        Unlock
      </Button>
    </div>
  )
}
