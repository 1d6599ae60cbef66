import type { Line } from './central.ts'
import { type Figure, median, percentile, shown } from './figures.ts'
import { type Program, pause, startBareClient, startStation, type Workbench } from './programs.ts'

const requests = 1_000
const block = 100
const rounds = 7

/** From a CALL of the central system to its CALLRESULT, one at a time, beside a bare client that sends an answer of the same size. */
export async function answers(bench: Workbench): Promise<readonly Figure[]> {
  const station = startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache') })
  const bare = startBareClient(bench, 'echo', bench.fresh('cache'))
  const [ours, theirs] = [await bench.central.line(station.id), await bench.central.line(bare.id)]
  await ours.next(({ action }) => action === 'StatusNotification')
  const figures: Figure[] = []
  for (const [what, payload] of [
    ['one key', { key: ['HeartbeatInterval'] }],
    ['all keys', {}],
  ] as const) {
    figures.push(...(await besides(bench, what, payload, ours, theirs)))
  }
  await endAll([station, bare])
  return figures
}

async function besides(bench: Workbench, what: string, payload: unknown, ours: Line, theirs: Line): Promise<readonly Figure[]> {
  const { text } = await ask(ours, 'g', payload)
  const rows = { p50: { ours: [] as number[], bare: [] as number[] }, p99: { ours: [] as number[], bare: [] as number[] } }
  // Round 0 warms both up.
  for (let round = 0; round <= rounds; round++) {
    bench.say(`GetConfiguration of ${what}, ${round} of ${rounds}`)
    const samples = await series(ours, theirs, payload, text)
    if (round === 0) continue
    for (const who of ['ours', 'bare'] as const) {
      rows.p50[who].push(percentile(samples[who], 0.5))
      rows.p99[who].push(percentile(samples[who], 0.99))
    }
    await pause(bench.clock, 0.2)
  }
  return (['p50', 'p99'] as const).map((name) => {
    const [mine, bare] = [median(rows[name].ours), median(rows[name].bare)]
    return {
      what: `CALL to CALLRESULT, GetConfiguration of ${what} (${text.length} bytes), ${name}`,
      measured: `${shown(mine, 'ms')} (${(mine / bare).toFixed(2)}x)`,
      beside: shown(bare, 'ms'),
      ...(name === 'p99' ? { target: '2x', isMet: mine / bare <= 2 } : {}),
    }
  })
}

/** Milliseconds of each request, one after the other. The two take turns at blocks, so that what else the machine does hits both alike. */
async function series(
  ours: Line,
  theirs: Line,
  payload: unknown,
  answer: string,
): Promise<{ readonly ours: readonly number[]; readonly bare: readonly number[] }> {
  const samples = { ours: [] as number[], bare: [] as number[] }
  for (let done = 0; done < requests; done += block) {
    for (let n = 0; n < block; n++) samples.ours.push((await ask(ours, 'g', payload)).took)
    theirs.send(`=${answer}`)
    for (let n = 0; n < block; n++) samples.bare.push((await ask(theirs, 'g', payload)).took)
  }
  return samples
}

async function ask(line: Line, id: string, payload: unknown) {
  const reply = line.next((frame) => frame.id === id && frame.type === 3)
  const sentAt = line.send(JSON.stringify([2, id, 'GetConfiguration', payload]))
  const { at, text } = await reply
  return { took: at - sentAt, text }
}

const endAll = (programs: readonly Program[]) => Promise.all(programs.map((each) => each.end()))
