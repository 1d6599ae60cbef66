import { openReader } from '../../../hal/readers/open.ts'
import { tokenOf } from '../../../hal/readers/tag.ts'
import type { ReaderSpec, TagFormat } from '../../../hal/spec/wires.ts'
import { ConfigError } from '../../base/errors.ts'
import { oneLine } from '../terminal.ts'
import { type Bench, enoughOf, wiredBoard, withWires } from './bench.ts'

const formats: readonly (readonly [settings: string, format: TagFormat])[] = [
  ['(as it comes when nothing is said)', {}],
  ['case: lower', { case: 'lower' }],
  ['byteOrder: lsb', { byteOrder: 'lsb' }],
  ['byteOrder: lsb, case: lower', { byteOrder: 'lsb', case: 'lower' }],
  ['format: dec', { format: 'dec' }],
  ['format: dec, padTo: 10', { format: 'dec', padTo: 10 }],
  ['format: dec, byteOrder: lsb', { format: 'dec', byteOrder: 'lsb' }],
  ['format: dec, byteOrder: lsb, padTo: 10', { format: 'dec', byteOrder: 'lsb', padTo: 10 }],
]

/** One card in every format of an idTag, with what to write in the board file for it. @param id what the reader said, upper-case hex;
 *  what is not hex (a keyboard reader that types words) is shown as it is */
export function printedCard(reader: string, id: string): string {
  const head = `\ncard at ${reader}\n`
  if (!/^(?:[0-9A-F]{2})+$/.test(id)) return `${head}  ${oneLine(id)}\n`
  const uid = new Uint8Array(Buffer.from(id, 'hex'))
  const isRandom = uid.length === 4 && uid[0] === 0x08
  const random = isRandom ? '  This is a random number, another one each time (a phone?): refused unless the reader says allowRandomUid: true\n' : ''
  const lines = formats.map(([settings, format]) => `  ${(tokenOf(uid, { ...format, allowRandomUid: true })?.id ?? '-').padEnd(22)}${settings}\n`)
  return `${head}${lines.join('')}${random}`
}

/** Shows every card in every format until ctrl-C. */
export async function probeReader(board: string, bench: Bench): Promise<0> {
  const spec = await wiredBoard(board)
  const readers = spec.readers ?? []
  if (readers.length === 0) throw new ConfigError('--board', '', `${spec.name} names no reader`, 'Add one under readers')
  const { stdout, stderr } = bench.terminal
  return await withWires(spec, bench, async (wiring): Promise<0> => {
    const devices = []
    try {
      for (const each of readers) {
        const device = await openReader(asItComes(each), wiring)
        devices.push(device)
        device.presented.on(({ id }) => stdout.write(printedCard(each.kind, id)))
      }
      stderr.write(
        `Hold a card to ${readers.map(({ kind }) => kind).join(' or ')}. On the right: what the reader's line of the board file says for it. ctrl-C ends.\n`,
      )
      await enoughOf(bench)
      return 0
    } finally {
      for (const each of devices) each.close()
    }
  })
}

/** As the reader says it; the board file's own format is one of those that are printed. */
function asItComes(spec: ReaderSpec): ReaderSpec {
  const { evse: _evse, format: _format, case: _case, byteOrder: _order, padTo: _width, ...wires } = spec
  return { ...wires, allowRandomUid: true } as ReaderSpec
}
