import { base64Letters, encodeBase64 } from '../base64.js';

/** Bytes that stand in a request as base64, behind a prefix such as that of a data URL. */
export class EncodedBytes {
  readonly bytes: Uint8Array;
  readonly prefix: string;

  constructor(bytes: Uint8Array, prefix = '') {
    this.bytes = bytes;
    this.prefix = prefix;
  }

  /** Right wherever it is written as JSON, only at the price of copies. */
  toJSON(): string {
    return this.prefix + encodeBase64(this.bytes);
  }
}

/**
 * What stands for the base64 of bytes in an object of an SDK's types until it is sent. To those types it is the string that it
 * is going to be; `placeBytes` and `jsonBody` know better.
 */
export function asBase64(bytes: Uint8Array): string {
  return new EncodedBytes(bytes) as unknown as string;
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
const sliceByteLength = 3 << 16;

/** A request in which tokens stand where bytes will, so that whoever writes its JSON never holds their base64. */
export interface PlacedBytes<T> {
  /** The same, with tokens. */
  readonly value: T;
  /** The body for a JSON text that holds the tokens. A blob can be sent again, and knows its length. */
  readonly fill: (json: string) => Blob;
}

/** Puts a token in the place of each run of bytes. Only plain objects and lists are looked into. */
export function placeBytes<T>(value: T): PlacedBytes<T> {
  // Nobody can have written it into a text of the request.
  const key = `bytes-${crypto.randomUUID()}`;
  const placed: EncodedBytes[] = [];
  const place = (item: unknown): unknown => {
    if (item instanceof EncodedBytes) return `${key}-${placed.push(item) - 1}.`;
    if (Array.isArray(item)) return item.map(place);
    if (typeof item !== 'object' || item === null || Object.getPrototypeOf(item) !== Object.prototype) return item;
    return Object.fromEntries(Object.entries(item).map(([name, inner]) => [name, place(inner)]));
  };
  const fill = (json: string): Blob => {
    const [before = '', ...rest] = json.split(`${key}-`);
    const parts: (string | EncodedBytes)[] = [before];
    for (const text of rest) {
      const point = text.indexOf('.');
      const bytes = placed[Number(text.slice(0, point))];
      if (bytes !== undefined) parts.push(bytes);
      parts.push(text.slice(point + 1));
    }
    return new LazyBody(parts);
  };
  return { value: place(value) as T, fill };
}

/**
 * A body that makes its base64 while it is sent, a piece at a time, and again when it is sent again. It passes for a blob, since
 * SDKs hand blobs on as they are and ask them for their length.
 */
class LazyBody extends Blob {
  readonly #parts: readonly (Uint8Array<ArrayBuffer> | EncodedBytes)[];

  constructor(parts: readonly (string | EncodedBytes)[]) {
    super([], { type: 'application/json' });
    const encoder = new TextEncoder();
    this.#parts = parts.flatMap((part) =>
      part instanceof EncodedBytes ? [encoder.encode(part.prefix), part] : [encoder.encode(part)],
    );
    const size = this.#parts.reduce(
      (sum, part) => sum + (part instanceof EncodedBytes ? 4 * Math.ceil(part.bytes.length / 3) : part.length),
      0,
    );
    // A blob's own length is that of what it holds, which is nothing.
    Object.defineProperty(this, 'size', { value: size });
  }

  *#pieces(): Generator<Uint8Array<ArrayBuffer>> {
    for (const part of this.#parts) {
      if (!(part instanceof EncodedBytes)) {
        if (part.length > 0) yield part;
        continue;
      }
      for (let start = 0; start < part.bytes.length; start += sliceByteLength) {
        yield base64Letters(part.bytes.subarray(start, start + sliceByteLength));
      }
    }
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pieces = this.#pieces();
    return new ReadableStream(
      {
        pull(controller) {
          const next = pieces.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        },
      },
      { highWaterMark: 0 },
    );
  }

  #whole(): Blob {
    return new Blob([...this.#pieces()], { type: this.type });
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#whole().arrayBuffer();
  }

  override text(): Promise<string> {
    return this.#whole().text();
  }

  override slice(start?: number, end?: number, type?: string): Blob {
    return this.#whole().slice(start, end, type);
  }
}

/**
 * The JSON of a request in which audio stands once, as the letters that are sent: no string of it is ever made, since each
 * step from string to string to bytes would hold one more copy.
 */
export function jsonBody(value: unknown): Blob {
  const { value: withTokens, fill } = placeBytes(value);
  return fill(JSON.stringify(withTokens));
}

/** The same for an SDK that writes the JSON itself, given the value with tokens in it. */
export function filledBody(init: RequestInit | undefined, fill: PlacedBytes<unknown>['fill']): RequestInit {
  return typeof init?.body === 'string' ? { ...init, body: fill(init.body) } : { ...init };
}
