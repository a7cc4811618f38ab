import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/core/ledger.js';
import { createUsageLog } from '../../../src/host/usageLog.js';

const entry: LedgerEntry = {
  at: '2026-11-21T12:00:00.000Z',
  provider: 'openai',
  model: 'whisper-1',
  task: 'transcription',
  usage: { audioSeconds: 60 },
};

describe('the usage log', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-usage-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is empty before anything was asked', async () => {
    expect(await createUsageLog(join(folder, 'new', 'usage.jsonl')).entries()).toEqual([]);
  });

  it('keeps what several windows write at once', async () => {
    const path = join(folder, 'new', 'usage.jsonl');
    const windows = [createUsageLog(path), createUsageLog(path)];
    await Promise.all(windows.flatMap((log) => Array.from({ length: 50 }, () => log.record(entry))));
    expect(await createUsageLog(path).entries()).toEqual(Array.from({ length: 100 }, () => entry));
  });

  it('loses one line, not the others, to a machine that went down', async () => {
    const path = join(folder, 'usage.jsonl');
    const log = createUsageLog(path);
    await log.record(entry);
    await appendFile(path, '{"at":"2026-11');
    await log.record({ ...entry, dollars: 1 });
    expect(await log.entries()).toEqual([entry, { ...entry, dollars: 1 }]);
  });
});
