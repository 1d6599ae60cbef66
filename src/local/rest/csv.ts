/** A cell of CSV (RFC 4180): quoted where it must be. A text that a spreadsheet would run as a formula gets an apostrophe before it, which
 *  is the customary way to say that it is none (OWASP "CSV injection"). */
function cell(value: string | number | undefined): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows under their header, each ended by CR LF. */
export function csv(header: readonly string[], rows: Iterable<readonly (string | number | undefined)[]>): string {
  let text = `${header.join(',')}\r\n`
  for (const row of rows) text += `${row.map(cell).join(',')}\r\n`
  return text
}
