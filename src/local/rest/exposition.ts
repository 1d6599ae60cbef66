/** A number with its labels. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string | number>>
  /** Of a histogram: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string
  /** Undefined: there is none now, and nothing is said. */
  readonly value: number | undefined
}

/** Samples of one name. */
export interface Metric {
  /** Base units (s, V, A, W, J, bytes, ratio) and `_total` for what only rises, as Prometheus wants names. */
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly samples: readonly Sample[]
}

/** Prometheus' text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map(textOf).join('')
}

function textOf({ name, help, type, samples }: Metric): string {
  const lines = samples.flatMap(({ labels = {}, suffix = '', value }) =>
    value === undefined ? [] : [`${name}${suffix}${labelsOf(labels)} ${numberOf(value)}\n`],
  )
  return lines.length === 0 ? '' : `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelsOf(labels: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}
