import { describe, expect, it } from 'vitest';
import { EncodedBytes, jsonBody } from '../../../src/providers/dialects/jsonBody.js';

const written = (value: unknown): Promise<string> => jsonBody(value).text();

describe('jsonBody', () => {
  it('writes what JSON.stringify would, with base64 where bytes stand', async () => {
    const bytes = Uint8Array.from([1, 2, 3, 255]);
    const value = { a: 'q"\\\n\u2028 ö 🎧', b: [1, null, true, -0.5, [], {}], c: { 'd"': 1 } };
    expect(await written(value)).toBe(JSON.stringify(value));
    expect(await written({ x: undefined, y: [undefined], z: new EncodedBytes(bytes, 'data:image/png;base64,') })).toBe(
      '{"y":[null],"z":"data:image/png;base64,AQID/w=="}',
    );
  });

  it.each([0, 1, 2, 3, 786_431, 786_432, 786_433, 1_572_865])(
    'joins slices without a seam: %d bytes',
    async (length) => {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) & 255);
      const body = jsonBody([new EncodedBytes(bytes), new EncodedBytes(bytes.subarray(0, 4))]);
      expect(JSON.parse(await body.text())).toEqual([
        Buffer.from(bytes).toString('base64'),
        Buffer.from(bytes.subarray(0, 4)).toString('base64'),
      ]);
      expect(body.type).toBe('application/json');
    },
  );
});
