import { EarshotError } from '../core/errors.js';
import { mediaFormatLabel } from '../core/media.js';
import { readAiffHeader } from './aiffHeader.js';
import type { ByteSource } from './byteSource.js';
import { highestSampleRate, lowestSampleRate } from './filterChain.js';
import { readInterleaved } from './interleaved.js';
import { isPcmCodec } from './pcm.js';
import type { PcmProblem, PcmStream, PcmWish } from './pcmReader.js';
import { refuseEmpty } from './probePcm.js';
import { adpcmSampleCount, canReadAdpcm, isAdpcmCodec, readAdpcm } from './readAdpcm.js';
import type { AdpcmLayout } from './readAdpcm.js';
import { readWavHeader } from './wavHeader.js';

/** Files of uncompressed sound, and of the simple compressions that come in the same containers. */
export type PcmContainer = 'wav' | 'aiff';

export interface PcmFile {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly frameByteLength: number;
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly isTruncated: boolean;
  readonly factSampleCount?: number;
}

const channelLimit = 64;

export function readPcmHeader(source: ByteSource, container: PcmContainer, signal?: AbortSignal): Promise<PcmFile> {
  return container === 'wav' ? readWavHeader(source, signal) : readAiffHeader(source, signal);
}

/**
 * Opens the sound of a WAV or AIFF file at its own rate, exact to the sample. What is uncompressed comes as an
 * InterleavedStream, which `convertStream` takes without another copy.
 * @throws EarshotError `unsupported-media`, `clip-unreadable`, `clip-empty`.
 */
export async function openPcm(
  source: ByteSource,
  container: PcmContainer,
  wish: PcmWish,
  signal?: AbortSignal,
): Promise<PcmStream> {
  const file = await readPcmHeader(source, container, signal);
  refuseEmpty(source, file);
  refuseExtremes(source, file);
  const { codec } = file;
  if (isPcmCodec(codec)) {
    const frameCount = (file.dataEnd - file.dataStart) / file.frameByteLength;
    const [first, end] = samplesOf(wish, file.sampleRate, frameCount);
    const problems = missingEnd(file, end, frameCount);
    return readInterleaved(source, { ...file, codec }, first, end, signal, problems);
  }
  if (isAdpcmCodec(codec)) {
    const layout: AdpcmLayout = { ...file, codec, blockByteLength: file.frameByteLength };
    if (canReadAdpcm(layout)) {
      const sampleCount = Math.min(adpcmSampleCount(layout), file.factSampleCount ?? Infinity);
      const [first, end] = samplesOf(wish, file.sampleRate, sampleCount);
      return readAdpcm(source, layout, first, end, signal, missingEnd(file, end, sampleCount));
    }
  }
  throw new EarshotError(
    'unsupported-media',
    `${source.name} is ${mediaFormatLabel(container)} with ${codec} sound, which Earshot cannot read. Convert it to PCM first.`,
  );
}

function samplesOf({ range }: PcmWish, sampleRate: number, count: number): [first: number, end: number] {
  if (range === undefined) return [0, count];
  const end = Math.max(0, Math.min(count, Math.round(range.endSeconds * sampleRate)));
  return [Math.min(end, Math.max(0, Math.round(range.startSeconds * sampleRate))), end];
}

/** Of a file that was cut off, for who reads up to where it breaks off. */
function missingEnd({ isTruncated, sampleRate }: PcmFile, end: number, sampleCount: number): PcmProblem[] {
  if (!isTruncated || end < sampleCount) return [];
  return [{ atSeconds: end / sampleRate, message: 'The file breaks off here: its end is missing.', isEnd: true }];
}

function refuseExtremes(source: ByteSource, { sampleRate, channels }: PcmFile): void {
  if (sampleRate < lowestSampleRate || sampleRate > highestSampleRate) {
    throw new EarshotError(
      'unsupported-media',
      `${source.name}: its sample rate is ${sampleRate} Hz, outside 4 to 384 kHz. Convert it to 16 kHz first.`,
    );
  }
  if (channels > channelLimit) {
    throw new EarshotError(
      'unsupported-media',
      `${source.name}: it has ${channels} channels. Export at most ${channelLimit} channels.`,
    );
  }
}
