import { stripVTControlCharacters } from 'node:util'

/** Fewer columns than these beside the indent are no column of text. */
const narrowest = 20

/** A line broken between its words to fit a terminal: what does not fit goes on below, indented. A word that is too long by itself is
 *  left whole, so that it can be copied. Colours count for nothing.
 *  @param columns of the terminal; undefined (a pipe) leaves the line as it is */
export function folded(line: string, columns: number | undefined, indent = 4): string {
  if (columns === undefined || widthOf(line) <= columns) return line
  const margin = ' '.repeat(columns - indent < narrowest ? 4 : indent)
  const rows: string[] = []
  let row = ''
  for (const [piece, gap = '', word = ''] of line.matchAll(/(\s*)(\S+)/g)) {
    if (row !== '' && widthOf(row + piece) > columns) {
      rows.push(row)
      row = margin + word
    } else row += gap + word
  }
  return [...rows, row].join('\n')
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}
