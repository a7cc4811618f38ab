import { EarshotError } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { decoderDelay } from '../encoders/mp3InfoFrame.js';
import type { FoundFrame } from '../mpegFrame.js';
import { readBlocks } from '../readBlocks.js';
import { borderWindowSeconds, latestBorder } from './limits.js';
import type { ChooseBorder, RepackedPieces, RepackLimits } from './limits.js';
import { Mp3Scanner, readMp3Gaps } from './mp3Frames.js';
import type { Mp3Gaps } from './mp3Frames.js';
import { Mp3PieceMaker, prefixByteLimit } from './mp3Piece.js';

/** Beyond the limit, so that the end of the recording is seen before it would leave a scrap. */
const lookaheadSeconds = 1;
/** Enough of a file before a range, for its reservoir. */
const dropFrameCount = 512;

/**
 * Cuts MP3 between frames. The pieces, decoded by a player that heeds LAME's tag and laid end to end, are the decoded
 * whole to the sample; a player that does not hears a twentieth of a second twice at each border.
 */
export async function* repackMp3(
  source: ByteSource,
  found: FoundFrame,
  limits: RepackLimits,
  chooseBorder: ChooseBorder,
  signal: AbortSignal | undefined,
): RepackedPieces {
  const { sampleCount, sampleRate } = found.header;
  const scanner = new Mp3Scanner(found.header);
  const maker = new Mp3PieceMaker();
  const roomByteLength = limits.maxBytes - prefixByteLimit;
  let gaps: Mp3Gaps | undefined;
  let isFirst = true;
  let firstFrame = 0; // of the current piece, counted over the whole recording
  let wantedFirst = 0;
  let wantedEnd = Number.POSITIVE_INFINITY;

  /** On the clock of the recording, which begins behind the silence that its encoder added. */
  const hidden = (): number => (gaps === undefined || gaps.delay === 0 ? 0 : gaps.delay + decoderDelay);
  const timeAt = (frame: number): number => Math.max(0, (frame * sampleCount - hidden()) / sampleRate);
  const frameAt = (seconds: number): number => (seconds * sampleRate + hidden()) / sampleCount;
  const isOver = (): boolean => firstFrame + maker.frameCount >= wantedEnd;
  const isOverfull = (): boolean => {
    const seconds = (maker.frameCount * sampleCount) / sampleRate;
    return seconds > limits.maxSeconds + lookaheadSeconds || maker.byteLength > roomByteLength * 1.02 + 4096;
  };

  const takePiece = (
    frames: number,
    isLast: boolean,
  ): { bytes: Uint8Array; startSeconds: number; endSeconds: number } => {
    const padding = isLast && gaps !== undefined && gaps.padding > decoderDelay && !isOver() ? gaps.padding : undefined;
    const tagged = firstFrame === 0 && gaps !== undefined && gaps.delay > 0 ? { delay: gaps.delay } : {};
    const startSeconds = timeAt(firstFrame);
    const trimmed = padding === undefined ? 0 : padding - decoderDelay;
    const endSeconds = timeAt(firstFrame + frames) - trimmed / sampleRate;
    const bytes = maker.take(frames, { ...tagged, ...(padding === undefined ? {} : { padding }) });
    firstFrame += frames;
    return { bytes, startSeconds, endSeconds };
  };
  const cutFull = async () => {
    const collected = (maker.frameCount * sampleCount) / sampleRate;
    const fullFrames = Math.min(
      maker.framesWithin(roomByteLength),
      Math.floor((limits.maxSeconds * sampleRate) / sampleCount + 1e-6),
    );
    const fullSeconds = (fullFrames * sampleCount) / sampleRate;
    const start = timeAt(firstFrame);
    const latest = Math.min(start + fullSeconds, latestBorder(start, fullSeconds, collected));
    const border = await chooseBorder(latest - borderWindowSeconds(fullSeconds), latest);
    const frames = Math.round(frameAt(border)) - firstFrame;
    return takePiece(Math.max(1, Math.min(fullFrames, frames)), false);
  };
  const isTooMuch = (): boolean =>
    maker.framesWithin(roomByteLength) < maker.frameCount ||
    (maker.frameCount * sampleCount) / sampleRate > limits.maxSeconds + 1e-6;

  const begin = (): void => {
    if (limits.range === undefined) return;
    const first = Math.floor(frameAt(limits.range.startSeconds) + 1e-6);
    wantedFirst = first * sampleCount <= hidden() ? 0 : first;
    wantedEnd = Math.max(wantedFirst + 1, Math.ceil(frameAt(limits.range.endSeconds) - 1e-6));
  };

  read: for await (const block of readBlocks(source, found.offset, source.byteLength, 1 << 18, signal)) {
    for (const frame of scanner.push(block, false)) {
      if (isFirst) {
        isFirst = false;
        gaps = readMp3Gaps(frame.bytes, frame.header);
        begin();
        if (gaps !== undefined) continue;
      }
      maker.add(frame);
      if (firstFrame < wantedFirst) {
        const dropped = Math.min(maker.frameCount, wantedFirst - firstFrame);
        if (dropped === wantedFirst - firstFrame || dropped >= dropFrameCount) {
          maker.drop(dropped);
          firstFrame += dropped;
        }
        continue;
      }
      if (isOver()) break read;
      if (isOverfull()) yield { ...(await cutFull()), format: 'mp3' };
    }
  }
  if (!isOver()) for (const frame of scanner.push(new Uint8Array(0), true)) maker.add(frame);
  if (firstFrame < wantedFirst || maker.frameCount === 0) {
    throw new EarshotError('clip-unreadable', `${source.name} holds no MP3 sound in this part. Try another part.`);
  }
  while (isTooMuch()) yield { ...(await cutFull()), format: 'mp3' };
  yield { ...takePiece(maker.frameCount, true), format: 'mp3' };
}
