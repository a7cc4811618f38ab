import type { Uri } from 'vscode';

/**
 * What Earshot offers to other extensions. Copy this file; it leans on nothing else.
 *
 * Nothing here shows any interface unless `mayAskUser` is set. What is sent and what it costs is held to the user's
 * settings like everything else in Earshot, and is written into the same ledger. Every failure is an `EarshotApiError`.
 */
export interface EarshotApi {
  /** Another number means that something here has changed in a way that breaks its callers. */
  readonly version: 1;
  /** Looks at the beginning of a recording. Sends nothing. */
  probe(uri: Uri, signal?: AbortSignal): Promise<ClipProbe>;
  /**
   * The recording in a form that a receiver takes, with as little work as will do, cut in pauses of speech where it is too
   * long. Yields each piece as soon as it is ready, in order and without gaps. Sends nothing.
   */
  prepare(uri: Uri, options: PrepareClipOptions, signal?: AbortSignal): AsyncIterable<PreparedPiece>;
  /** What was transcribed before with the same model and settings is not paid for again. Writes no file. */
  transcribe(uri: Uri, options?: TranscribeClipOptions, signal?: AbortSignal): Promise<ClipTranscript>;
  /** @param uris none for a question without a recording */
  ask(uris: readonly Uri[], prompt: string, options?: WorkOptions, signal?: AbortSignal): Promise<Answer>;
  /**
   * Data that is held against the schema; what is not valid is asked for again, and marked when it stays so.
   * @param schema JSON Schema of the drafts 2020-12, 2019-09, 07 or 06
   */
  extract(
    uris: readonly Uri[],
    schema: Readonly<Record<string, unknown>>,
    options?: ExtractOptions,
    signal?: AbortSignal,
  ): Promise<ExtractedData>;
  speak(text: string, options?: SpeakOptions, signal?: AbortSignal): Promise<Speech>;
}

export interface EarshotApiError extends Error {
  /**
   * Why, as one of a closed list of words; those that a caller is most likely to act on: `cancelled`, `consent-needed` (the
   * user would have to be asked), `no-model`, `missing-key`, `local-only`, `over-budget`, `unsupported-media`,
   * `clip-unreadable`, `clip-silent`, `invalid-schema`, `invalid-argument`. `message` says the next step in words for people.
   */
  readonly reason: string;
}

export interface WorkOptions {
  /** `provider:model`, as **Select Audio Model** lists them. Absent: as the user's settings say. */
  readonly model?: string;
  /** Send recordings also where there is nothing to hear in them. Without it they are an error, `clip-silent`. */
  readonly sendSilent?: boolean;
  /**
   * Let Earshot ask the user where the settings want that, in a dialog. Default false: such work then fails with
   * `consent-needed`. Set it only in answer to something that the user has just done.
   */
  readonly mayAskUser?: boolean;
  /** Told what goes on, in a line for a person who waits. */
  readonly onProgress?: (text: string) => void;
}

export interface TranscribeClipOptions extends WorkOptions {
  /** BCP 47. Absent: as the user's settings say, else detected. */
  readonly language?: string;
  /** Names and terms that the recording is likely to hold, on top of those of the settings. */
  readonly glossary?: readonly string[];
}

export interface ExtractOptions extends WorkOptions {
  /** What is wanted beyond the schema. */
  readonly prompt?: string;
  /** How often the model is asked at most, 1 to 10. Default 3. */
  readonly maxAttempts?: number;
}

export interface SpeakOptions extends Pick<WorkOptions, 'model' | 'mayAskUser'> {
  /** One of the model's own. */
  readonly voice?: string;
  /** How to speak: accent, emotion, pace. Ignored by voices that take none. */
  readonly instructions?: string;
  /** 1 is the voice's own pace. */
  readonly speed?: number;
}

/** Absent properties are not known without reading everything. */
export interface ClipProbe {
  /** Found in the bytes; the file's name counts for nothing. */
  readonly container: string;
  readonly codec: string;
  readonly byteLength: number;
  readonly durationSeconds?: number;
  /** Hz. */
  readonly sampleRate?: number;
  readonly channels?: number;
}

export interface PrepareClipOptions {
  /** What the receiver takes, best first: `wav`, `mp3`, `flac`, `ogg`, `m4a`, `webm` and others. */
  readonly formats: readonly string[];
  /** Of one piece. */
  readonly maxBytes?: number;
  /** Of one piece. */
  readonly maxSeconds?: number;
}

export interface PreparedPiece {
  readonly bytes: Uint8Array;
  readonly format: string;
  /** On the recording's own clock, like `endSeconds`. */
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface TranscriptWord {
  readonly text: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 0 to 1. */
  readonly confidence?: number;
}

export interface TranscriptSegment {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
  readonly speaker?: string;
  readonly words?: readonly TranscriptWord[];
  /** The words are somewhere between these times; nobody said where. */
  readonly hasEstimatedTimes?: boolean;
}

export interface ClipTranscript {
  readonly segments: readonly TranscriptSegment[];
  /** The words alone, a segment a line, speakers in front where they change. */
  readonly text: string;
  /** `provider:model`. */
  readonly model: string;
  /** Lower-case hex of the recording's bytes. */
  readonly sourceSha256: string;
  /** As asked for or detected; BCP 47. */
  readonly language?: string;
  /** Set when the work stopped early: everything before this time is there, nothing after. */
  readonly completeUntilSeconds?: number;
  /** What stopped it. Ask once more: it goes on from there. */
  readonly stoppedBy?: EarshotApiError;
  /** What is wrong with the recording, and where the text is doubtful: whole sentences. */
  readonly warnings: readonly string[];
  readonly usage: ApiUsage;
}

/** As the providers counted it. Absent means not said, which is not zero. */
export interface ApiUsage {
  readonly inputTokens?: number;
  readonly inputAudioTokens?: number;
  readonly cachedInputTokens?: number;
  readonly outputTokens?: number;
  readonly outputAudioTokens?: number;
  readonly audioSeconds?: number;
  readonly characters?: number;
}

export interface Answer {
  /** Markdown. */
  readonly text: string;
  /** `audio`: the model heard the recordings. `transcript`: it read them. `transcript-only`: nobody is set up to answer, so the text is what is said. */
  readonly way: 'audio' | 'transcript' | 'transcript-only';
  readonly usage: ApiUsage;
  /** US dollars. Undefined when a part of it has no known price. */
  readonly cost: number | undefined;
  /** The moments that the answer refers to, in its order. */
  readonly citations: readonly AnswerCitation[];
  /** What to know about the answer: whole sentences. */
  readonly notices: readonly string[];
}

export interface AnswerCitation {
  /** The Uri of the recording, as a string. */
  readonly clip: string;
  readonly startSeconds: number;
  /** Equal to the start for a moment. */
  readonly endSeconds: number;
  /** Whether the recording has such a time at all. */
  readonly isInside: boolean;
}

export interface ExtractedData {
  readonly value: unknown;
  readonly isValid: boolean;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
  /** How often the model was asked. */
  readonly attempts: number;
  /** On which moments fields rest. */
  readonly evidence: readonly {
    readonly pointer: string;
    readonly clipIndex: number;
    readonly startSeconds: number;
    readonly endSeconds: number;
  }[];
  readonly usage: ApiUsage;
  /** US dollars. Undefined when a part of it has no known price. */
  readonly cost: number | undefined;
  readonly warnings: readonly string[];
}

export interface Speech {
  /** A file of `format`. */
  readonly bytes: Uint8Array;
  readonly format: string;
  /** What is spoken. */
  readonly transcript: string;
  readonly usage: ApiUsage;
}
