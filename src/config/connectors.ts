import { ConfigError } from '../base/errors.ts'
import { mostConnectors, withConnectors } from './board.ts'
import type { StationConfig } from './station.ts'

/** The board of a station with the factory values that its store keeps, or will keep. @throws ConfigError for a number of connectors that is none */
export function boardWith(factory: Readonly<Record<string, string>>, { board, connectors, settingsOrigins }: StationConfig): StationConfig['board'] {
  if (connectors !== undefined) return board
  const [key, value] = Object.entries(factory).find(([each]) => each.toLowerCase() === 'numberofconnectors') ?? []
  if (key === undefined || value === undefined) return board
  const { source, field } = settingsOrigins[key] ?? { source: 'settings', field: key }
  if (!/^\d{1,2}$/.test(value) || Number(value) < 1 || Number(value) > mostConnectors)
    throw new ConfigError(source, field, `"${value}" is not a number from 1 to ${mostConnectors}`, 'Say how many connectors there are')
  return withConnectors(board, Number(value))
}
