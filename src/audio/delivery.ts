import type { Probe, TimeRange } from '../core/clip.js';
import type { ErrorReason } from '../core/errors.js';
import { mediaFormatLabel } from '../core/media.js';
import type { MediaFormatName } from '../core/media.js';
import { formatByteLength, formatDuration } from '../core/timecode.js';
import type { PrepareOptions } from './engine.js';
import { isPcmCodec } from './pcm.js';
import { highestSampleRate, lowestSampleRate } from './resample.js';
import { speechSampleCount, speechSampleRate, wavByteLength, wavHeaderByteLength } from './speechFormat.js';

/** How a recording reaches its receiver, decided from what is known before any of its sound is read. */
export type Delivery =
  | {
      readonly way: 'as-it-is' | 'transcode' | 'split';
      readonly format: MediaFormatName;
      /** For people, to be set after "is" or "will be": `sent as it is`, `converted to 16 kHz mono WAV, in about 4 parts`. */
      readonly reason: string;
      /** Estimated for `split`. */
      readonly partCount: number;
    }
  | {
      readonly way: 'refuse';
      /** For people, a clause to be set after the file's name and a colon. */
      readonly reason: string;
      readonly nextStep: string;
      readonly errorReason: ErrorReason;
    };

/** A piece is handed over in memory, so that even a receiver without limits gets at most this much at a time (over 2 h). */
export const pieceByteLengthLimit = 256 << 20;

const codecLabels: Readonly<Record<string, string>> = {
  aac: 'AAC',
  alac: 'Apple Lossless',
  flac: 'FLAC',
  mp2: 'MPEG Layer II',
  mp3: 'MP3',
  opus: 'Opus',
  speex: 'Speex',
  vorbis: 'Vorbis',
  'adpcm-ima': 'IMA ADPCM',
  'adpcm-ms': 'Microsoft ADPCM',
};
const channelLimit = 64;
const shortestPieceSampleCount = speechSampleRate / 10;

/** Sends what the receiver takes with the least work: the file itself if it fits, else 16 kHz mono WAV, else that in parts. */
export function planDelivery(probe: Probe, options: PrepareOptions): Delivery {
  const range = effectiveRange(probe, options.range);
  if (range !== undefined && range.endSeconds <= range.startSeconds) return refuseRange(probe, range);
  return planAsItIs(probe, options, range) ?? planTranscode(probe, options, range);
}

/** Undefined when it covers the whole recording. */
export function effectiveRange(probe: Probe, range: TimeRange | undefined): TimeRange | undefined {
  if (range === undefined) return undefined;
  const duration = probe.durationSeconds ?? Number.POSITIVE_INFINITY;
  const startSeconds = Math.max(0, range.startSeconds);
  const endSeconds = Math.min(duration, range.endSeconds);
  return startSeconds === 0 && endSeconds === duration ? undefined : { startSeconds, endSeconds };
}

/** How many samples at 16 kHz one piece may hold. */
export function pieceSampleLimit(options: PrepareOptions): number {
  const byBytes = (Math.min(options.maxBytes ?? Infinity, pieceByteLengthLimit) - wavHeaderByteLength) / 2;
  return Math.floor(Math.min(byBytes, (options.maxSeconds ?? Infinity) * speechSampleRate));
}

function planAsItIs(probe: Probe, options: PrepareOptions, range: TimeRange | undefined): Delivery | undefined {
  const { container, codec } = probe;
  const isSpeechWav = codec === 'pcm-s16' && probe.sampleRate === speechSampleRate && probe.channels === 1;
  const isSimple = container === 'wav' ? isSpeechWav : container === 'mp3' && codec === 'mp3';
  if (!isSimple || range !== undefined || !accepts(options, container)) return undefined;
  const fits =
    probe.byteLength <= Math.min(options.maxBytes ?? Infinity, pieceByteLengthLimit) &&
    (probe.durationSeconds ?? 0) <= (options.maxSeconds ?? Infinity);
  return fits ? { way: 'as-it-is', format: container, reason: 'sent as it is', partCount: 1 } : undefined;
}

