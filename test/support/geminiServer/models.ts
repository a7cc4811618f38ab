export interface GeminiModelRow {
  readonly id: string;
  /** `chat` answers in text, `transcribe` in timed words, `speak` in sound; `embed` has nothing to do with any of them. */
  readonly does: 'chat' | 'transcribe' | 'speak' | 'embed';
  readonly hears?: boolean;
  /** Wants a signature with every first call of a tool. */
  readonly signs?: boolean;
  readonly inputTokenLimit?: number;
  /** In what form it speaks. */
  readonly speaks?: 'samples' | 'wav' | 'wav-in-pieces';
}

export const geminiModels: readonly GeminiModelRow[] = [
  { id: 'gemini-3.8-flash', does: 'chat', hears: true, signs: true },
  { id: 'gemini-2.5-flash', does: 'chat', hears: true },
  { id: 'gemini-5-future', does: 'chat', hears: true, inputTokenLimit: 2_000_000 },
  { id: 'gemini-3.5-transcribe', does: 'transcribe', hears: true },
  { id: 'gemini-2.5-flash-preview-tts', does: 'speak', speaks: 'samples' },
  { id: 'gemini-3.8-flash-tts', does: 'speak', speaks: 'wav' },
  { id: 'gemini-3.8-flash-lite-tts', does: 'speak', speaks: 'wav-in-pieces' },
  { id: 'gemini-embedding-001', does: 'embed' },
];
