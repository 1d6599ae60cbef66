import { ConfigError } from '../../src/base/errors.ts'
import type { BoardSpec } from '../../src/config/board.ts'
import type { ChargerFacts } from '../csms/store/store.ts'
import type { Places } from '../sites/places.ts'
import { boardMix } from './config.ts'
import type { FleetOptions } from './fleet.ts'

/** A simulated station for each charger of a file, in its order, with the power that stands there: DC outlets from 1 to 400 kW, AC ones of 22 kW.
 *  @param most as many of them at most @throws ConfigError for a file without chargers */
export async function stationsAt({ chargers }: Places, source: string, most = chargers.length): Promise<Pick<FleetOptions, 'stations' | 'idOf' | 'boardOf'>> {
  const some = chargers.slice(0, most)
  if (some.length === 0) throw new ConfigError(source, 'chargers', 'there are none', 'Name chargers below a site: there has to be somebody')
  const boards = await Promise.all(some.map((each) => boardFor(each)))
  const at = <T>(list: readonly T[], n: number): T => {
    const found = list[n - 1]
    if (found === undefined) throw new RangeError(`there is no charger ${n}`)
    return found
  }
  return { stations: some.length, idOf: (n) => at(some, n).id, boardOf: (n) => at(boards, n) }
}

async function boardFor({ kind, max_kw = 50 }: ChargerFacts): Promise<BoardSpec> {
  const words = kind === 'dc' ? `simulated-dc@${Math.min(400, Math.max(1, Math.round(max_kw)))}` : 'simulated'
  return (await boardMix(words))(1)
}
