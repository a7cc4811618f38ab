import type { Probe } from '../core/clip.js';
import type { PrepareOptions } from './engine.js';
import { speechSampleRate, wavHeaderByteLength } from './speechFormat.js';

/** What a WAV file of another shape than 16 kHz mono comes to. */
export interface WavOutput {
  /** Hz. */
  readonly sampleRate: number;
  readonly channelCount: number;
}

/** @param recording What is known of it: a rate or a number of channels that is not is taken for the usual one. */
export function wavOutput(
  { wav = {}, channel }: Pick<PrepareOptions, 'wav' | 'channel'>,
  recording: Pick<Probe, 'sampleRate' | 'channels'>,
): WavOutput {
  const { sampleRate = speechSampleRate, keepChannels = false } = wav;
  return {
    sampleRate: sampleRate === 'native' ? (recording.sampleRate ?? 48_000) : sampleRate,
    channelCount: keepChannels && channel === undefined ? (recording.channels ?? 2) : 1,
  };
}

export function wavOutputByteLength({ channelCount }: WavOutput, frameCount: number): number {
  return wavHeaderByteLength + frameCount * channelCount * 2;
}

/** How many samples at 16 kHz last as long as one piece may. */
export function wavOutputSampleLimit(output: WavOutput, maxBytes: number, maxSeconds: number): number {
  const { sampleRate, channelCount } = output;
  // A cut is rounded to a frame of the output, which may lengthen a piece by one where the rates do not go into another.
  const spare = sampleRate % speechSampleRate === 0 ? 0 : 1;
  const frames = Math.floor((maxBytes - wavHeaderByteLength) / (channelCount * 2));
  const seconds = Math.min(maxSeconds, frames / sampleRate) - spare / sampleRate;
  return Math.floor(seconds * speechSampleRate + 1e-6);
}

/** `24 kHz stereo WAV`, for people. */
export function wavOutputLabel({ sampleRate, channelCount }: WavOutput): string {
  const channels = channelCount === 1 ? 'mono' : channelCount === 2 ? 'stereo' : `${channelCount}-channel`;
  return `${sampleRate / 1000} kHz ${channels} WAV`;
}
