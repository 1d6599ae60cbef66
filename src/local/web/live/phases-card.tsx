import type { Evse } from '../../rest/shapes.ts'
import { amps, power, volts } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Table } from '../parts/table.tsx'

export function PhasesCard({ evse: { byPhase } }: { evse: Evse }) {
  const rows = byPhase.map((phase, index) => ({ ...phase, name: `L${index + 1}` }))
  return (
    <Card title="Phases">
      <Table
        label="Voltage, current and power by phase"
        rows={rows}
        keyOf={({ name }) => name}
        empty="The meter says nothing yet."
        columns={[
          { title: 'Phase', cell: ({ name }) => name },
          { title: 'Voltage', isFigure: true, cell: ({ voltageV }) => volts(voltageV) },
          { title: 'Current', isFigure: true, cell: ({ currentA }) => amps(currentA) },
          { title: 'Power', isFigure: true, cell: ({ powerW }) => power(powerW) },
        ]}
      />
    </Card>
  )
}
