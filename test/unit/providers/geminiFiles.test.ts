import { describe, expect, it } from 'vitest';
import { clipsToStore } from '../../../src/providers/geminiFiles.js';
import { reported } from '../../../src/providers/reported.js';

describe('clips to be uploaded', () => {
  const clip = (byteLength: number) => ({ data: new Uint8Array(byteLength), format: 'wav' }) as const;
  it('are the longest, until the rest fits, each once', () => {
    const [small, medium, large] = [clip(10), clip(50), clip(60)];
    expect(clipsToStore([small, medium, large], 200)).toEqual([]);
    expect(clipsToStore([small, medium, large], 60)).toEqual([large]);
    expect(clipsToStore([small, medium, large], 30)).toEqual([large, medium]);
    expect(clipsToStore([large, small, large], 60)).toEqual([large]);
  });
});

describe('reported', () => {
  it('passes on what is reported, in order, and gives the result', async () => {
    const steps = reported<number, string>(async (report) => {
      report(1);
      await Promise.resolve();
      report(2);
      return 'done';
    });
    const seen: unknown[] = [];
    for (;;) {
      const { value, done } = await steps.next();
      seen.push(value);
      if (done === true) break;
    }
    expect(seen).toEqual([1, 2, 'done']);
  });

  it('fails as the work fails, after what was reported', async () => {
    const steps = reported<number, undefined>((report) => {
      report(1);
      return Promise.reject(new Error('no'));
    });
    expect((await steps.next()).value).toBe(1);
    await expect(steps.next()).rejects.toThrow('no');
  });
});
