import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeptAnswers } from '../../../src/host/keptAnswers.js';

describe('answers that are kept', () => {
  let folder: string;
  const warnings: string[] = [];
  const store = (maxBytes = 1e6) =>
    createKeptAnswers({ folder, maxBytes: () => maxBytes, warn: (line) => warnings.push(line) });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'answers-'));
    warnings.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are found again by what was asked, by another window too', async () => {
    await store().keep('question', 'Antwort\n„é“');
    expect(await store().find('question')).toBe('Antwort\n„é“');
    expect(await store().find('another')).toBeUndefined();
  });

  it('are not believed when the file was changed', async () => {
    await store().keep('question', 'the truth');
    const [name = ''] = await readdir(folder);
    const path = join(folder, name);
    await writeFile(path, (await readFile(path, 'utf8')).replace('the truth', 'a lie'));
    expect(await store().find('question')).toBeUndefined();
    await writeFile(path, '{"sum":');
    expect(await store().find('question')).toBeUndefined();
  });

  it('make room for newer ones, the longest unused first', async () => {
    const first = store();
    await first.keep('old', 'x'.repeat(300));
    const [name = ''] = await readdir(folder);
    await utimes(join(folder, name), new Date(0), new Date(0));
    await store(700).keep('new', 'y'.repeat(300));
    expect(await first.find('old')).toBeUndefined();
    expect(await first.find('new')).toBe('y'.repeat(300));
  });

  it('are all forgotten on request, and it says how much that was', async () => {
    await store().keep('question', 'x'.repeat(300));
    expect(await store().clear()).toBeGreaterThan(300);
    expect(await readdir(folder)).toEqual([]);
  });

  it('hold nothing up when they cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    folder = join(folder, 'file');
    await store().keep('question', 'answer');
    expect(warnings).toHaveLength(1);
    folder = join(folder, '..');
  });
});
