import { EarshotError, throwIfCancelled, toEarshotError } from '../core/errors.js';
import { mediaFormats, type MediaFormatName } from '../core/media.js';
import { formatModelRef } from '../core/model.js';
import type { Segment, Transcript, Word } from '../core/transcript.js';
import { addUsage, type Usage } from '../core/usage.js';
import { DamageReport, deliveryReason, estimatedCost, prepareOptions, silentClips } from './beforeSending.js';
import type { ChosenModel } from './chooseModel.js';
import type { OpenClip, WorkflowPorts } from './ports.js';

export interface TranscribeOptions {
  readonly chosen: ChosenModel;
  /** BCP 47; absent: let the model detect it. */
  readonly language?: string;
  readonly glossary?: readonly string[];
  /** The user wants it sent though there is nothing to hear in it. */
  readonly sendSilent?: boolean;
}

export interface TranscribeProgress {
  /** How far the text reaches on the recording's clock. */
  readonly completeUntilSeconds: number;
  readonly durationSeconds?: number;
  /** How the recording reaches the model, to be set after "is": `converted to MP3 32 kbit/s (14.4 MB), in about 14 parts`. */
  readonly delivery?: string;
  /** The newest words, for a person who waits. */
  readonly latest?: string;
}

export interface TranscribeOutcome {
  /** Partial when `stoppedBy` is set or the recording could be read in part only; its provenance says how far it reaches. */
  readonly transcript: Transcript;
  /** Why it ended early, after at least one segment had been heard. */
  readonly stoppedBy?: EarshotError;
  /** What is wrong with the recording itself: whole sentences, mostly none. */
  readonly warnings: readonly string[];
}

const latestLength = 120;

/** `interview.m4a` packed as WAV is `interview.wav`: servers go by the extension. */
export function pieceFileName(clipName: string, format: MediaFormatName): string {
  const stem = clipName.replace(/\.[^.]*$/, '');
  return `${stem === '' ? 'audio' : stem}.${mediaFormats[format].extensions[0]}`;
}

function shiftWord(word: Word, offsetSeconds: number): Word {
  return { ...word, startSeconds: word.startSeconds + offsetSeconds, endSeconds: word.endSeconds + offsetSeconds };
}

function shift(segment: Segment, offsetSeconds: number): Segment {
  if (offsetSeconds === 0) return segment;
  return {
    ...segment,
    startSeconds: segment.startSeconds + offsetSeconds,
    endSeconds: segment.endSeconds + offsetSeconds,
    ...(segment.words === undefined ? {} : { words: segment.words.map((word) => shiftWord(word, offsetSeconds)) }),
  };
}

/**
 * Writes down one recording. What was heard before a failure or a cancellation is returned, not lost.
 * @throws EarshotError when nothing was heard at all: `clip-silent` before anything is sent, `no-speech`, `cancelled`, or
 * whatever stopped it.
 */
