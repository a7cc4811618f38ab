import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ByteSource } from '../../../../src/audio/byteSource.js';
import { sourceFromBytes } from '../../../../src/audio/byteSource.js';
import { createAudioEngine } from '../../../../src/audio/createAudioEngine.js';
import type { LoadWasm } from '../../../../src/audio/encoders/soundEncoder.js';
import type { AudioEngine, AudioSource, Piece, PrepareOptions } from '../../../../src/audio/engine.js';
import { EarshotError } from '../../../../src/core/errors.js';

/** Remembers how much was asked of it. */
export class CountingSource implements ByteSource {
  readonly name: string;
  readonly byteLength: number;
  readByteLength = 0;
  readCount = 0;
  largestRead = 0;
  closed = 0;
  readonly #readRange: (start: number, end: number) => Uint8Array;

  constructor(name: string, byteLength: number, readRange: (start: number, end: number) => Uint8Array) {
    this.name = name;
    this.byteLength = byteLength;
    this.#readRange = readRange;
  }

  read(start: number, end: number): Promise<Uint8Array> {
    const clipped = Math.min(end, this.byteLength);
    this.readByteLength += Math.max(0, clipped - start);
    this.readCount++;
    this.largestRead = Math.max(this.largestRead, clipped - start);
    return Promise.resolve(this.#readRange(start, clipped));
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

const mp3Wasm = createRequire(import.meta.url).resolve('wasm-media-encoders/wasm/mp3');

export const loadWasm: LoadWasm = () => Promise.resolve(new WebAssembly.Module(readFileSync(mp3Wasm)));

export function engineOver(open: (source: AudioSource) => Promise<ByteSource>): AudioEngine {
  return createAudioEngine({
    open,
    loadWasm,
    createSha256: () => {
      const hash = createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
    },
  });
}

export const bytesEngine = engineOver((source) =>
  source.kind === 'bytes'
    ? Promise.resolve(sourceFromBytes(source.name, source.bytes))
    : Promise.reject(new Error('No files here.')),
);

export function aBytesSource(bytes: Uint8Array, name = 'meeting.wav'): AudioSource {
  return { kind: 'bytes', name, bytes };
}

export function piecesOf(bytes: Uint8Array, options: PrepareOptions, name?: string): Promise<Piece[]> {
  return collect(bytesEngine.prepare(aBytesSource(bytes, name), options));
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The error that the work must end in. */
export async function errorOf(work: Promise<unknown>): Promise<EarshotError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof EarshotError) return error;
    throw error;
  }
  throw new Error('It succeeded, but was expected to fail.');
}
