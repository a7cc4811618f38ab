import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeModelTables, tablePath } from '../../../scripts/models.mjs';
import { modelSources, modelTables } from '../../../src/providers/vendors/modelTables.js';
import type { ModelRow } from '../../../src/providers/modelRows.js';

const root = join(import.meta.dirname, '../../..');

describe('the table of models', () => {
  it('is what data/models.yaml says (else run node scripts/models.mjs)', async () => {
    expect(readFileSync(join(root, tablePath), 'utf8')).toBe(await makeModelTables());
  });

  const tables: [string, readonly ModelRow[]][] = Object.entries(modelTables);
  it.each(tables)('names a described source and a date for every row of %s', (_, rows) => {
    for (const row of rows) {
      expect(Object.keys(modelSources), String(row.match)).toContain(row.source);
      expect(row.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  it.each(tables)('has no row of %s twice', (_, rows) => {
    const names = rows.map(({ match }) => String(match));
    expect(new Set(names).size).toBe(names.length);
  });
});
