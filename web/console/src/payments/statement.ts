/** A statement as a file has it, as the rows that the server takes. */

const COLUMNS = ['reference', 'kind', 'fen', 'paid_at', 'instruction_id']
/** A cell in quotes, where two stand for one, or as it is. */
const CELL = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g

const cells = (line: string): string[] => [...line.matchAll(CELL)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? (plain ?? '').trim())

/** What a cell says: whole fen as a number, so that the server can say what is wrong with anything else. */
function value(column: string, text: string): unknown {
  return column === 'fen' && /^\d{1,15}$/.test(text) ? Number(text) : text
}

/**
 * JSON objects, one a line, as they are; or CSV whose first line names its columns, in any order. A row stands where it
 * stood in the file, below lines as empty, which the server passes over and counts: so what is wrong is told by the
 * file's own numbers. Null where it is neither: a file without `reference`, `kind`, `fen` and `paid_at`, or with columns
 * that nobody knows.
 */
export function rowsOf(text: string): string | null {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/).map((line) => line.trim())
  const head = lines.findIndex((line) => line !== '')
  const first = lines[head] ?? ''
  if (first.startsWith('{')) return lines.join('\n')
  const named = cells(first).map((one) => one.toLowerCase())
  if (!lines.slice(head + 1).some((line) => line !== '') || named.some((one) => !COLUMNS.includes(one)) || COLUMNS.slice(0, 4).some((one) => !named.includes(one))) return null
  return lines.map((line, at) => (at <= head || line === '' ? '' : JSON.stringify(row(named, cells(line))))).join('\n')
}

/** A cell too many is a column without a name, which the server refuses; an empty one is left out. */
function row(named: readonly string[], given: readonly string[]): Record<string, unknown> {
  const pairs = given.map((text, at) => [named[at] ?? `column_${at + 1}`, text] as const).filter(([, text]) => text !== '')
  return Object.fromEntries(pairs.map(([column, text]) => [column, value(column, text)]))
}
