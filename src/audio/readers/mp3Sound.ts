import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import type { FrameHeader } from '../mpegFrame.js';
import type { PcmBlock, PcmProblem, PcmStream, PcmWish } from '../pcmReader.js';
import { inspectFrames } from '../probeFrames.js';
import type { FrameStream } from '../probeFrames.js';
import { createLayer3Decoder } from '../codecs/layer3/layer3Decoder.js';
import { readBlocks } from '../readBlocks.js';
import { createTimeSlice } from '../timeSlice.js';
import { holdsNothing } from './decodeTrack.js';
import { scanFrames } from './frameScan.js';
import { PcmCollector } from './pcmCollector.js';

/** What every decoder of Layer III lags behind, beside the delay of the encoder. */
const decoderDelay = 529;
/** A frame may refer to sound data in several frames before it: after as many, nothing is missing. */
const prerollFrameCount = 12;
const blockByteLength = 1 << 16;
const problemLimit = 100;

interface FirstFrame {
  readonly offset: number;
  readonly header: FrameHeader;
}

/** Where decoding begins. */
interface Mp3Start {
  readonly offset: number;
  readonly frame: number;
}

/** How a stream is decoded: at which rate, to how many channels. */
interface Mp3Way {
  /** Samples of the stream for each that comes out. */
  readonly step: 1 | 2;
  readonly channelCount: number;
  readonly decode: (start: Mp3Start, report: ReportDamage) => AsyncGenerator<readonly Float32Array[]>;
}

/** @param isEnd Nothing behind it is decoded. */
type ReportDamage = (message: string, isEnd: boolean) => void;

/**
 * MP3, and Layers I and II, from the bytes of the file. What the encoder put around the sound is cut here, so that a part
 * of a file is cut at the same samples as the whole.
 */
export async function openMp3(
  source: ByteSource,
  first: FirstFrame,
  wish: PcmWish,
  signal: AbortSignal | undefined,
): Promise<PcmStream> {
  const stream = await inspectFrames(source, first, signal);
  const problems: PcmProblem[] = [];
  const way = monoWay(source, first, stream, wish, signal) ?? channelsWay(source, first, stream, signal);
  const blocks = readMp3(source, first, stream, wish, way, problems, signal);
  return { sampleRate: first.header.sampleRate / way.step, channelCount: way.channelCount, blocks, problems };
}

/** Samples of silence in front. */
function skippedSamples({ gaps }: FrameStream): number {
  return gaps === undefined ? 0 : gaps.delay + decoderDelay;
}

/** Layer III where one channel will do: by our own decoder, which does less the less is wanted. */
function monoWay(
  source: ByteSource,
  first: FirstFrame,
  stream: FrameStream,
  wish: PcmWish,
  signal: AbortSignal | undefined,
): Mp3Way | undefined {
  const { codec, channels, sampleRate } = first.header;
  if (codec !== 'mp3' || (channels > 1 && wish.mono !== true)) return undefined;
  // The edge of the lower half of the spectrum must lie above all that is wanted of it.
  const isHalf = wish.minSampleRate !== undefined && sampleRate / 2 >= wish.minSampleRate * 1.25;
  const step = isHalf ? 2 : 1;
  const phase = isHalf && skippedSamples(stream) % 2 === 1 ? 1 : 0;
  const decoder = createLayer3Decoder({ step, phase });
  if (decoder === undefined) return undefined;
  async function* decode(start: Mp3Start, report: ReportDamage): AsyncGenerator<readonly Float32Array[]> {
    if (decoder === undefined) return;
    let expected = start.offset;
    const from = { offset: start.offset, header: first.header };
    for await (const { frames } of scanFrames(source, from, stream.end, signal)) {
      for (const { offset, bytes } of frames) {
        if (offset !== expected) {
          yield [decoder.take()];
          report(`Here ${offset - expected} bytes are damaged and were left out.`, false);
          decoder.skip();
        }
        expected = offset + bytes.byteLength;
        const failure = decoder.decode(bytes);
        if (failure !== undefined) {
          yield [decoder.take()];
          report(`A damaged frame was passed over (${failure}).`, false);
        }
        if (decoder.isFull) yield [decoder.take()];
      }
    }
    yield [decoder.take()];
  }
  return { step, channelCount: 1, decode };
}

