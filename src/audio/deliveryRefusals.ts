import type { Probe, TimeRange } from '../core/clip.js';
import type { ErrorReason } from '../core/errors.js';
import { mediaFormatLabel } from '../core/media.js';
import { formatDuration } from '../core/timecode.js';
import type { Delivery, DeliveryMeans } from './delivery.js';
import { isReadable } from './deliveryFormats.js';
import type { PrepareOptions } from './engine.js';
import { codecLabel } from './readers/codecLabels.js';

/** What keeps a recording from being decoded; undefined when nothing does. */
export function whyNotDecoded(probe: Probe, options: PrepareOptions, means: DeliveryMeans): Delivery | undefined {
  const { container, codec, channels = 1 } = probe;
  if (container === 'midi') {
    return refuse('unsupported-media', 'it holds MIDI notes, not recorded sound.', 'Choose a recording.');
  }
  if (options.channel !== undefined && options.channel >= channels) {
    return refuse(
      'unsupported-media',
      `it has ${channels === 1 ? 'one channel' : `${channels} channels`}, and channel ${options.channel + 1} was asked for.`,
      'Choose a channel that it has.',
    );
  }
  if (isReadable(probe) || means.hasFfmpeg === true) return undefined;
  const what = codec === 'unknown' ? '' : ` (${codecLabel(codec)} sound)`;
  return refuse(
    'unsupported-media',
    `it is ${mediaFormatLabel(container)}${what}, which Earshot cannot convert by itself.`,
    'Install ffmpeg, which Earshot uses when it is there, or convert it to WAV or MP3 first.',
  );
}

export function refuseRange(probe: Probe, range: TimeRange): Delivery {
  const end =
    probe.durationSeconds === undefined ? '' : `; the recording ends at ${formatDuration(probe.durationSeconds)}`;
  return refuse(
    'clip-empty',
    `nothing lies in the part from ${formatDuration(range.startSeconds)}${end}.`,
    'Choose another part.',
  );
}

export function refuse(errorReason: ErrorReason, reason: string, nextStep: string): Delivery {
  return { way: 'refuse', reason, nextStep, errorReason };
}