export async function transcribeClip(
  clip: OpenClip,
  options: TranscribeOptions,
  ports: WorkflowPorts,
  signal: AbortSignal,
  onProgress: (progress: TranscribeProgress) => void = () => undefined,
): Promise<TranscribeOutcome> {
  const { provider, model } = options.chosen;
  if (provider.transcribe === undefined) {
    throw new EarshotError('model-lacks-capability', `${provider.label} cannot transcribe. Select another model.`, {
      provider: provider.name,
    });
  }
  const probe = await ports.engine.probe(clip.source, signal);
  if (options.sendSilent !== true && (await ports.engine.isSilent(clip.source, {}, signal))) throw silentClips([clip]);
  const prepared = prepareOptions(model.capabilities);
  const reason = deliveryReason(await ports.engine.plan(clip.source, prepared, signal));
  const { durationSeconds } = probe;
  const delivery =
    reason === undefined || durationSeconds === undefined
      ? reason
      : reason + estimatedCost(options.chosen, { task: 'transcription', audioSeconds: durationSeconds });
  const damage = new DamageReport(clip.name, probe);
  await ports.permit(
    {
      provider,
      model,
      task: 'transcription',
      clipNames: [clip.name],
      byteLength: probe.byteLength,
      ...(probe.durationSeconds === undefined ? {} : { audioSeconds: probe.durationSeconds }),
    },
    signal,
  );
  const sourceSha256 = await ports.engine.sha256(clip.source, signal);
  const segments: Segment[] = [];
  let usage: Usage = {};
  let language = options.language;
  let completeUntilSeconds = 0;
  let stoppedBy: EarshotError | undefined;
  /** What has come of the piece being worked on without times of its own, and where that piece lies. */
  let untimed = { startSeconds: 0, endSeconds: 0, text: '' };

  const report = (latest?: string): void => {
    onProgress({
      completeUntilSeconds,
      ...(probe.durationSeconds === undefined ? {} : { durationSeconds: probe.durationSeconds }),
      ...(delivery === undefined ? {} : { delivery }),
      ...(latest === undefined ? {} : { latest }),
    });
  };
  const add = (segment: Segment): void => {
    if (segment.text.trim() === '') return;
    segments.push(segment);
    completeUntilSeconds = Math.max(completeUntilSeconds, segment.endSeconds);
    report(segment.text);
  };

  report();
  try {
    for await (const piece of ports.engine.prepare(clip.source, prepared, signal)) {
      damage.add(piece);
      const request = {
        model: model.ref.model,
        audio: {
          bytes: piece.bytes,
          format: piece.format,
          fileName: pieceFileName(clip.name, piece.format),
          durationSeconds: piece.endSeconds - piece.startSeconds,
        },
        ...(options.language === undefined ? {} : { language: options.language }),
        ...(options.glossary === undefined ? {} : { glossary: options.glossary }),
      };
      untimed = { startSeconds: piece.startSeconds, endSeconds: piece.endSeconds, text: '' };
      for await (const event of provider.transcribe(request, signal)) {
        if (event.type === 'segment') add(shift(event.segment, piece.startSeconds));
        else if (event.type === 'text') {
          untimed = { ...untimed, text: untimed.text + event.text };
          report(untimed.text.slice(-latestLength));
        } else if (event.type === 'language') language ??= event.language;
        else usage = addUsage(usage, event.usage);
      }
      // Text without times rests on the piece as a whole: that much is known, and no more is claimed.
      add({ ...untimed, text: untimed.text.trim() });
      untimed = { ...untimed, text: '' };
      completeUntilSeconds = piece.endSeconds;
      report();
      throwIfCancelled(signal);
    }
    damage.finish();
  } catch (error) {
    stoppedBy = toEarshotError(error);
    // How far into its piece the text reaches nobody knows: it is kept, and the time up to which all is there stays behind it.
    if (untimed.text.trim() !== '') segments.push({ ...untimed, text: untimed.text.trim() });
    if (segments.length === 0) throw stoppedBy;
  }
  if (segments.length === 0) {
    throw new EarshotError(
      'no-speech',
      `${model.label} heard no speech in ${clip.name}. If there is speech in it, check that the recording is not silent, or select another model.`,
    );
  }
  const reachSeconds = stoppedBy === undefined ? damage.endSeconds : completeUntilSeconds;
  return {
    transcript: {
      segments,
      provenance: {
        sourceName: clip.name,
        sourceSha256,
        model: formatModelRef(model.ref),
        createdAt: ports
          .now()
          .toISOString()
          .replace(/\.\d+Z$/, 'Z'),
        usage,
        ...(probe.durationSeconds === undefined ? {} : { durationSeconds: probe.durationSeconds }),
        ...(language === undefined ? {} : { language }),
        ...(reachSeconds === undefined ? {} : { completeUntilSeconds: reachSeconds }),
      },
    },
    warnings: damage.warnings,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}
