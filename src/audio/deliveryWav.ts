import type { Probe } from '../core/clip.js';
import { formatByteLength } from '../core/timecode.js';
import type { Delivery, DeliveryMeans } from './delivery.js';
import { accepts } from './deliveryFormats.js';
import { refuse, whyNotDecoded } from './deliveryRefusals.js';
import type { PrepareOptions } from './engine.js';
import { highestSampleRate, lowestSampleRate } from './filterChain.js';
import { cutWindow } from './pieceCutter.js';
import { speechSampleCount, speechSampleRate } from './speechFormat.js';
import { wavOutput, wavOutputByteLength, wavOutputLabel, wavOutputSampleLimit } from './wavShape.js';

/**
 * For who asked for WAV of a certain shape: it is always written anew.
 * @param seconds Of what is wanted, where known.
 * @param maxBytes In one piece.
 */
export function planWav(
  probe: Probe,
  options: PrepareOptions,
  seconds: number | undefined,
  maxBytes: number,
  means: DeliveryMeans,
): Delivery {
  const obstacle = whyNotDecoded(probe, options, means);
  if (obstacle !== undefined) return obstacle;
  const output = wavOutput(options, probe);
  if (!accepts(options, 'wav')) {
    return refuse('unsupported-media', 'only WAV has a rate of its own choice.', 'Ask for WAV.');
  }
  if (!(output.sampleRate >= lowestSampleRate && output.sampleRate <= highestSampleRate)) {
    const why = `a sample rate of ${output.sampleRate} Hz was asked for.`;
    return refuse('unsupported-media', why, `Ask for ${lowestSampleRate} to ${highestSampleRate} Hz.`);
  }
  const limit = wavOutputSampleLimit(output, maxBytes, options.maxSeconds ?? Number.POSITIVE_INFINITY);
  if (limit < speechSampleRate / 10) {
    const why = 'the limit of the receiver leaves no room for even a tenth of a second.';
    return refuse('clip-too-large', why, 'Raise the limit in the settings.');
  }
  const frames = seconds === undefined ? undefined : Math.ceil(seconds * output.sampleRate);
  const size = frames === undefined ? '' : ` (${formatByteLength(wavOutputByteLength(output, frames))})`;
  const plan = {
    format: 'wav',
    encoding: { codec: 'pcm-s16' },
    reason: `converted to ${wavOutputLabel(output)}${size}`,
  } as const;
  const samples = seconds === undefined ? 0 : speechSampleCount(seconds);
  if (samples <= limit) return { ...plan, way: 'transcode', partCount: 1 };
  const partCount = Math.max(2, Math.ceil(samples / (limit - cutWindow(limit) / 2)));
  return { ...plan, way: 'split', reason: `${plan.reason}, in about ${partCount} parts`, partCount };
}
