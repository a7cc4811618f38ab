import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LedgerEntry } from '../core/ledger.js';

/** The ledger on this machine: a line of JSON for each answered request, only ever added to. */
export interface UsageLog {
  readonly entries: () => Promise<readonly LedgerEntry[]>;
  readonly record: (entry: LedgerEntry) => Promise<void>;
}

function isEntry(value: unknown): value is LedgerEntry {
  const entry = value as Partial<Record<keyof LedgerEntry, unknown>> | null;
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.at === 'string' &&
    typeof entry.provider === 'string' &&
    typeof entry.model === 'string' &&
    typeof entry.task === 'string' &&
    typeof entry.usage === 'object' &&
    entry.usage !== null &&
    (entry.dollars === undefined || typeof entry.dollars === 'number')
  );
}

function parseLine(line: string): readonly LedgerEntry[] {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? [value] : [];
  } catch {
    // Half a line, from a machine that went down while it was written: the others count.
    return [];
  }
}

/**
 * Read anew each time: other windows write into the same file, and a budget is for all of them.
 * @param path In the extension's own storage.
 */
export function createUsageLog(path: string): UsageLog {
  let last: Promise<unknown> = Promise.resolve();
  return {
    entries: async () => {
      await last;
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
        throw error;
      });
      return text.split('\n').flatMap(parseLine);
    },
    record: (entry) => {
      const write = last.then(async () => {
        await mkdir(dirname(path), { recursive: true });
        // In one write with its line end before it as well: half a line of somebody else's must not swallow this one.
        await appendFile(path, `\n${JSON.stringify(entry)}\n`);
      });
      last = write.catch(() => undefined);
      return write;
    },
  };
}
