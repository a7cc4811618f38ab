import type { Capabilities } from '../core/model.js';

export const providerKinds = ['openai', 'gemini', 'anthropic', 'ollama', 'openai-compatible', 'command'] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** One entry of the setting `earshot.providers`, or a preset that needs no entry. */
export interface ProviderSettings {
  readonly kind: ProviderKind;
  readonly label?: string;
  readonly baseUrl?: string;
  /** Whose ways a server of the kind `openai-compatible` has: a name of the table. Absent: told by its address, or nobody's. */
  readonly vendor?: string;
  /** Sent with every request. Not for keys: those are set with the command and kept in the secret store. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the user knows better than our tables; wins over everything. */
  readonly models?: Readonly<Record<string, Partial<Capabilities>>>;
  readonly command?: CommandSettings;
  /** The user's settings have no entry of this name. */
  readonly isPresetOnly?: boolean;
}

/** How a program's output is to be read. */
export const commandOutputs = ['text', 'srt', 'vtt', 'whisper-json', 'word-times'] as const;
export type CommandOutput = (typeof commandOutputs)[number];

/**
 * How speech comes: as a WAV file at `{output}` when the program has ended, or while it speaks, on its standard output, as WAV
 * or as bare samples of 16 bits, little-endian, one channel.
 */
export const speechOutputs = ['file', 'wav', 'pcm'] as const;
export type SpeechOutput = (typeof speechOutputs)[number];

export interface CommandSettings {
  readonly transcription?: {
    /** Program and arguments; `{input} {output} {language} {model}` are replaced within each argument. */
    readonly arguments: readonly string[];
    readonly output: CommandOutput;
    /** Where the output is: a file such as `{output}.srt`; absent: the program's standard output. */
    readonly outputFile?: string;
    /** What the program reads; absent: 16 kHz mono WAV. */
    readonly inputFormats?: readonly string[];
    readonly model?: string;
    readonly language?: string;
  };
  readonly speech?: {
    /** Program and arguments; `{text} {output} {voice} {language} {model}`; without `{text}` the text goes to standard input. */
    readonly arguments: readonly string[];
    /** Absent: `file`. */
    readonly output?: SpeechOutput;
    /** In Hz; for `pcm`, which does not say it itself. */
    readonly sampleRate?: number;
    readonly voice?: string;
    readonly model?: string;
  };
}
