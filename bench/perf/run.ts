import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/base/clock.ts'
import { answers } from './answers.ts'
import { authorizeToStart } from './authorize.ts'
import { bundled } from './bundle.ts'
import { charging } from './charging.ts'
import { cluster } from './cluster.ts'
import { composite } from './composite.ts'
import { doors } from './doors.ts'
import { faultLatency, faultLatencyAhead } from './fault-latency.ts'
import { type Figure, table } from './figures.ts'
import { fleet } from './fleet.ts'
import { memory } from './memory.ts'
import { page } from './page.ts'
import { type Workbench, workbench } from './programs.ts'
import { starts } from './starts.ts'
import { appends, day, drain } from './workers.ts'

const measurements: Readonly<Record<string, (bench: Workbench) => Promise<readonly Figure[]>>> = {
  starts,
  answers,
  authorize: authorizeToStart,
  appends,
  composite,
  day,
  drain,
  charging,
  faults: faultLatency,
  memory,
  doors,
  page,
  cluster,
  fleet,
  'faults-ahead': faultLatencyAhead,
}
/** What needs rights that most users do not have, and what needs a browser and takes six minutes, or a database and a broker, or a quiet machine. */
const onlyNamed: readonly string[] = ['faults-ahead', 'page', 'cluster', 'fleet']

/** `node bench/perf/run.ts [--program FILE] [MEASUREMENT ...]`: measures the built program beside a bare client, and prints a table. */
async function main(words: readonly string[]): Promise<number> {
  const at = words.indexOf('--program')
  const program = at < 0 ? fileURLToPath(new URL('../../dist/pilotwire.js', import.meta.url)) : resolve(words[at + 1] ?? '')
  const names = words.filter((_, index) => at < 0 || index < at || index > at + 1)
  const unknown = names.find((name) => measurements[name] === undefined)
  if (unknown !== undefined || !existsSync(program)) {
    process.stderr.write(
      unknown !== undefined ? `no measurement ${unknown}; known: ${Object.keys(measurements).join(', ')}\n` : `${program} is not there: npm run build\n`,
    )
    return 2
  }
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-perf-'))
  const bench = await workbench(systemClock(), {
    program,
    directory,
    bareClient: await bundled('bare-client', directory),
    say: (line) => void process.stderr.write(process.stderr.isTTY === true ? `\r\x1b[K${line}` : ''),
  })
  try {
    const figures: Figure[] = []
    for (const [name, measure] of Object.entries(measurements))
      if (names.includes(name) || (names.length === 0 && !onlyNamed.includes(name))) figures.push(...(await measure(bench)))
    bench.say('')
    process.stdout.write(`Node ${process.versions.node}, ${process.platform} ${process.arch}\n${table(figures)}\n`)
    return 0
  } finally {
    await bench.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

process.exit(await main(process.argv.slice(2)))
