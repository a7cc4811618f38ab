export type TranscriptionFormat = 'json' | 'text' | 'srt' | 'verbose_json' | 'vtt' | 'diarized_json';

/** What one model can do. A test adds rows of its own for models with other names. */
export interface ModelRow {
  readonly id: string;
  /** Answers `/chat/completions`. */
  readonly chat?: boolean;
  readonly audioInput?: boolean;
  readonly audioOutput?: boolean;
  /** Refuses a chat request with no audio in and none wanted out, as the gpt-audio models do. */
  readonly needsAudio?: boolean;
  readonly structuredOutput?: boolean;
  readonly imageInput?: boolean;
  readonly transcription?: boolean;
  /** Default: all but `diarized_json`. */
  readonly transcriptionFormats?: readonly TranscriptionFormat[];
  readonly transcriptionStreams?: boolean;
  readonly transcriptionUsage?: 'tokens' | 'duration';
  readonly keywords?: boolean;
  readonly logprobs?: boolean;
  readonly diarizes?: boolean;
  /** Longest clip that is transcribed. */
  readonly maxSeconds?: number;
  readonly speech?: boolean;
  readonly speechInstructions?: boolean;
  readonly speechEvents?: boolean;
  readonly shutdownDate?: string;
  /** Behind a name of a gateway's own: the model that it stands for. */
  readonly behind?: string;
}

export const plainTranscriptionFormats: readonly TranscriptionFormat[] = ['json', 'text', 'srt', 'verbose_json', 'vtt'];

const gptAudio = { chat: true, audioInput: true, audioOutput: true, needsAudio: true } as const;
const gptText = { chat: true, structuredOutput: true, imageInput: true } as const;
const gpt4oTranscribe = {
  transcription: true,
  transcriptionFormats: ['json'],
  transcriptionStreams: true,
  transcriptionUsage: 'tokens',
  logprobs: true,
  maxSeconds: 1500,
  shutdownDate: '2027-02-26',
} as const;
const tts1 = { speech: true, shutdownDate: '2027-01-06' } as const;
const miniTts = { ...tts1, speechInstructions: true, speechEvents: true } as const;

/** OpenAI's audio models of November 2026, and two that know text only. */
export const defaultModels: readonly ModelRow[] = [
  { id: 'gpt-audio-1.5', ...gptAudio },
  { id: 'gpt-audio', ...gptAudio },
  { id: 'gpt-audio-mini', ...gptAudio, shutdownDate: '2027-01-20' },
  { id: 'gpt-audio-mini-2025-12-15', ...gptAudio, shutdownDate: '2027-01-20' },
  { id: 'gpt-6-luna', ...gptText },
  { id: 'gpt-5-mini', ...gptText, shutdownDate: '2026-12-11' },
  {
    id: 'gpt-transcribe',
    transcription: true,
    transcriptionFormats: ['json'],
    transcriptionStreams: true,
    transcriptionUsage: 'tokens',
    keywords: true,
  },
  { id: 'gpt-4o-transcribe', ...gpt4oTranscribe },
  { id: 'gpt-4o-mini-transcribe', ...gpt4oTranscribe },
  { id: 'gpt-4o-mini-transcribe-2025-12-15', ...gpt4oTranscribe },
  {
    id: 'gpt-4o-transcribe-diarize',
    ...gpt4oTranscribe,
    transcriptionFormats: ['json', 'text', 'diarized_json'],
    logprobs: false,
    diarizes: true,
    maxSeconds: 1400,
  },
  {
    id: 'whisper-1',
    transcription: true,
    transcriptionFormats: plainTranscriptionFormats,
    transcriptionUsage: 'duration',
    shutdownDate: '2027-02-26',
  },
  { id: 'tts-1', ...tts1 },
  { id: 'tts-1-hd', ...tts1 },
  { id: 'gpt-4o-mini-tts', ...miniTts },
  { id: 'gpt-4o-mini-tts-2025-12-15', ...miniTts },
];
