import { createSoundEncoder } from './soundEncoder.js';
import type { Encoding, LoadWasm, SoundEncoder } from './soundEncoder.js';

/** One use of an encoder, in this thread or in another. */
export interface EncoderLink {
  /** Resolves as soon as there is room for more. @param samples Not kept. */
  encode(samples: Float32Array): Promise<void>;
  /** The file of all samples since the last call; more samples may follow while it is made. */
  finish(): Promise<Uint8Array<ArrayBuffer>>;
  /** Frees everything, in the middle of the work too. Called once. */
  close(): void;
}

export type OpenEncoder = (encoding: Encoding) => Promise<EncoderLink>;

/** Encodes in this thread. */
export async function openLocalEncoder(encoding: Encoding, loadWasm: LoadWasm): Promise<EncoderLink> {
  const encoder: SoundEncoder = await createSoundEncoder(encoding, loadWasm);
  return {
    encode(samples) {
      encoder.encode(samples);
      return Promise.resolve();
    },
    finish: () => Promise.resolve(encoder.finish()),
    close: () => {
      encoder.free();
    },
  };
}
