import type { TranscriptionEvent } from '../provider.js';
import type { CommandOutput } from '../providerSettings.js';
import type { Segment } from '../../core/transcript.js';
import { parseSrt, parseVtt } from './captions.js';
import type { TranscriptionProgram } from './programRow.js';
import { parseWhisperJson } from './whisperJson.js';
import { wordTimesReader } from './wordTimes.js';

export interface OutputReader {
  /** A line of standard output, as the program writes it; gives what can be said already. */
  line(value: string): readonly TranscriptionEvent[];
  /**
   * The whole output, when the program has ended. Gives what `line` has not given.
   * Undefined when it is not in the format at all.
   */
  end(content: string): readonly TranscriptionEvent[] | undefined;
}

const segmentEvents = (segments: readonly Segment[]): readonly TranscriptionEvent[] =>
  segments.map((segment) => ({ type: 'segment', segment }));

/** Formats that can only be read whole. */
function wholeReader(parse: (content: string) => readonly TranscriptionEvent[] | undefined): () => OutputReader {
  return () => ({ line: () => [], end: (content) => (content.trim() === '' ? [] : parse(content)) });
}

/** Whether the output says something while the program runs, instead of everything at its end. */
export function readsLines({ output, outputFile }: Pick<TranscriptionProgram, 'output' | 'outputFile'>): boolean {
  return outputFile === undefined && (output === 'text' || output === 'word-times');
}

/** How each format is read; the lines of a reader are used only when the output is standard output. */
export const outputReaders: Readonly<Record<CommandOutput, (linesCome: boolean) => OutputReader>> = {
  text: (linesCome) => ({
    line: (value) => (value.trim() === '' ? [] : [{ type: 'text', text: `${value.trim()}\n` }]),
    end: (content) =>
      linesCome || content.trim() === '' ? [] : [{ type: 'text', text: content.replace(/^\uFEFF/, '').trim() }],
  }),
  srt: wholeReader((content) => {
    const segments = parseSrt(content);
    return segments.length === 0 && !content.includes('-->') ? undefined : segmentEvents(segments);
  }),
  vtt: wholeReader((content) => {
    const segments = parseVtt(content);
    return segments === undefined ? undefined : segmentEvents(segments);
  }),
  'whisper-json': wholeReader(parseWhisperJson),
  'word-times': (linesCome) => {
    const reader = wordTimesReader();
    return {
      line: (value) => segmentEvents(reader.line(value)),
      end: (content) => {
        const late = linesCome ? [] : content.split(/\r?\n/).flatMap((value) => reader.line(value));
        return segmentEvents([...late, ...reader.end()]);
      },
    };
  },
};
