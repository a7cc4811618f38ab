import { cancelled, throwIfCancelled } from '../../core/errors.js';
import type { CutStep } from '../pieceCutter.js';
import { createTimeSlice } from '../timeSlice.js';
import type { EncoderLink } from './encoderLink.js';

/** A file, and the samples of the whole that are in it. */
export interface EncodedPiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly startSample: number;
  readonly endSample: number;
}

interface Pending {
  readonly piece: Promise<EncodedPiece>;
  isReady: boolean;
}

/**
 * Encodes what the cutter hands on, and yields each piece as soon as it is ready while the next is decoded already.
 * How far decoding runs ahead is limited by the encoder's room. The caller closes the encoder.
 */
export async function* encodePieces(
  steps: AsyncIterable<CutStep>,
  encoder: EncoderLink,
  signal: AbortSignal | undefined,
): AsyncGenerator<EncodedPiece> {
  const pauseWhenDue = createTimeSlice();
  const pending: Pending[] = [];
  for await (const step of steps) {
    if (step.type === 'samples') await unlessCancelled(encoder.encode(step.samples), signal);
    else pending.push(track(encoder.finish(), step.startSample, step.endSample));
    await pauseWhenDue();
    throwIfCancelled(signal);
    for (let first = pending[0]; first?.isReady === true; first = pending[0]) {
      pending.shift();
      yield await first.piece;
    }
  }
  for (const { piece } of pending) yield await unlessCancelled(piece, signal);
}

function track(file: Promise<Uint8Array<ArrayBuffer>>, startSample: number, endSample: number): Pending {
  const piece = file.then((bytes) => ({ bytes, startSample, endSample }));
  const pending: Pending = { piece, isReady: false };
  const settle = (): void => {
    pending.isReady = true;
  };
  // A failure is thrown when its turn comes; until then it must not count as unheard.
  piece.then(settle, settle);
  return pending;
}

/** Whatever the encoding thread does, a cancel is answered at once. */
async function unlessCancelled<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  throwIfCancelled(signal);
  if (signal === undefined) return work;
  let onAbort: (() => void) | undefined;
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(cancelled());
    };
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, abort]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
