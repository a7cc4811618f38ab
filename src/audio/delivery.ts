import type { Probe, TimeRange } from '../core/clip.js';
import type { ErrorReason } from '../core/errors.js';
import { mediaFormatLabel } from '../core/media.js';
import type { MediaFormatName } from '../core/media.js';
import { formatByteLength } from '../core/timecode.js';
import { chooseEncoding, isUsual, isWorthConverting, accepts, repackFormat } from './deliveryFormats.js';
import { refuse, refuseRange, whyNotDecoded } from './deliveryRefusals.js';
import { planWav } from './deliveryWav.js';
import { containerOf, encodedSampleLimit, encodingLabel, estimatedByteLength } from './encoders/soundEncoder.js';
import type { Encoding } from './encoders/soundEncoder.js';
import type { PrepareOptions } from './engine.js';
import { cutWindow } from './pieceCutter.js';
import { borderWindowSeconds } from './repack/limits.js';
import { speechSampleCount, speechSampleRate } from './speechFormat.js';

/** How a recording reaches its receiver, decided from what is known before any of its sound is read. */
export type Delivery = Sent | Repacked | Converted | Refused;

interface Sent extends Described {
  readonly way: 'as-it-is';
}

/** Cut or taken out of its container without being decoded. */
interface Repacked extends Described {
  readonly way: 're-pack';
}

/** To 16 kHz mono; `split` into more than one piece. */
interface Converted extends Described {
  readonly way: 'transcode' | 'split';
  readonly encoding: Encoding;
}

interface Described {
  readonly format: MediaFormatName;
  /** For people, to be set after "is" or "will be": `sent as it is`, `converted to MP3 32 kbit/s (14.4 MB), in about 14 parts`. */
  readonly reason: string;
  /** Estimated when above 1. */
  readonly partCount: number;
}

interface Refused {
  readonly way: 'refuse';
  /** For people, a clause to be set after the file's name and a colon. */
  readonly reason: string;
  readonly nextStep: string;
  readonly errorReason: ErrorReason;
}

/** What else can be used. */
export interface DeliveryMeans {
  /** ffmpeg is there, and reads what Earshot does not. */
  readonly hasFfmpeg?: boolean;
}

/** A piece is handed over in memory, so that even a receiver without limits gets at most this much at a time (over 2 h). */
export const pieceByteLengthLimit = 256 << 20;

const shortestPieceSampleCount = speechSampleRate / 10;
/** What a file of any container needs around its packets, with a second of sound at any rate. */
const smallestRepackedByteLength = 200_000;
const smallestRepackedSeconds = 2;

/** Sends what the receiver takes with the least work and the fewest bytes. */
export function planDelivery(probe: Probe, options: PrepareOptions, means: DeliveryMeans = {}): Delivery {
  const range = effectiveRange(probe, options.range);
  if (range !== undefined && range.endSeconds <= range.startSeconds) return refuseRange(probe, range);
  if (options.wav !== undefined) {
    return planWav(probe, options, secondsOf(probe, range), pieceByteLimit(options), means);
  }
  return (
    planAsItIs(probe, options, range) ??
    planRepack(probe, options, range) ??
    planTranscode(probe, options, range, means)
  );
}

/** Undefined when it covers the whole recording. */
export function effectiveRange(probe: Probe, range: TimeRange | undefined): TimeRange | undefined {
  if (range === undefined) return undefined;
  const duration = probe.durationSeconds ?? Number.POSITIVE_INFINITY;
  const startSeconds = Math.max(0, range.startSeconds);
  const endSeconds = Math.min(duration, range.endSeconds);
  return startSeconds === 0 && endSeconds === duration ? undefined : { startSeconds, endSeconds };
}

/** In bytes as they lie in a file. */
export function pieceByteLimit({ maxBytes = Number.POSITIVE_INFINITY, bytesCountAs }: PrepareOptions): number {
  const raw = bytesCountAs === 'base64' ? Math.floor(maxBytes / 4) * 3 : maxBytes;
  return Math.min(raw, pieceByteLengthLimit);
}

/** How many samples at 16 kHz one piece may hold. */
export function pieceSampleLimit(options: PrepareOptions, encoding: Encoding): number {
  const byBytes = encodedSampleLimit(encoding, pieceByteLimit(options));
  return Math.floor(Math.min(byBytes, (options.maxSeconds ?? Number.POSITIVE_INFINITY) * speechSampleRate + 1e-6));
}

