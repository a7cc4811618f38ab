import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobJournals } from '../../../src/host/jobJournals.js';
import type { FinishedPart } from '../../../src/workflows/ports.js';

const part = (index: number): FinishedPart => ({
  startSeconds: index * 0.1,
  endSeconds: (index + 1) * 0.1,
  segments: [
    {
      startSeconds: index * 0.1,
      endSeconds: index * 0.1 + 0.05,
      text: `line\nbreak ${index} “é”`,
      words: [{ text: 'line', startSeconds: index * 0.1, endSeconds: index * 0.1 + 0.01 }],
    },
  ],
  usage: { audioSeconds: 0.1 },
  language: 'en',
});
const now = new Date('2026-11-21T10:00:00.123Z');
const later = new Date('2026-11-22T10:00:00Z');

describe('the journals of transcriptions', () => {
  let folder: string;
  let warnings: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-journals-'));
    warnings = [];
  });
  afterEach(() => rm(folder, { recursive: true }));
  const store = (maxBytes = 1e6) =>
    createJobJournals({ folder: join(folder, 'jobs'), maxBytes: () => maxBytes, warn: (line) => warnings.push(line) });
  const paths = async () => (await readdir(join(folder, 'jobs'))).map((name) => join(folder, 'jobs', name));
  const path = async () => (await paths())[0] ?? '';

  it('keep parts, the end and the date of the beginning for the next window', async () => {
    const journal = await store().open('a', now);
    expect(journal).toMatchObject({ startedAt: '2026-11-21T10:00:00Z', parts: [], finished: undefined });
    await Promise.all([0, 1, 2].map((index) => journal.addPart(part(index))));
    await journal.finish({ parts: [0, 1, 2].map(part), warnings: ['Damaged.'], completeUntilSeconds: 0.3 });
    const again = await store().open('a', later);
    expect(again.startedAt).toBe('2026-11-21T10:00:00Z');
    expect(again.parts).toEqual([0, 1, 2].map(part));
    expect(again.finished).toMatchObject({ warnings: ['Damaged.'], completeUntilSeconds: 0.3 });
    expect((await store().open('b', later)).parts).toEqual([]);
  });

  it('leave nothing behind of what was never begun', async () => {
    await (await store().open('a', now)).close();
    expect(await readdir(folder)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('lose what was being written when the machine went down, at whatever byte, and nothing else', async () => {
    const journal = await store().open('a', now);
    for (const index of [0, 1, 2]) await journal.addPart(part(index));
    const whole = await readFile(await path());
    const ends: number[] = [];
    for (let length = whole.length - 1; length >= 0; length -= 7) {
      await truncate(await path(), 0);
      await writeFile(await path(), whole.subarray(0, length));
      const again = await store().open('a', later);
      const kept = again.parts.length;
      expect(again.parts).toEqual([0, 1, 2].slice(0, kept).map(part));
      ends.push(kept);
      await again.addPart(part(5));
      expect((await store().open('a', later)).parts).toEqual([...[0, 1, 2].slice(0, kept), 5].map(part));
    }
    expect(ends).toContain(0);
    expect(ends).toContain(2);
  });

  it('do not believe a line that was changed', async () => {
    const journal = await store().open('a', now);
    for (const index of [0, 1]) await journal.addPart(part(index));
    const text = await readFile(await path(), 'utf8');
    await writeFile(await path(), text.replace('break 0', 'break 7'));
    expect((await store().open('a', later)).parts).toEqual([part(1)]);
  });

  it('take no more room than allowed: the longest unused goes, what is in use stays', async () => {
    const size = 20_000;
    const long = { ...part(0), segments: [{ startSeconds: 0, endSeconds: 1, text: 'x'.repeat(size) }] };
    for (const [index, key] of ['old', 'middle', 'new'].entries()) {
      const journal = await store().open(key, now);
      await journal.addPart(long);
      await journal.close();
      const seen = new Set(await paths());
      for (const one of seen) if (index === 0) await utimes(one, 1000, 1000);
    }
    const small = store(2.5 * size);
    const inUse = await small.open('old', later);
    await (await small.open('other', later)).close();
    expect(await paths()).toHaveLength(3);
    await inUse.close();
    expect(await paths()).toHaveLength(2);
    expect((await store().open('old', later)).parts).toHaveLength(1);
    const cleared = store();
    expect(await cleared.clear()).toBeGreaterThan(2 * size);
    expect(await paths()).toEqual([]);
    expect(await cleared.clear()).toBe(0);
  });

  it('let the work go on where nothing can be written, and say so in the log', async () => {
    await writeFile(join(folder, 'jobs'), 'a file where the folder should be');
    const journal = await store().open('a', now);
    await journal.addPart(part(0));
    await journal.close();
    expect(warnings.join('\n')).toMatch(/could not be kept/);
  });
});
