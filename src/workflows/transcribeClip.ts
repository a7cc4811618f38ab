import type { PrepareOptions } from '../audio/engine.js';
import { EarshotError, throwIfCancelled, toEarshotError } from '../core/errors.js';
import { mediaFormats, type MediaFormatName } from '../core/media.js';
import { formatModelRef, type Capabilities } from '../core/model.js';
import type { Segment, Transcript, Word } from '../core/transcript.js';
import { addUsage, type Usage } from '../core/usage.js';
import type { ChosenModel } from './chooseModel.js';
import type { OpenClip, WorkflowPorts } from './ports.js';

export interface TranscribeOptions {
  readonly chosen: ChosenModel;
  /** BCP 47; absent: let the model detect it. */
  readonly language?: string;
  readonly glossary?: readonly string[];
}

export interface TranscribeProgress {
  /** How far the text reaches on the recording's clock. */
  readonly completeUntilSeconds: number;
  readonly durationSeconds?: number;
  /** The newest words, for a person who waits. */
  readonly latest?: string;
}

export interface TranscribeOutcome {
  /** Partial when `stoppedBy` is set; its provenance says how far it reaches. */
  readonly transcript: Transcript;
  /** Why it ended early, after at least one segment had been heard. */
  readonly stoppedBy?: EarshotError;
}

const latestLength = 120;

/** What the engine has to make of a recording so that a model with this row takes it. */
export function prepareOptions(capabilities: Capabilities): PrepareOptions {
  return {
    formats: capabilities.inputFormats,
    ...(capabilities.maxInputBytes === undefined ? {} : { maxBytes: capabilities.maxInputBytes }),
    ...(capabilities.maxInputSeconds === undefined ? {} : { maxSeconds: capabilities.maxInputSeconds }),
  };
}

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
 * @throws EarshotError when nothing was heard at all: `no-speech`, `cancelled`, or whatever stopped it.
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
    for await (const piece of ports.engine.prepare(clip.source, prepareOptions(model.capabilities), signal)) {
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
        ...(stoppedBy === undefined ? {} : { completeUntilSeconds }),
      },
    },
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}
