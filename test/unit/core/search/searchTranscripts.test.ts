import { describe, expect, it } from 'vitest';
import { searchTranscripts } from '../../../../src/core/search/searchTranscripts.js';

const transcript = (uri: string, ...lines: readonly string[]) => ({
  uri,
  segments: lines.map((text, index) => ({ startSeconds: 10 * index, endSeconds: 10 * index + 9, text })),
});
const found = (query: string, ...transcripts: Parameters<typeof searchTranscripts>[1]) =>
  searchTranscripts(query, transcripts).map(({ uri, startSeconds }) => `${uri}@${startSeconds}`);

describe('searching transcripts', () => {
  const call = transcript(
    'call',
    'the invoice is late',
    'we talk about holidays',
    'the bank sent two invoices to Zürich',
  );
  const memo = transcript('memo', 'buy milk', 'the late train', 'nothing', 'the bank');

  it('puts the place with most of the words first', () => {
    expect(found('bank invoice', call, memo)).toEqual(['call@20', 'call@0', 'memo@30']);
  });

  it('finds words with another ending, and prefers the very word', () => {
    expect(found('invoices', call)).toEqual(['call@20', 'call@0']);
    expect(found('rechnungen', transcript('de', 'die rechnung kommt', 'rechnen kann er'))).toEqual(['de@0']);
  });

  it('knows no accents and no case', () => {
    expect(found('zurich', call)).toEqual(['call@20']);
    expect(found('ZÜRICH', call)).toEqual(['call@20']);
  });

  it('takes words in quotation marks as they stand', () => {
    expect(found('"the late"', call, memo)).toEqual(['memo@10']);
  });

  it('weighs a word less that is said everywhere', () => {
    const many = transcript('many', 'the one', 'the two', 'the three', 'deadline');
    expect(found('the deadline', many)[0]).toBe('many@30');
  });

  it('finds words in scripts without spaces', () => {
    expect(found('会议时间', transcript('zh', '我们讨论会议时间', '天气很好'))).toEqual(['zh@0']);
  });

  it('makes one place of neighbours', () => {
    expect(found('budget', transcript('talk', 'the budget', 'budget again', 'other', 'budget'))).toEqual([
      'talk@0',
      'talk@30',
    ]);
  });

  it('finds nothing for nothing', () => {
    expect([found('', call), found('?!', call), found('zebra', call)]).toEqual([[], [], []]);
  });
});