function planAsItIs(probe: Probe, options: PrepareOptions, range: TimeRange | undefined): Delivery | undefined {
  const { container } = probe;
  if (range !== undefined || options.channel !== undefined) return undefined;
  if (!accepts(options, container) || !isUsual(probe)) return undefined;
  // Without a duration nobody can promise that it keeps to a limit of time.
  const isShort = options.maxSeconds === undefined || (probe.durationSeconds ?? Infinity) <= options.maxSeconds;
  const fits = isShort && probe.byteLength <= pieceByteLimit(options);
  return fits ? { way: 'as-it-is', format: container, reason: 'sent as it is', partCount: 1 } : undefined;
}

function planRepack(probe: Probe, options: PrepareOptions, range: TimeRange | undefined): Delivery | undefined {
  const format = repackFormat(probe, options);
  if (format === undefined || options.channel !== undefined || isWorthConverting(probe, options)) return undefined;
  const maxBytes = pieceByteLimit(options);
  const maxSeconds = options.maxSeconds ?? Number.POSITIVE_INFINITY;
  if (maxBytes < smallestRepackedByteLength || maxSeconds < smallestRepackedSeconds) return undefined;
  const seconds = secondsOf(probe, range);
  const share = seconds === undefined ? 1 : seconds / (probe.durationSeconds ?? seconds);
  // Beside pictures the sound is small, however large the file.
  const byteLength = isUsual(probe) ? probe.byteLength * share : Math.min(probe.byteLength, (seconds ?? 0) * 24_000);
  const usedSeconds = maxSeconds === Infinity ? Infinity : maxSeconds - borderWindowSeconds(maxSeconds) / 2;
  const byTime = (seconds ?? 0) <= maxSeconds ? 1 : Math.ceil((seconds ?? 0) / usedSeconds);
  const byBytes = byteLength <= maxBytes ? 1 : Math.ceil(byteLength / (maxBytes * 0.97));
  const partCount = Math.max(1, byTime, byBytes);
  const verb = format === probe.container ? 'cut' : `re-packed as ${mediaFormatLabel(format)}`;
  const parts = partCount > 1 ? `, in about ${partCount} parts` : '';
  return { way: 're-pack', format, reason: `${verb} without being converted${parts}`, partCount };
}

function planTranscode(
  probe: Probe,
  options: PrepareOptions,
  range: TimeRange | undefined,
  means: DeliveryMeans,
): Delivery {
  const obstacle = whyNotDecoded(probe, options, means);
  if (obstacle !== undefined) return obstacle;
  const seconds = secondsOf(probe, range);
  const samples = seconds === undefined ? undefined : speechSampleCount(seconds);
  const encoding = chooseEncoding(options, samples);
  if (encoding === undefined) {
    const taken = options.formats.map(mediaFormatLabel).join(', ') || 'no audio at all';
    return refuse(
      'unsupported-media',
      `it can be converted to WAV, MP3, Ogg and FLAC only, and the receiver takes ${taken}.`,
      'Select a model that takes WAV or MP3, or convert the recording first.',
    );
  }
  const limit = pieceSampleLimit(options, encoding);
  if (limit < shortestPieceSampleCount) {
    return refuse(
      'clip-too-large',
      'the limit of the receiver leaves no room for even a tenth of a second.',
      'Raise the limit in the settings.',
    );
  }
  const format = containerOf(encoding);
  const size = samples === undefined ? '' : ` (${formatByteLength(estimatedByteLength(encoding, samples))})`;
  const conversion = `converted to ${encodingLabel(encoding)}${size}`;
  if (samples === undefined || samples <= limit) {
    return { way: 'transcode', format, encoding, reason: conversion, partCount: 1 };
  }
  // On average a cut falls in the middle of its window.
  const partCount = Math.max(2, Math.ceil(samples / (limit - cutWindow(limit) / 2)));
  return { way: 'split', format, encoding, reason: `${conversion}, in about ${partCount} parts`, partCount };
}

function secondsOf(probe: Probe, range: TimeRange | undefined): number | undefined {
  const seconds = range === undefined ? probe.durationSeconds : range.endSeconds - range.startSeconds;
  return seconds === undefined || !Number.isFinite(seconds) ? undefined : seconds;
}
