import type { ModelRow } from '../modelRows.js';
import type { OpenaiWireVendor } from '../openaiWireVendor.js';

/**
 * State of 2026-11-20, from OpenAI's model, pricing and deprecation pages and the types of its SDK 7.55.0. The first row that
 * can do a thing is the one `auto` takes. Rows past their end date are not offered.
 */

const audioChat = {
  chat: true,
  needsAudio: true,
  audioInput: true,
  audioOutput: true,
  tools: true,
  inputFormats: ['wav', 'mp3'],
  outputFormats: ['wav', 'mp3'],
  // No limit is documented; base64 adds a third, and 20 MB are 10 minutes of 16 kHz WAV.
  maxInputBytes: 20_000_000,
  maxContextTokens: 128_000,
  maxOutputTokens: 16_384,
} as const;

/** Text plus audio costs; structured outputs are not supported by these models. */
const audioPrices = {
  inputTextPerMillion: 2.5,
  outputTextPerMillion: 10,
  inputAudioPerMillion: 32,
  outputAudioPerMillion: 64,
} as const;

const textChat = { chat: true, tools: true, structuredOutput: true, inputFormats: [] } as const;

const listening = {
  transcription: true,
  inputFormats: ['wav', 'mp3', 'flac', 'ogg', 'mp4', 'webm'],
  // 25 MiB for the whole request, of which the form takes a little.
  maxInputBytes: 25_000_000,
} as const;

const speaking = { speech: true, inputFormats: [], outputFormats: ['mp3', 'wav', 'flac', 'aac'] } as const;

const rows: readonly ModelRow[] = [
  {
    match: 'gpt-audio-1.5',
    capabilities: { ...audioChat, prices: audioPrices },
  },
  // Third parties name 2027-01-20 as its end, OpenAI does not.
  { match: 'gpt-audio', capabilities: { ...audioChat, prices: audioPrices } },
  {
    match: 'gpt-audio-mini',
    capabilities: {
      ...audioChat,
      prices: {
        inputTextPerMillion: 0.6,
        outputTextPerMillion: 2.4,
        inputAudioPerMillion: 10,
        outputAudioPerMillion: 20,
      },
      endDate: '2027-01-20',
    },
  },
  { match: 'gpt-6.1-terra', capabilities: textChat },
  { match: 'gpt-6.1-sol', capabilities: textChat },
  { match: 'gpt-6-luna', capabilities: textChat },
  { match: 'gpt-6-sol', capabilities: textChat },
  { match: 'gpt-6-astra', capabilities: textChat },
  // First among the recognisers while it lives: the only one whose answer has times, without which a transcript cannot play.
  {
    match: 'whisper-1',
    label: 'Whisper',
    capabilities: {
      ...listening,
      transcriptTimes: 'words',
      prices: { perAudioMinute: 0.006 },
      endDate: '2027-02-26',
    },
  },
  {
    match: 'gpt-transcribe',
    capabilities: {
      ...listening,
      // Its answer has no times. Short pieces, cut at pauses, give the transcript some; the price is by the minute either way.
      maxInputSeconds: 60,
      transcriptTimes: 'none',
      prices: { perAudioMinute: 0.0045 },
    },
    transcription: { languageField: 'languages', glossaryField: 'keywords', streams: true },
  },
  {
    match: 'gpt-4o-transcribe-diarize',
    capabilities: {
      ...listening,
      maxInputSeconds: 600,
      transcriptTimes: 'segments',
      prices: { inputTextPerMillion: 2.5, inputAudioPerMillion: 2.5, outputTextPerMillion: 10 },
      endDate: '2027-02-26',
    },
    transcription: { glossaryField: 'none', streams: true, speakers: true },
  },
  {
    match: 'gpt-4o-transcribe',
    capabilities: {
      ...listening,
      // It writes 2,000 tokens at most, about ten minutes of dense speech, and drops the rest without a word.
      maxInputSeconds: 60,
      transcriptTimes: 'none',
      prices: { inputTextPerMillion: 2.5, inputAudioPerMillion: 2.5, outputTextPerMillion: 10 },
      endDate: '2027-02-26',
    },
    transcription: { streams: true },
  },
  {
    match: 'gpt-4o-mini-transcribe',
    capabilities: {
      ...listening,
      maxInputSeconds: 60,
      transcriptTimes: 'none',
      prices: { inputTextPerMillion: 1.25, inputAudioPerMillion: 1.25, outputTextPerMillion: 5 },
      endDate: '2027-02-26',
    },
    transcription: { streams: true },
  },
  {
    match: 'gpt-4o-mini-tts',
    capabilities: { ...speaking, endDate: '2027-01-06' },
    speech: { maxCharacters: 4096 },
  },
  {
    match: 'tts-1',
    capabilities: { ...speaking, prices: { perMillionCharacters: 15 }, endDate: '2027-01-06' },
    speech: { maxCharacters: 4096 },
  },
  {
    match: 'tts-1-hd',
    capabilities: { ...speaking, prices: { perMillionCharacters: 30 }, endDate: '2027-01-06' },
    speech: { maxCharacters: 4096 },
  },
  // Families: dated snapshots and what comes next. Never in a list, only when the user names one.
  { match: /^gpt-audio-/, capabilities: audioChat },
  {
    match: /transcribe/,
    capabilities: { ...listening, maxInputSeconds: 60, transcriptTimes: 'none' },
    transcription: { streams: true },
  },
  { match: /(?:^|-)tts(?:-|$)/, capabilities: speaking, speech: { maxCharacters: 4096 } },
  { match: /^(?:gpt|o\d|chatgpt)/, capabilities: textChat },
];

export const openaiVendor: OpenaiWireVendor = {
  rows: rows.map((row) => ({ ...row, chat: { maxTokensField: 'max_completion_tokens', ...row.chat } })),
  baseUrl: 'https://api.openai.com/v1',
  needsKey: true,
  keyPage: 'https://platform.openai.com/api-keys',
  listsModels: false,
};
