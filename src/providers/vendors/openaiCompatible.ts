import type { ModelRow } from '../modelRows.js';
import type { OpenaiWireVendor } from '../openaiWireVendor.js';

/**
 * Families of models by what their ids give away, for servers that list ids and nothing else. Gathered on 2026-11-20 from the
 * tables of LiteLLM and OpenRouter and from model cards. A wrong guess is put right by the user under `models`.
 */

const hearing = { chat: true, audioInput: true, inputFormats: ['wav', 'mp3'], maxInputBytes: 20_000_000 } as const;
const listening = {
  transcription: true,
  inputFormats: ['wav', 'mp3', 'flac', 'ogg', 'mp4', 'webm'],
  maxInputBytes: 25_000_000,
} as const;

const rows: readonly ModelRow[] = [
  // Neither answers, nor hears, nor speaks.
  {
    match:
      /embed|rerank|moderation|guard|dall-e|gpt-image|stable-diffusion|flux|imagen|sora|veo-|realtime|-live(?:-|$)/i,
    capabilities: { chat: false },
  },
  {
    match: /whisper/i,
    capabilities: { ...listening, transcriptTimes: 'segments' },
  },
  {
    match: /(?:^|[/_.-])gpt-transcribe/i,
    capabilities: { ...listening, maxInputSeconds: 60, transcriptTimes: 'none' },
    transcription: { languageField: 'languages', glossaryField: 'keywords' },
  },
  {
    match: /transcribe|parakeet|canary-|moonshine|[-_/]asr(?:[-_/]|$)|[-_/]stt(?:[-_/]|$)/i,
    capabilities: { ...listening, maxInputSeconds: 60, transcriptTimes: 'none' },
  },
  {
    match: /(?:^|[-_/])tts(?:[-_/]|$)|kokoro|orpheus|[-_/]speech(?:[-_/]|$)/i,
    capabilities: { speech: true, inputFormats: [], outputFormats: ['mp3', 'wav'] },
  },
  { match: /gpt-audio/i, capabilities: { ...hearing, audioOutput: true, tools: true, needsAudio: true } },
  { match: /gemma-?3n|gemma-?4|ultravox|qwen2-audio/i, capabilities: { ...hearing, maxInputSeconds: 30 } },
  {
    match: /gemini-(?!.*(?:tts|image|embedding))|voxtral|qwen[\d.]*-omni|nano-omni|phi-4-multimodal/i,
    capabilities: hearing,
  },
];

export const openaiCompatibleVendor: OpenaiWireVendor = {
  rows,
  needsKey: false,
  listsModels: true,
};
