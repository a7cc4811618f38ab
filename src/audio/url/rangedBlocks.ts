import { EarshotError, isCancelled, throwIfCancelled } from '../../core/errors.js';
import { refused, requestUrl, unreadable } from './urlRequest.js';
import type { UrlAccess, UrlAddress } from './urlRequest.js';

const blockByteLength = 1 << 20;
const keptBlockCount = 8;
const attemptCount = 3;

/** What the first request told. */
export interface RangedFile {
  readonly byteLength: number;
  /** ETag or date; parts of two versions must not be mixed. */
  readonly validator: string | undefined;
  /** The beginning. */
  readonly first: Uint8Array;
}

/** Parts of a file on a server, of which the last few megabytes are kept. */
export class RangedBlocks {
  readonly #address: UrlAddress;
  readonly #file: RangedFile;
  readonly #access: UrlAccess;
  /** By number; the one that was used last is the last. */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();

  constructor(address: UrlAddress, file: RangedFile, access: UrlAccess) {
    this.#address = address;
    this.#file = file;
    this.#access = access;
  }

  async read(start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { byteLength, first } = this.#file;
    const stop = Math.min(end, byteLength);
    if (stop <= start) return new Uint8Array(0);
    if (stop <= first.byteLength) return first.slice(start, stop);
    const bytes = new Uint8Array(stop - start);
    for (let place = start; place < stop;) {
      const index = Math.floor(place / blockByteLength);
      const block = await this.#block(index, signal);
      const offset = place - index * blockByteLength;
      const part = block.subarray(offset, offset + stop - place);
      bytes.set(part, place - start);
      place += part.byteLength;
    }
    return bytes;
  }

  async #block(index: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    for (;;) {
      throwIfCancelled(signal);
      const known = this.#blocks.get(index);
      const block = known ?? this.#fetch(index, signal);
      this.#blocks.delete(index);
      this.#blocks.set(index, block);
      for (const oldest of this.#blocks.keys()) {
        if (this.#blocks.size <= keptBlockCount) break;
        this.#blocks.delete(oldest);
      }
      try {
        return await block;
      } catch (error) {
        if (this.#blocks.get(index) === block) this.#blocks.delete(index);
        // Somebody else's cancel is not ours.
        if (known === undefined || !isCancelled(error)) throw error;
      }
    }
  }

  async #fetch(index: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const start = index * blockByteLength;
    const end = Math.min(this.#file.byteLength, start + blockByteLength);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#request(start, end, signal);
      } catch (error) {
        const isPassing =
          error instanceof EarshotError && (error.reason === 'unreachable' || error.reason === 'timeout');
        if (!isPassing || attempt === attemptCount) throw error;
      }
    }
  }

  async #request(start: number, end: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { name } = this.#address;
    const { validator, byteLength } = this.#file;
    const headers = {
      'accept-encoding': 'identity',
      range: `bytes=${start}-${end - 1}`,
      ...(validator === undefined ? {} : { 'if-range': validator }),
    };
    const answer = await requestUrl(this.#address, headers, this.#access, signal);
    const { status } = answer.response;
    if (status !== 206) {
      answer.discard();
      if (status === 200 || status === 416) throw changed(name);
      throw refused(name, status);
    }
    if (answer.response.headers.get('content-range') !== `bytes ${start}-${end - 1}/${byteLength}`) {
      answer.discard();
      throw changed(name);
    }
    const bytes = await answer.read(end - start);
    if (bytes.byteLength < end - start) {
      throw new EarshotError('unreachable', `${name}: its server broke off. Check the connection, then try again.`);
    }
    return bytes;
  }
}

function changed(name: string): EarshotError {
  return unreadable(name, 'it changed while it was read. Try again.');
}
