import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import type { FrameHeader } from '../mpegFrame.js';
import type { PcmBlock, PcmProblem, PcmStream, PcmWish } from '../pcmReader.js';
import { inspectFrames } from '../probeFrames.js';
import type { FrameStream } from '../probeFrames.js';
import { readBlocks } from '../readBlocks.js';
import { holdsNothing } from './decodeTrack.js';
import { scanFrames } from './frameScan.js';
import { createMpegDecoder } from './mpegDecoder.js';
import { PcmCollector } from './pcmCollector.js';

/** What every decoder of Layer III lags behind, beside the delay of the encoder. */
const decoderDelay = 529;
/** A frame may refer to sound data in several frames before it: after as many, nothing is missing. */
const prerollFrameCount = 12;
const blockByteLength = 1 << 16;
const problemLimit = 100;

/**
 * MP3, and Layers I and II. mpg123 gets the bytes as they are and finds its own way through damage; what the encoder
 * put around the sound is cut here, so that a part of a file is cut at the same samples as the whole.
 */
export async function openMp3(
  source: ByteSource,
  first: { readonly offset: number; readonly header: FrameHeader },
  wish: PcmWish,
  signal: AbortSignal | undefined,
): Promise<PcmStream> {
  const { sampleRate, channels: channelCount, freeByteLength } = first.header;
  if (freeByteLength !== undefined) {
    // The build of mpg123 that we have takes some of its bytes for other headers.
    throw new EarshotError(
      'unsupported-media',
      `${source.name} holds MP3 of free format, which Earshot cannot decode. Convert it to MP3 of a usual bit rate first.`,
    );
  }
  const stream = await inspectFrames(source, first, signal);
  const problems: PcmProblem[] = [];
  const blocks = readMp3(source, first, stream, wish, problems, signal);
  return { sampleRate, channelCount, blocks, problems };
}

async function* readMp3(
  source: ByteSource,
  first: { readonly offset: number; readonly header: FrameHeader },
  stream: FrameStream,
  wish: PcmWish,
  problems: PcmProblem[],
  signal: AbortSignal | undefined,
): AsyncGenerator<PcmBlock> {
  const { sampleRate, channels, sampleCount } = first.header;
  const skipped = stream.gaps === undefined ? 0 : stream.gaps.delay + decoderDelay;
  const { range } = wish;
  const fromSample = range === undefined ? 0 : Math.round(range.startSeconds * sampleRate);
  const hasEnd = stream.frameCount !== undefined && stream.gaps !== undefined;
  const soundEnd = hasEnd ? Math.round(stream.durationSeconds * sampleRate) : Infinity;
  const toSample = Math.min(soundEnd, range === undefined ? Infinity : Math.round(range.endSeconds * sampleRate));
  const collector = new PcmCollector(channels, fromSample, toSample);
  const start = await findStart(source, first, stream, fromSample + skipped, signal);
  collector.moveTo(start.frame * sampleCount - skipped);

  const report = (message: string, isEnd: boolean): void => {
    const position = collector.position ?? 0;
    const isWarmingUp = position < fromSample && start.frame > 0;
    if (isWarmingUp || (problems.length >= problemLimit && !isEnd)) return;
    problems.push({ atSeconds: Math.max(0, position / sampleRate), message, isEnd });
  };
  const onError = (message: string): void => {
    report(`A damaged frame was passed over (${message}).`, false);
  };
  let producedSampleCount = 0;
  const decoder = await createMpegDecoder();
  try {
    for await (const bytes of readBlocks(source, start.offset, stream.end, blockByteLength, signal)) {
      for (const sound of decoder.feed(bytes, onError)) {
        throwIfCancelled(signal);
        if (sound.sampleRate !== sampleRate) {
          report(`Here the sample rate changes to ${sound.sampleRate} Hz; what follows was left out.`, true);
          yield* collector.flush();
          return;
        }
        const count = sound.channels[0].length;
        producedSampleCount += count;
        yield* collector.push(sound.channels, count);
      }
      if (collector.isComplete) break;
    }
    throwIfCancelled(signal);
    yield* collector.flush();
  } finally {
    decoder.free();
  }
  if (producedSampleCount === 0 && (start.frame === 0 || problems.length > 0))
    throw holdsNothing(source.name, problems);
  const reached = (collector.position ?? 0) / sampleRate;
  const expected = Math.min(stream.durationSeconds, toSample / sampleRate);
  if (!stream.isEstimate && !collector.isComplete && reached < expected - 0.25) {
    report(`The file says that it plays to ${expected.toFixed(1)} s, but its sound ends here.`, true);
  }
  if (stream.isTruncated) report('The file is shorter than it says: its end is missing.', true);
}

/** Frames differ in length, so the way to a sample leads over the headers of all frames before it. */
async function findStart(
  source: ByteSource,
  first: { readonly offset: number; readonly header: FrameHeader },
  stream: FrameStream,
  sample: number,
  signal: AbortSignal | undefined,
): Promise<{ offset: number; frame: number }> {
  const target = Math.floor(sample / first.header.sampleCount) - prerollFrameCount;
  if (target <= 0) return { offset: stream.soundOffset, frame: 0 };
  let frame = 0;
  let offset = stream.soundOffset;
  const from = { offset: stream.soundOffset, header: first.header };
  for await (const { frames } of scanFrames(source, from, stream.end, signal)) {
    const found = frames[target - frame];
    if (found !== undefined) return { offset: found.offset, frame: target };
    frame += frames.length;
    offset = frames.at(-1)?.offset ?? offset;
  }
  // Behind the end: the last frames come to nothing within the part.
  return { offset, frame: Math.max(0, frame - 1) };
}
