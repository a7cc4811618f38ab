import { base64Letters, lettersFor } from '../base64.js';

/** Bytes that stand in a request as base64, behind a prefix such as that of a data URL. */
export class EncodedBytes {
  readonly bytes: Uint8Array;
  readonly prefix: string;

  constructor(bytes: Uint8Array, prefix = '') {
    this.bytes = bytes;
    this.prefix = prefix;
  }
}

/** What a request object is on the wire, for comparing ours with the types of an SDK. */
export type OnTheWire<T> = T extends EncodedBytes
  ? string
  : T extends readonly (infer Item)[]
    ? OnTheWire<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: OnTheWire<T[Key]> }
      : T;

/** So many bytes become base64 at a time; a multiple of three, so that the parts join. */
const sliceByteLength = 3 << 18;

/** Writes the text around encoded bytes as text, and the bytes as they are. */
function* write(value: unknown): Generator<string | EncodedBytes> {
  if (value instanceof EncodedBytes) {
    yield `"${value.prefix}`;
    yield value;
    yield '"';
  } else if (Array.isArray(value)) {
    yield '[';
    for (const [index, item] of value.entries()) {
      if (index > 0) yield ',';
      yield* write(item ?? null);
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    yield '{';
    let isFirst = true;
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      yield `${isFirst ? '' : ','}${JSON.stringify(key)}:`;
      isFirst = false;
      yield* write(item);
    }
    yield '}';
  } else {
    yield JSON.stringify(value);
  }
}

/**
 * The JSON of a request in which audio stands once, as the letters that are sent: no string of it is ever made, since each
 * step from string to string to bytes would hold one more copy. A blob also can be sent again, and knows its length.
 */
export function jsonBody(value: unknown): Blob {
  const parts: (string | Blob)[] = [];
  let text = '';
  let room: ReturnType<typeof lettersFor> | undefined;
  for (const piece of write(value)) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    parts.push(text);
    text = '';
    room ??= lettersFor(sliceByteLength);
    for (let start = 0; start < piece.bytes.length; start += sliceByteLength) {
      // A blob copies what it is given.
      parts.push(new Blob([base64Letters(piece.bytes.subarray(start, start + sliceByteLength), room)]));
    }
  }
  return new Blob([...parts, text], { type: 'application/json' });
}
