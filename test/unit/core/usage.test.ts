import { describe, expect, it } from 'vitest';
import { addUsage, costInDollars, formatCost, formatUsage } from '../../../src/core/usage.js';

describe('cost', () => {
  it('prices audio and text tokens apart', () => {
    const usage = { inputTokens: 1_000_000, inputAudioTokens: 600_000, outputTokens: 100_000 };
    const prices = { inputTextPerMillion: 2.5, inputAudioPerMillion: 32, outputTextPerMillion: 10 };
    expect(costInDollars(usage, prices)).toBeCloseTo(0.4 * 2.5 + 0.6 * 32 + 0.1 * 10, 9);
  });

  it('is unknown, not zero, when a part that was used has no price', () => {
    expect(costInDollars({ inputTokens: 10, inputAudioTokens: 10 }, { inputTextPerMillion: 1 })).toBeUndefined();
    expect(costInDollars({ inputTokens: 10 }, undefined)).toBeUndefined();
    expect(costInDollars({}, { inputTextPerMillion: 1 })).toBeUndefined();
    expect(formatCost(undefined)).toBe('cost unknown');
  });

  it('prices the minute where the minute is what is billed, also when tokens are reported', () => {
    expect(costInDollars({ audioSeconds: 90 }, { perAudioMinute: 0.006 })).toBeCloseTo(0.009, 9);
    expect(costInDollars({ audioSeconds: 60, inputTokens: 900 }, { perAudioMinute: 0.0045 })).toBeCloseTo(0.0045, 9);
  });

  it('prices characters', () => {
    expect(costInDollars({ characters: 1000 }, { perMillionCharacters: 15 })).toBeCloseTo(0.015, 9);
  });
});

describe('usage', () => {
  it('adds what is known and keeps unknown unknown', () => {
    expect(addUsage({ inputTokens: 1 }, { inputTokens: 2, audioSeconds: 3 })).toEqual({
      inputTokens: 3,
      audioSeconds: 3,
    });
    expect(addUsage({}, {})).toEqual({});
  });

  it('reads as a sentence', () => {
    expect(formatUsage({ inputTokens: 1234, inputAudioTokens: 1200, outputTokens: 56 })).toBe(
      '1,234 tokens in (1,200 audio), 56 out',
    );
    expect(formatUsage({})).toBe('');
  });

  it('shows small costs as more than nothing', () => {
    expect([0, 0.00001, 0.0042, 1.25].map(formatCost)).toEqual(['$0', 'under $0.0001', '$0.0042', '$1.25']);
  });
});