/** Everything else: mpg123 gets the bytes as they are, and finds its own way through damage. */
function channelsWay(
  source: ByteSource,
  first: FirstFrame,
  stream: FrameStream,
  signal: AbortSignal | undefined,
): Mp3Way {
  const { sampleRate, channels: channelCount, freeByteLength } = first.header;
  if (freeByteLength !== undefined) {
    // The build of mpg123 that we have takes some of its bytes for other headers.
    throw new EarshotError(
      'unsupported-media',
      `${source.name} holds MP3 of free format, which Earshot cannot decode to single channels. Convert it to MP3 of a usual bit rate first.`,
    );
  }
  async function* decode(start: Mp3Start, report: ReportDamage): AsyncGenerator<readonly Float32Array[]> {
    const onError = (message: string): void => {
      report(`A damaged frame was passed over (${message}).`, false);
    };
    const { createMpegDecoder } = await import('./mpegDecoder.js');
    const decoder = await createMpegDecoder();
    try {
      for await (const bytes of readBlocks(source, start.offset, stream.end, blockByteLength, signal)) {
        for (const sound of decoder.feed(bytes, onError)) {
          if (sound.sampleRate !== sampleRate) {
            report(`Here the sample rate changes to ${sound.sampleRate} Hz; what follows was left out.`, true);
            return;
          }
          yield sound.channels;
        }
      }
    } finally {
      decoder.free();
    }
  }
  return { step: 1, channelCount, decode };
}

async function* readMp3(
  source: ByteSource,
  first: FirstFrame,
  stream: FrameStream,
  wish: PcmWish,
  { step, channelCount, decode }: Mp3Way,
  problems: PcmProblem[],
  signal: AbortSignal | undefined,
): AsyncGenerator<PcmBlock> {
  const { sampleCount } = first.header;
  const sampleRate = first.header.sampleRate / step;
  const skipped = skippedSamples(stream);
  const { range } = wish;
  const fromSample = range === undefined ? 0 : Math.round(range.startSeconds * sampleRate);
  const hasEnd = stream.frameCount !== undefined && stream.gaps !== undefined;
  const soundEnd = hasEnd ? Math.ceil(Math.round(stream.durationSeconds * first.header.sampleRate) / step) : Infinity;
  const toSample = Math.min(soundEnd, range === undefined ? Infinity : Math.round(range.endSeconds * sampleRate));
  const collector = new PcmCollector(channelCount, fromSample, toSample);
  const start = await findStart(source, first, stream, fromSample * step + skipped, signal);
  collector.moveTo((start.frame * sampleCount) / step - Math.floor(skipped / step));

  const report: ReportDamage = (message, isEnd) => {
    const position = collector.position ?? 0;
    const isWarmingUp = position < fromSample && start.frame > 0;
    if (isWarmingUp || (problems.length >= problemLimit && !isEnd)) return;
    problems.push({ atSeconds: Math.max(0, position / sampleRate), message, isEnd });
  };
  let producedSampleCount = 0;
  const pauseWhenDue = createTimeSlice();
  for await (const channels of decode(start, report)) {
    throwIfCancelled(signal);
    const count = channels[0]?.length ?? 0;
    producedSampleCount += count;
    if (!collector.append(channels, count)) yield* collector.push(channels, count);
    if (collector.isComplete) break;
    await pauseWhenDue();
  }
  throwIfCancelled(signal);
  yield* collector.flush();
  if (producedSampleCount === 0 && (start.frame === 0 || problems.length > 0))
    throw holdsNothing(source.name, problems);
  if (problems.some(({ isEnd }) => isEnd)) return;
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
  first: FirstFrame,
  stream: FrameStream,
  sample: number,
  signal: AbortSignal | undefined,
): Promise<Mp3Start> {
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
