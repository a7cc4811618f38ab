export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Decodes, and throws where the bytes are no UTF-8. */
export function strictUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes of strict base64, or what is wrong with it. */
export function fromStrictBase64(text: string): Uint8Array | string {
  if (text.startsWith('data:')) return 'is a data: URL, not bare base64';
  if (/\s/.test(text)) return 'has white space in it';
  if (/[-_]/.test(text)) return 'uses the URL alphabet';
  const stray = /[^A-Za-z0-9+/=]/.exec(text);
  if (stray) return `has the stray character ${JSON.stringify(stray[0])}`;
  if (text.length % 4 !== 0) return 'has the wrong padding: its length is not a multiple of 4';
  if (!/^[^=]*={0,2}$/.test(text)) return 'has padding before its end';
  const bytes = Buffer.from(text, 'base64');
  // Comparing with a second encoding finds stray bits in the last group.
  if (bytes.toString('base64', Math.max(0, bytes.length - (bytes.length % 3 || 3))) !== text.slice(-4)) {
    return 'has stray bits in its last group';
  }
  return new Uint8Array(bytes);
}
