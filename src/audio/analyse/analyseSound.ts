import type { TimeRange } from '../../core/clip.js';
import { throwIfCancelled } from '../../core/errors.js';
import type { ChannelPick } from '../conversion.js';
import { createMonoConverter } from '../monoConverter.js';
import type { PcmProblem, PcmStream } from '../pcmReader.js';
import { speechSampleRate } from '../speechFormat.js';
import { speechSamples } from '../speechSamples.js';
import { createTimeSlice } from '../timeSlice.js';
import { SpeechAnalyser } from './analyseSpeech.js';
import type { SpeechAnalysis } from './analyseSpeech.js';
import { ClippingCounter } from './clipping.js';
import { LoudnessMeter } from './loudness.js';
import { rangesOf } from './speechActivity.js';

/** What can be known of a recording by listening to all of it. Plain data, about 2.5 MB for an hour. */
export interface SoundAnalysis extends Omit<SpeechAnalysis, 'isSpeech'> {
  /** Where somebody speaks, on the recording's clock. Music and other loud changing sounds count as speech. */
  readonly speech: readonly TimeRange[];
  /** Integrated, EBU R 128, of all channels at their own rate: LUFS. Absent where all is below -70 LUFS or under 0.4 s. */
  readonly integratedLoudness?: number;
  /** The largest sample of any channel, dB relative to full scale; at least -120. Between samples the sound may rise higher. */
  readonly samplePeakDecibels: number;
  /** Samples in flat tops at the end of the scale, over all channels: above a few in a thousand it can be heard. */
  readonly clippedSampleCount: number;
  /** What could not be read; with `isEnd` the analysis covers only what is before. */
  readonly problems: readonly PcmProblem[];
}

/** Listens to all of a stream in one pass. @param startSeconds Of the stream, on the recording's clock. */
export async function analyseSound(
  stream: PcmStream,
  channel: number | undefined,
  startSeconds: number,
  signal: AbortSignal | undefined,
): Promise<SoundAnalysis> {
  const pick: ChannelPick = stream.channelCount === 1 ? 'mean' : (channel ?? 'mean');
  const meteredCount = pick === 'mean' ? stream.channelCount : 1;
  const converter = createMonoConverter({
    inputRate: stream.sampleRate,
    outputRate: speechSampleRate,
    channels: stream.channelCount,
    pick,
  });
  const speech = new SpeechAnalyser();
  const loudness = new LoudnessMeter(stream.sampleRate, meteredCount);
  const clipping = new ClippingCounter(meteredCount);
  const pauseWhenDue = createTimeSlice();
  for await (const { channels } of stream.blocks) {
    const metered = pick === 'mean' ? channels : channels.slice(pick, pick + 1);
    loudness.push(metered);
    clipping.push(metered);
    speech.push(converter.pushPlanes(channels));
    await pauseWhenDue();
    throwIfCancelled(signal);
  }
  speech.push(converter.flush());
  const { isSpeech, silences, ...rest } = speech.finish();
  const onClock = (ranges: readonly TimeRange[]): readonly TimeRange[] =>
    ranges.map((range) => ({
      startSeconds: startSeconds + range.startSeconds,
      endSeconds: startSeconds + Math.min(rest.durationSeconds, range.endSeconds),
    }));
  const integratedLoudness = loudness.integrated;
  return {
    ...rest,
    speech: onClock(rangesOf(isSpeech, 1, 0)),
    silences: onClock(silences),
    ...(integratedLoudness === undefined ? {} : { integratedLoudness }),
    samplePeakDecibels: Math.max(-120, 20 * Math.log10(clipping.samplePeak)),
    clippedSampleCount: clipping.clippedSampleCount,
    problems: [...stream.problems],
  };
}

/** Whether there is nothing to transcribe in a stream. Stops listening at the first sound, which is nearly always at once. */
export async function isSoundSilent(
  stream: PcmStream,
  channel: number | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const analyser = new SpeechAnalyser();
  const pauseWhenDue = createTimeSlice();
  for await (const samples of speechSamples(stream, channel)) {
    analyser.push(samples);
    if (analyser.isHeard) return false;
    await pauseWhenDue();
    throwIfCancelled(signal);
  }
  const { isEffectivelySilent, durationSeconds } = analyser.finish();
  // Behind what cannot be read there may be anything.
  return isEffectivelySilent && durationSeconds > 0 && !stream.problems.some(({ isEnd }) => isEnd);
}
