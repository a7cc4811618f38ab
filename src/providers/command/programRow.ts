import type { MediaFormatName } from '../../core/media.js';
import type { ProgramRunner } from '../provider.js';
import type { CommandOutput, SpeechOutput } from '../providerSettings.js';
import type { Argument } from './fillArguments.js';

/** Model files that a program needs and cannot find by itself. */
export interface ModelFiles {
  /** `~` is the home folder. */
  readonly folders: readonly string[];
  readonly suffix: string;
  readonly namePattern: RegExp;
  /** The first pattern that a file fits decides its place. */
  readonly prefer: readonly RegExp[];
  readonly install: string;
}

export interface TranscriptionProgram {
  readonly arguments: readonly Argument[];
  readonly output: CommandOutput;
  /** Name of a file in the work folder, placeholders replaced; absent: standard output. */
  readonly outputFile?: string;
  readonly inputFormats: readonly MediaFormatName[];
  /** Primary subtags of the only languages it knows. */
  readonly languages?: readonly string[];
  /** What stands for "detect it"; absent: the argument is left out. */
  readonly anyLanguage?: string;
  readonly times: 'none' | 'segments' | 'words';
  /** Longest piece to give it at once; absent: as its way of output has it. */
  readonly maxInputSeconds?: number;
}

/** Without `{text}` and `{textFile}` the text goes to standard input. */
export interface SpeechProgram {
  readonly arguments: readonly Argument[];
  /** Where the speech comes; absent: `file`. */
  readonly output?: SpeechOutput;
  /** Of `pcm`. Absent: as the voice's own description says, which lies beside the model file (`voice.onnx.json`, as Piper has it). */
  readonly sampleRate?: number;
  readonly voice?: string;
  readonly languages?: readonly string[];
  /** Line breaks in the text would end it. */
  readonly singleLine?: boolean;
  /** Files to put into the work folder first. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A program that may be on this machine, or that the user has described. */
export interface ProgramRow {
  readonly id: string;
  readonly label: string;
  /** Names to look for on PATH, or an absolute path. */
  readonly executables: readonly string[];
  readonly platforms?: readonly ProgramRunner['platform'][];
  readonly install: string;
  /** A model file that the user named. */
  readonly model?: string;
  readonly modelFiles?: ModelFiles;
  readonly transcription?: TranscriptionProgram;
  readonly speech?: SpeechProgram;
}
