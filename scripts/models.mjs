// Makes src/providers/vendors/modelTables.ts out of data/models.yaml. The result is checked in, so that types and lint see it;
// a test says when it is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { parse } from 'yaml';
import { root } from './lib/paths.mjs';

export const tablePath = 'src/providers/vendors/modelTables.ts';
const dataPath = 'data/models.yaml';

/**
 * @param {unknown} value
 * @returns {string}
 */
function literal(value) {
  if (value instanceof RegExp) return value.toString();
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`);
    return `{ ${fields.join(', ')} }`;
  }
  return JSON.stringify(value);
}

/** @param {string} family */
function pattern(family) {
  return family.endsWith('/i') ? new RegExp(family.slice(0, -2), 'i') : new RegExp(family);
}

/**
 * Traits that a vendor gives for all its rows come before a row's own.
 * @param {Record<string, Record<string, unknown>>} [traits]
 * @param {Record<string, unknown>} row
 */
function withTraits(traits = {}, row) {
  const merged = { ...row };
  for (const [kind, values] of Object.entries(traits))
    merged[kind] = { ...values, .../** @type {object} */ (row[kind]) };
  return merged;
}

/** @returns {Promise<string>} The text that belongs at `tablePath`. */
export async function makeModelTables() {
  const { sources, vendors } = parse(readFileSync(join(root, dataPath), 'utf8'), { merge: true });
  const tables = {};
  for (const [vendor, { source: commonSource, date: commonDate, traits, rows }] of Object.entries(vendors)) {
    tables[vendor] = rows.map(({ match, family, source = commonSource, date = commonDate, ...row }) => {
      const name = `${vendor}: ${match ?? family}`;
      if ((match === undefined) === (family === undefined)) throw new Error(`${name} needs either match or family.`);
      if (sources[source] === undefined) throw new Error(`${name} names the source ${source}, which is not described.`);
      if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new Error(`${name} needs the date on which its source was read.`);
      return { match: match === undefined ? pattern(family) : String(match), source, date, ...withTraits(traits, row) };
    });
  }
  const text = `// Made from ${dataPath} by \`node scripts/models.mjs\`.
import type { ModelRow } from '../modelRows.js';

/** Where the facts of the tables come from. */
export const modelSources = ${literal(sources)} as const;

export const modelTables = ${literal(tables)} as const satisfies Record<string, readonly ModelRow[]>;
`;
  const options = await prettier.resolveConfig(join(root, tablePath));
  return prettier.format(text, { ...options, parser: 'typescript' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, tablePath), await makeModelTables());
  console.log(tablePath);
}
