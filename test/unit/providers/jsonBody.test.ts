import { describe, expect, it } from 'vitest';
import { asBase64, EncodedBytes, jsonBody, placeBytes } from '../../../src/providers/dialects/jsonBody.js';

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

  it.each([0, 1, 2, 3, 196_607, 196_608, 196_609, 600_000])('joins slices without a seam: %d bytes', async (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) & 255);
    const body = jsonBody([new EncodedBytes(bytes), new EncodedBytes(bytes.subarray(0, 4))]);
    expect(JSON.parse(await body.text())).toEqual([
      Buffer.from(bytes).toString('base64'),
      Buffer.from(bytes.subarray(0, 4)).toString('base64'),
    ]);
    expect(body.type).toBe('application/json');
  });

  it('is the same by whatever way it is read, as often as it is read, and knows its length', async () => {
    const body = jsonBody({ a: 'ö', data: new EncodedBytes(new Uint8Array(300_000).fill(7), 'data:;base64,') });
    const text = await body.text();
    const bytes = new TextEncoder().encode(text);
    expect(body.size).toBe(bytes.byteLength);
    for (let time = 0; time < 2; time++) {
      expect(await new Response(body.stream()).text()).toBe(text);
      expect(await new Response(body).text()).toBe(text);
    }
    expect(new Uint8Array(await body.arrayBuffer())).toEqual(bytes);
    expect(await body.slice(2, 30).text()).toBe(new TextDecoder().decode(bytes.subarray(2, 30)));
  });

  it('makes its base64 only when it is read', async () => {
    const bytes = new Uint8Array(300_000);
    const body = jsonBody([new EncodedBytes(bytes)]);
    const reader = body.stream().getReader();
    await reader.read();
    bytes.fill(255);
    const { value } = (await reader.read()) as { value?: Uint8Array };
    expect(new TextDecoder().decode(value?.subarray(0, 8))).toBe('////////');
  });
});

describe('placeBytes', () => {
  it('gives an SDK short tokens for bytes, and the wire their base64', async () => {
    const signal = new AbortController().signal;
    const request = { data: asBase64(Uint8Array.of(1, 2, 3)), list: [{ b: asBase64(Uint8Array.of(255)) }], signal };
    const { value, fill } = placeBytes(request);
    expect(value.signal).toBe(signal);
    expect(value.data).toMatch(/^bytes-[\da-f-]+\.$/);
    const sent = fill(JSON.stringify({ outer: [value.list, value.data, value.data, 'bytes-0.'] }));
    expect(JSON.parse(await sent.text())).toEqual({ outer: [[{ b: '/w==' }], 'AQID', 'AQID', 'bytes-0.'] });
  });

  it('is no trap for who writes the JSON without it', () => {
    expect(JSON.stringify({ data: asBase64(Uint8Array.of(1, 2, 3)) })).toBe('{"data":"AQID"}');
  });
});
