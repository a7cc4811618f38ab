import type { TimeRange } from '../../core/clip.js';
import { EarshotError, isCancelled, throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { effectiveRange } from '../delivery.js';
import type { AnalyseOptions } from '../engine.js';
import { nothingHeard, openStream } from '../openStream.js';
import type { OpenForeign } from '../openStream.js';
import type { PcmStream } from '../pcmReader.js';
import { examine } from '../probe.js';
import { speechSampleRate } from '../speechFormat.js';
import { analyseSound, isSoundSilent } from './analyseSound.js';
import type { SoundAnalysis } from './analyseSound.js';

/** See `AudioEngine.analyse`. */
export async function analyse(
  source: ByteSource,
  options: AnalyseOptions,
  openForeign: OpenForeign | undefined,
  signal: AbortSignal | undefined,
): Promise<SoundAnalysis> {
  const range = await rangeOf(source, options, signal);
  const stream = await openStream(source, range === undefined ? {} : { range }, openForeign, signal);
  checkChannel(source, options, stream);
  const startSeconds = range === undefined ? 0 : Math.round(range.startSeconds * stream.sampleRate) / stream.sampleRate;
  const analysis = await analyseSound(stream, options.channel, startSeconds, signal);
  if (analysis.durationSeconds === 0) throw nothingHeard(source, stream);
  return analysis;
}

/** See `AudioEngine.isSilent`. */
export async function isSilent(
  source: ByteSource,
  options: AnalyseOptions,
  openForeign: OpenForeign | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    const range = await rangeOf(source, options, signal);
    const wish = {
      ...(range === undefined ? {} : { range }),
      ...(options.channel === undefined ? { mono: true } : {}),
      minSampleRate: speechSampleRate,
    };
    const stream = await openStream(source, wish, openForeign, signal);
    checkChannel(source, options, stream);
    return await isSoundSilent(stream, options.channel, signal);
  } catch (error) {
    throwIfCancelled(signal);
    if (isCancelled(error) || !(error instanceof EarshotError)) throw error;
    return false;
  }
}

async function rangeOf(
  source: ByteSource,
  { range }: AnalyseOptions,
  signal: AbortSignal | undefined,
): Promise<TimeRange | undefined> {
  const { probe } = await examine(source, signal);
  const effective = effectiveRange(probe, range);
  if (effective !== undefined && effective.endSeconds <= effective.startSeconds) {
    throw new EarshotError('clip-empty', `${source.name}: nothing lies in this part. Choose another part.`);
  }
  return effective;
}

function checkChannel(source: ByteSource, { channel }: AnalyseOptions, stream: PcmStream): void {
  if (channel === undefined || channel < stream.channelCount) return;
  throw new EarshotError(
    'unsupported-media',
    `${source.name} has ${stream.channelCount} channels, and channel ${channel + 1} was asked for. Choose a channel that it has.`,
  );
}
