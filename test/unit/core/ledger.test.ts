import { describe, expect, it } from 'vitest';
import { estimateDollars, estimateUsage } from '../../../src/core/estimate.js';
import {
  formatTotal,
  ledgerCsv,
  ledgerMarkdown,
  ofMonth,
  totalOf,
  type LedgerEntry,
} from '../../../src/core/ledger.js';
import { cautiousCapabilities, type Capabilities } from '../../../src/core/model.js';

const now = new Date('2026-11-21T12:00:00Z');

function anEntry(more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    at: '2026-11-20T10:00:00.000Z',
    provider: 'openai',
    model: 'gpt-audio-1.5',
    task: 'answer',
    usage: { inputTokens: 700, inputAudioTokens: 600, outputTokens: 50 },
    dollars: 0.02,
    ...more,
  };
}

describe('the ledger', () => {
  it('adds up what is known, and says what is not', () => {
    const { at, provider, model, task, usage } = anEntry();
    const unpriced = { at, provider, model, task, usage };
    const total = totalOf([anEntry(), anEntry({ dollars: 0.5 }), unpriced]);
    expect(total).toMatchObject({ requestCount: 3, unpricedCount: 1, usage: { inputTokens: 2100 } });
    expect(formatTotal(total)).toBe('$0.52, and 1 of unknown cost');
    expect(formatTotal(totalOf([unpriced]))).toBe('unknown');
    expect(formatTotal(totalOf([]))).toBe('$0');
  });

  it('counts the calendar month of now, in UTC', () => {
    const entries = ['2026-10-31T23:59:59Z', '2026-11-01T00:00:00Z', '2026-11-21T11:00:00Z'].map((at) =>
      anEntry({ at }),
    );
    expect(ofMonth(entries, now)).toEqual(entries.slice(1));
  });

  it('is a page with the newest day first', () => {
    const page = ledgerMarkdown([anEntry(), anEntry({ at: '2026-11-21T09:00:00Z', provider: 'groq' })], now, 10);
    expect(page).toContain('This month: **$0.0400** of $10.00 allowed, 2 requests.');
    expect(page.indexOf('2026-11-21 · groq')).toBeLessThan(page.indexOf('2026-11-20 · openai'));
    expect(page).toContain('| openai:gpt-audio-1.5 | 1 | 700 tokens in (600 audio), 50 out | $0.0200 |');
    expect(ledgerMarkdown([], now)).toContain('Nothing has been asked');
  });

  it('is a CSV that no spreadsheet takes for a formula', () => {
    const lines = ledgerCsv([anEntry({ model: '=HYPERLINK("x"),y' })]).split('\r\n');
    expect(lines[0]).toBe(
      'at,provider,model,task,inputTokens,inputAudioTokens,cachedInputTokens,outputTokens,outputAudioTokens,audioSeconds,characters,dollars',
    );
    expect(lines[1]).toBe('2026-11-20T10:00:00.000Z,openai,"\'=HYPERLINK(""x""),y",answer,700,600,,50,,,,0.02');
  });
});

describe('an estimate', () => {
  const row = (more: Partial<Capabilities>): Capabilities => ({ ...cautiousCapabilities, ...more });

  it('of a transcription goes by the minute where that is the price', () => {
    expect(
      estimateDollars(row({ prices: { perAudioMinute: 0.006 } }), { task: 'transcription', audioSeconds: 600 }),
    ).toBeCloseTo(0.06);
  });

  it('goes by the tokens of a second of audio where the row has them', () => {
    const capabilities = row({
      audioTokensPerSecond: 10,
      prices: { inputTextPerMillion: 2.5, inputAudioPerMillion: 32, outputTextPerMillion: 10 },
    });
    expect(estimateUsage(capabilities, { task: 'answer', audioSeconds: 60, characters: 400 })).toEqual({
      inputTokens: 700,
      inputAudioTokens: 600,
      outputTokens: 700,
    });
    expect(estimateDollars(capabilities, { task: 'answer', audioSeconds: 60, characters: 400 })).toBeCloseTo(
      (600 * 32 + 100 * 2.5 + 700 * 10) / 1e6,
    );
  });

  it('is unknown, never zero, where the row does not tell', () => {
    expect(estimateDollars(row({}), { task: 'answer', audioSeconds: 60 })).toBeUndefined();
    expect(
      estimateDollars(row({ prices: { inputTextPerMillion: 1 } }), { task: 'answer', audioSeconds: 60 }),
    ).toBeUndefined();
    expect(estimateDollars(row({ prices: {} }), { task: 'speech', characters: 100 })).toBeUndefined();
  });
});
