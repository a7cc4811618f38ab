import { describe, expect, it } from 'vitest';
import { redact, secretsIn, trimText } from '../../../src/providers/redact.js';

describe('redact', () => {
  it.each([
    ['Incorrect API key provided: sk-proj-abc***********wxyz. You', 'Incorrect API key provided: [key]. You'],
    ['Authorization: Bearer abcdefghijklmnop', 'Authorization: [key]'],
    ['{"api_key": "0123456789abcdef"}', '{"api_key": "[key]"}'],
    ['https://x.example/?key=1&token=abcdefgh&n=2', 'https://x.example/?key=1&token=[key]&n=2'],
    [`audio ${'QUJD'.repeat(100)}== end`, 'audio [data] end'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc', '[key]'],
    [
      'Rate limit reached for gpt-audio-1.5 in organization org-bench',
      'Rate limit reached for gpt-audio-1.5 in organization org-bench',
    ],
  ])('makes %j into %j', (given, wanted) => {
    expect(redact(given)).toBe(wanted);
  });

  it('takes out known secrets, whatever they look like', () => {
    expect(redact('no: correct horse!', ['correct horse'])).toBe('no: [key]!');
  });
});

describe('secretsIn', () => {
  it.each([
    [['Token 7f3ae9c1d2'], ['Token 7f3ae9c1d2', '7f3ae9c1d2']],
    [['Basic dXNlcjpwYXNz=='], ['Basic dXNlcjpwYXNz==', 'dXNlcjpwYXNz']],
    [
      ['Signature key="k-01234567",value=v-01234567'],
      ['Signature key="k-01234567",value=v-01234567', 'Signature', 'k-01234567', 'v-01234567'],
    ],
    [['session=abc; pass=open-sesame'], ['session=abc; pass=open-sesame', 'open-sesame']],
    [['radio', 'short'], []],
  ])('finds in %j the whole and its parts', (values, secrets) => {
    expect(secretsIn(values)).toEqual(secrets);
  });

  it('leaves nothing of a secret that holds another one', () => {
    expect(redact('no: 0123456789abcdef', ['456789ab', '0123456789abcdef'])).toBe('no: [key]');
  });
});

describe('trimText', () => {
  it('makes one line of at most so many characters', () => {
    expect(trimText(' a\n\n b\u0007\u001b[31mc ')).toBe('a b [31mc');
    expect(trimText('x'.repeat(500)).length).toBe(300);
  });
});
