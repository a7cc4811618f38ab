import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64, encodeWithTable } from '../../../src/providers/base64.js';

describe('base64', () => {
  it('is what Buffer makes, for every length and every byte', () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 167 + length) & 255);
      expect(encodeWithTable(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(encodeBase64(bytes)).toBe(encodeWithTable(bytes));
    }
  });

  it('takes a view into larger bytes', () => {
    const bytes = new Uint8Array([9, 9, 1, 2, 3, 4, 9]).subarray(2, 6);
    expect(encodeBase64(bytes)).toBe('AQIDBA==');
  });
});

describe('decodeBase64', () => {
  it('gives back what was encoded, and nothing for what is no base64', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) % 256);
    expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    expect(decodeBase64('')).toEqual(new Uint8Array());
    expect(decodeBase64('*?*')).toBeUndefined();
  });
});
