import type { BoardSpec } from '../config/board.ts'
import { examineComputer } from './computer.ts'
import { type Finding, note, ok } from './finding.ts'
import type { Host } from './host.ts'

/** What stands in the way of charging with this board on this computer. Nothing is switched and no bus is spoken to. */
export async function examine(host: Host, board: BoardSpec | undefined): Promise<readonly Finding[]> {
  const computer = examineComputer(host)
  if (board === undefined) return [...computer, note('board', 'no board file was named: wires were not looked at', 'pilotwire doctor --board FILE')]
  if (board.kind === 'simulated') return [...computer, ok('board', `${board.name} is simulated: it needs no wires`)]
  const { examineWires } = await import('./wires.ts')
  return [...computer, ...examineWires(host, board)]
}

const signs = { ok: 'ok', note: 'note', warning: 'WARNING', error: 'ERROR' } as const

/** One line for each finding, its remedy below it, and a sum. */
export function printed(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, level, says, remedy }) => [
    `${check.padEnd(width)}  ${signs[level].padEnd(7)}  ${says}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 11)}-> ${remedy}`]),
  ])
  const count = (level: Finding['level'], word: string) => {
    const found = findings.filter((each) => each.level === level).length
    return found === 0 ? [] : [`${found} ${word}${found === 1 ? '' : 's'}`]
  }
  const sum = [...count('error', 'error'), ...count('warning', 'warning')].join(', ')
  return `${lines.join('\n')}\n\n${sum === '' ? 'Nothing stands in the way.' : `${sum}.`}\n`
}

/** For scripts: 0 nothing but notes, 1 warnings, 2 errors. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ level }) => level === 'error')) return 2
  return findings.some(({ level }) => level === 'warning') ? 1 : 0
}
