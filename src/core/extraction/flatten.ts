import { csvTable } from '../formats/csv.js';
import { isJsonObject } from './json.js';

export type CsvCell = string | number | undefined;

function addLeaves(value: unknown, column: string, row: Map<string, CsvCell>): void {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number')) {
    row.set(column, value.join('; '));
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      addLeaves(item, `${column}[${index}]`, row);
    });
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) addLeaves(item, column === '' ? key : `${column}.${key}`, row);
  } else if (value !== null && value !== undefined) {
    row.set(column, typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** One row of a value: `owner.name`, `items[0].due`; lists of words and numbers stay in one cell. Null is an empty cell. */
export function flatten(value: unknown): ReadonlyMap<string, CsvCell> {
  const row = new Map<string, CsvCell>();
  addLeaves(value, '', row);
  if (row.has('')) {
    const whole = row.get('');
    row.delete('');
    row.set('value', whole);
  }
  return row;
}

/** A table with a column for whatever occurs in any of the rows, in the order in which it first occurs. RFC 4180. */
export function flatCsv(rows: readonly ReadonlyMap<string, CsvCell>[]): string {
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return csvTable([columns, ...rows.map((row) => columns.map((column) => row.get(column)))]);
}
