import { ConfigError } from '../../../src/base/errors.ts'

/** Where the processes of a central system meet: `pilotwire/csms/CLUSTER/...`. A process is named by its run, a number that it draws at its
 *  start: one that died and one that took its name are two. */
export interface Topics {
  /** Retained: this run is alive. Its last will takes the message away. */
  process(run: string): string
  /** Retained: who holds a station. */
  station(id: string): string
  /** All stations that a run holds, in parts. */
  stations(run: string): string
  /** Retained: the chargers whose frames a run wants. */
  watch(run: string): string
  /** Requests to a run, and the answers to its own. */
  ask(run: string): string
  answer(run: string): string
  /** What changed at a run. */
  live(run: string): string
  /** Of `station`; of all but `station`, the name is the run. Undefined: none of these. */
  read(topic: string): { readonly kind: TopicKind; readonly name: string } | undefined
  /** What a run listens to. */
  filters(run: string): readonly string[]
}

const kinds = ['process', 'station', 'stations', 'watch', 'ask', 'answer', 'live'] as const
export type TopicKind = (typeof kinds)[number]

const runs = /^[0-9a-f]{16}$/

/** @throws ConfigError for a name that does not fit into a topic */
export function topicsOf(cluster: string): Topics {
  if (!/^[\w.-]{1,64}$/.test(cluster)) throw new ConfigError('--cluster', '', 'is no name of a cluster', 'Use up to 64 letters, digits, points, - and _')
  const root = `pilotwire/csms/${cluster}`
  const of = (kind: TopicKind) => (run: string) => `${root}/${kind}/${run}`
  return {
    process: of('process'),
    station: (id) => of('station')(encoded(id)),
    stations: of('stations'),
    watch: of('watch'),
    ask: of('ask'),
    answer: of('answer'),
    live: of('live'),
    read(topic) {
      if (!topic.startsWith(`${root}/`)) return undefined
      const [word, name, ...more] = topic.slice(root.length + 1).split('/')
      const kind = kinds.find((each) => each === word)
      if (kind === undefined || name === undefined || more.length > 0) return undefined
      if (kind !== 'station') return runs.test(name) ? { kind, name } : undefined
      const id = decoded(name)
      return id === undefined ? undefined : { kind, name: id }
    },
    filters: (run) => [...['process', 'station', 'stations', 'watch', 'live'].map((kind) => `${root}/${kind}/+`), of('ask')(run), of('answer')(run)],
  }
}

/** An id may hold what means something in a topic (`+`, `#`, `/`, NUL: MQTT 5 §4.7): percent-encoded, it means nothing. */
const encoded = (id: string) => encodeURIComponent(id.toWellFormed())

/** Undefined for what `encoded` never makes. */
function decoded(name: string): string | undefined {
  try {
    const id = decodeURIComponent(name)
    return id !== '' && encoded(id) === name ? id : undefined
  } catch {
    return undefined
  }
}
