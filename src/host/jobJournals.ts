import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobJournal, JobJournals } from '../workflows/ports.js';
import { isFinishedJob, isFinishedPart, isStart } from './jobRecords.js';

const suffix = '.jsonl';

export interface JobJournalsOptions {
  /** In the extension's own storage; made when it is needed. */
  readonly folder: string;
  /** How much is kept in all, unfinished work included; the longest unused goes first. */
  readonly maxBytes: () => number;
  /** What could not be written or removed, for the log: work goes on without it. */
  readonly warn: (line: string) => void;
}

export interface JobJournalStore extends JobJournals {
  /** Removes all but what is being worked on in this window. Resolves to the number of bytes that were freed. */
  readonly clear: () => Promise<number>;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A line with its own checksum: what was changed or half written is not taken for the truth. */
function lineOf(record: unknown): string {
  const text = JSON.stringify(record);
  return `${JSON.stringify({ sha256: sha256(text), record })}\n`;
}

function recordOf(line: string): unknown {
  try {
    const { sha256: sum, record } = JSON.parse(line) as { sha256?: unknown; record?: unknown };
    return sum === sha256(JSON.stringify(record)) ? record : undefined;
  } catch {
    return undefined;
  }
}

async function readRecords(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => (line === '' ? [] : [recordOf(line)]));
}

/** A file of JSON lines for each job, only ever added to, so that it survives the end of the process at any moment. */
export function createJobJournals({ folder, maxBytes, warn }: JobJournalsOptions): JobJournalStore {
  const inUse = new Map<string, number>();

  const guarded = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const files = async (): Promise<{ name: string; byteLength: number; usedAt: number }[]> => {
    const names = await readdir(folder).catch(() => []);
    const found = await Promise.all(
      names
        .filter((name) => name.endsWith(suffix) && !inUse.has(name))
        .map(async (name) => {
          const state = await stat(join(folder, name)).catch(() => undefined);
          return state === undefined ? [] : [{ name, byteLength: state.size, usedAt: state.mtimeMs }];
        }),
    );
    return found.flat();
  };

  /** Removes the longest unused until the rest is small enough. */
  const shrink = async (limit: number): Promise<number> => {
    const all = (await files()).sort((left, right) => right.usedAt - left.usedAt);
    let kept = 0;
    let freed = 0;
    for (const { name, byteLength } of all) {
      if (kept + byteLength <= limit) kept += byteLength;
      else {
        await rm(join(folder, name), { force: true });
        freed += byteLength;
      }
    }
    return freed;
  };

  const open = async (key: string, now: Date): Promise<JobJournal> => {
    const name = sha256(key) + suffix;
    const path = join(folder, name);
    inUse.set(name, (inUse.get(name) ?? 0) + 1);
    let records: readonly unknown[] = [];
    await guarded('The journal of an earlier transcription could not be read', async () => {
      records = await readRecords(path);
    });
    let last: Promise<void> = Promise.resolve();
    const append = (record: unknown): Promise<void> => {
      last = last.then(() =>
        guarded('A finished part of a transcription could not be kept', async () => {
          await mkdir(folder, { recursive: true });
          // In one write with its line end before it as well: half a line of somebody else's must not swallow this one.
          await appendFile(path, `\n${lineOf(record)}`);
        }),
      );
      return last;
    };
    const started = records.find(isStart);
    const startedAt = started?.startedAt ?? now.toISOString().replace(/\.\d+Z$/, 'Z');
    let isStarted = started !== undefined;
    const parts = new Map(
      records.filter(isFinishedPart).map((part) => [`${part.startSeconds}-${part.endSeconds}`, part]),
    );
    return {
      startedAt,
      parts: [...parts.values()],
      finished: records.findLast(isFinishedJob),
      addPart: (part) => {
        if (!isStarted) void append({ startedAt });
        isStarted = true;
        return append(part);
      },
      finish: append,
      forget: async () => {
        await last;
        await guarded('A journal could not be removed', () => rm(path, { force: true }));
      },
      close: async () => {
        await last;
        const users = (inUse.get(name) ?? 1) - 1;
        if (users === 0) inUse.delete(name);
        else inUse.set(name, users);
        // One that was only read was used as well.
        if (isStarted) await utimes(path, new Date(), new Date()).catch(() => undefined);
        await guarded('Old journals could not be removed', () => shrink(maxBytes()));
      },
    };
  };

  return { open, clear: () => shrink(0) };
}