function planTranscode(probe: Probe, options: PrepareOptions, range: TimeRange | undefined): Delivery {
  const obstacle = whyNotDecoded(probe, options, range);
  if (obstacle !== undefined) return obstacle;
  if (!accepts(options, 'wav')) {
    const taken = options.formats.map(mediaFormatLabel).join(', ') || 'no audio at all';
    return refuse(
      'unsupported-media',
      `it can be converted to WAV only, and the receiver takes ${taken}.`,
      'Select a model that takes WAV, or convert the recording first.',
    );
  }
  const limit = pieceSampleLimit(options);
  if (limit < shortestPieceSampleCount) {
    return refuse(
      'clip-too-large',
      'the limit of the receiver leaves no room for even a tenth of a second.',
      'Raise the limit in the settings.',
    );
  }
  const seconds = range === undefined ? (probe.durationSeconds ?? 0) : range.endSeconds - range.startSeconds;
  const samples = speechSampleCount(seconds);
  const conversion = `converted to 16 kHz mono WAV (${formatByteLength(wavByteLength(samples))})`;
  if (samples <= limit) return { way: 'transcode', format: 'wav', reason: conversion, partCount: 1 };
  // Cuts fall in the last fifth of the limit, on average in its middle.
  const partCount = Math.max(2, Math.ceil(samples / (limit * 0.9)));
  return { way: 'split', format: 'wav', reason: `${conversion}, in about ${partCount} parts`, partCount };
}

/** Earshot decodes PCM in WAV so far; everything else can only be passed on. */
function whyNotDecoded(probe: Probe, options: PrepareOptions, range: TimeRange | undefined): Delivery | undefined {
  const { container, codec, sampleRate = 0, channels = 0 } = probe;
  if (container === 'mp3' && codec === 'mp3') return refuseMp3(probe, options, range);
  if (container === 'midi') {
    return refuse('unsupported-media', 'it holds MIDI notes, not recorded sound.', 'Choose a recording.');
  }
  if (container !== 'wav' || !isPcmCodec(codec)) {
    const what = codec === 'unknown' ? '' : ` (${codecLabels[codec] ?? codec} sound)`;
    return refuse(
      'unsupported-media',
      `it is ${mediaFormatLabel(container)}${what}, which Earshot cannot convert yet.`,
      'Convert it to a WAV or MP3 file first.',
    );
  }
  if (sampleRate < lowestSampleRate || sampleRate > highestSampleRate) {
    return refuse(
      'unsupported-media',
      `its sample rate is ${sampleRate} Hz, outside 4 to 384 kHz.`,
      'Convert it to 16 kHz first.',
    );
  }
  if (channels > channelLimit) {
    return refuse('unsupported-media', `it has ${channels} channels.`, `Export at most ${channelLimit} channels.`);
  }
  return undefined;
}

function refuseMp3(probe: Probe, options: PrepareOptions, range: TimeRange | undefined): Delivery {
  const nextStep = 'Convert it to WAV first, which Earshot can cut and convert, or select another model.';
  if (!accepts(options, 'mp3')) {
    return refuse('unsupported-media', 'the receiver does not take MP3, and Earshot cannot convert MP3 yet.', nextStep);
  }
  if (range !== undefined) {
    return refuse('unsupported-media', 'Earshot cannot cut a part out of an MP3 yet.', nextStep);
  }
  const maxBytes = Math.min(options.maxBytes ?? Infinity, pieceByteLengthLimit);
  if (probe.byteLength > maxBytes) {
    const sizes = `${formatByteLength(probe.byteLength)}, and at most ${formatByteLength(maxBytes)} can be sent`;
    return refuse('clip-too-large', `it has ${sizes}; Earshot cannot split MP3 yet.`, nextStep);
  }
  const times = `${formatDuration(probe.durationSeconds ?? 0)}, and at most ${formatDuration(options.maxSeconds ?? 0)} can be sent`;
  return refuse('clip-too-long', `it plays ${times}; Earshot cannot split MP3 yet.`, nextStep);
}

function refuseRange(probe: Probe, range: TimeRange): Delivery {
  const end =
    probe.durationSeconds === undefined ? '' : `; the recording ends at ${formatDuration(probe.durationSeconds)}`;
  return refuse(
    'clip-empty',
    `nothing lies in the part from ${formatDuration(range.startSeconds)}${end}.`,
    'Choose another part.',
  );
}

function refuse(errorReason: ErrorReason, reason: string, nextStep: string): Delivery {
  return { way: 'refuse', reason, nextStep, errorReason };
}

function accepts(options: PrepareOptions, format: MediaFormatName): boolean {
  return options.speechWav === true ? format === 'wav' : options.formats.includes(format);
}
