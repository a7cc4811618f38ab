import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptAnswers } from '../workflows/reader.js';

export interface KeptAnswersOptions {
  /** In the extension's own storage; made when it is needed. */
  readonly folder: string;
  /** How much is kept in all; the longest unused goes first. */
  readonly maxBytes: () => number;
  /** What could not be written or removed, for the log: work goes on without it. */
  readonly warn: (line: string) => void;
}

export interface KeptAnswersStore extends KeptAnswers {
  /** Removes all. Resolves to the number of bytes that were freed. */
  readonly clear: () => Promise<number>;
}

const suffix = '.json';
/** Looking through the folder costs more than writing a file: it is done once in so many. */
const writesPerLook = 100;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A file for each answer, named by what was asked, whole or not there at all. */
export function createKeptAnswers({ folder, maxBytes, warn }: KeptAnswersOptions): KeptAnswersStore {
  let writes = 0;
  const pathOf = (key: string): string => join(folder, sha256(key) + suffix);

  /** Removes the longest unused until the rest is small enough. */
  const shrink = async (limit: number): Promise<number> => {
    const names = await readdir(folder).catch(() => []);
    const files = await Promise.all(
      names.map(async (name) => {
        const state = await stat(join(folder, name)).catch(() => undefined);
        return state === undefined ? [] : [{ name, byteLength: state.size, usedAt: state.mtimeMs }];
      }),
    );
    let kept = 0;
    let freed = 0;
    for (const { name, byteLength } of files.flat().sort((left, right) => right.usedAt - left.usedAt)) {
      if (kept + byteLength <= limit) {
        kept += byteLength;
        continue;
      }
      await rm(join(folder, name), { force: true });
      freed += byteLength;
    }
    return freed;
  };

  return {
    find: async (key) => {
      try {
        const path = pathOf(key);
        const { text, sum } = JSON.parse(await readFile(path, 'utf8')) as { text?: unknown; sum?: unknown };
        if (typeof text !== 'string' || sum !== sha256(text)) return undefined;
        await utimes(path, new Date(), new Date()).catch(() => undefined);
        return text;
      } catch {
        // Not there or not whole: it is asked for again.
        return undefined;
      }
    },
    keep: async (key, text) => {
      try {
        await mkdir(folder, { recursive: true });
        const unfinished = join(folder, `${randomUUID()}.part`);
        await writeFile(unfinished, JSON.stringify({ sum: sha256(text), text }));
        await rename(unfinished, pathOf(key));
        if (writes++ % writesPerLook === 0) await shrink(maxBytes());
      } catch (error) {
        warn(`An answer could not be kept: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    clear: () => shrink(0),
  };
}
