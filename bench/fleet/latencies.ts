/** How long answers took, in buckets that grow by 3 %: small however many there are, and the buckets of several processes add up. */
export interface Latencies {
  add(ms: number): void
  /** Adds what another process counted. */
  merge(other: LatencyCounts): void
  readonly counts: LatencyCounts
}

/** As plain JSON. */
export interface LatencyCounts {
  /** [bucket, how many]. */
  readonly buckets: readonly (readonly [number, number])[]
  readonly count: number
  readonly sumMs: number
  readonly maxMs: number
}

const growth = 1.03
/** The upper bound of bucket 0, ms. */
const finestMs = 0.05

export function latencies(): Latencies {
  const buckets = new Map<number, number>()
  let [count, sumMs, maxMs] = [0, 0, 0]
  const put = (bucket: number, many: number) => void buckets.set(bucket, (buckets.get(bucket) ?? 0) + many)
  return {
    add(ms) {
      put(bucketOf(ms), 1)
      count++
      sumMs += ms
      maxMs = Math.max(maxMs, ms)
    },
    merge(other) {
      for (const [bucket, many] of other.buckets) put(bucket, many)
      count += other.count
      sumMs += other.sumMs
      maxMs = Math.max(maxMs, other.maxMs)
    },
    get counts() {
      return { buckets: [...buckets].sort(([one], [two]) => one - two), count, sumMs, maxMs }
    },
  }
}

const bucketOf = (ms: number) => Math.max(0, Math.ceil(Math.log(ms / finestMs) / Math.log(growth)))
const boundOf = (bucket: number) => finestMs * growth ** bucket

/** The time within which `share` (0 to 1) of the answers came, ms, 3 % too much at most; undefined without answers. */
export function percentileOf({ buckets, count, maxMs }: LatencyCounts, share: number): number | undefined {
  if (count === 0) return undefined
  let rest = Math.max(1, Math.ceil(share * count))
  for (const [bucket, many] of buckets) {
    rest -= many
    if (rest <= 0) return Math.min(boundOf(bucket), maxMs)
  }
  return maxMs
}

/** How many answers came within so many ms (to 3 %). */
export const within = ({ buckets }: LatencyCounts, ms: number): number =>
  buckets.reduce((sum, [bucket, many]) => (boundOf(bucket) <= ms * Math.sqrt(growth) ? sum + many : sum), 0)
