import type { MediaFormatName } from '../../core/media.js';
import type { OpenaiWireVendor } from '../openaiWireVendor.js';
import { modelTables } from './modelTables.js';

/** Any server that speaks OpenAI's wire format and of which nothing else is known. */
export const openaiCompatibleVendor: OpenaiWireVendor = {
  label: 'OpenAI-compatible server',
  rows: modelTables.openaiCompatible,
  needsKey: false,
  listing: 'openai',
  offers: 'listing',
};

const everyFormat: readonly MediaFormatName[] = ['wav', 'mp3', 'flac', 'ogg', 'mp4', 'aac', 'aiff', 'webm'];

/**
 * Those of which more is known, by the name of their preset: an entry here is all that a new one takes. In the order of
 * `auto`: what the user has a key for, then what may run on this machine.
 */
export const compatibleVendors: Readonly<Record<string, OpenaiWireVendor>> = {
  openrouter: {
    label: 'OpenRouter',
    rows: modelTables.openrouter,
    traits: {
      chat: { audioFormats: ['wav', 'mp3', 'aiff', 'aac', 'ogg', 'flac', 'mp4'] },
      transcription: { request: 'json', glossaryField: 'none' },
      speech: { pcmSampleRate: 24_000 },
    },
    baseUrl: 'https://openrouter.ai/api/v1',
    needsKey: true,
    keyPage: 'https://openrouter.ai/settings/keys',
    keyCheckPath: '/key',
    listing: 'openrouter',
    offers: 'listing',
  },
  mistral: {
    label: 'Mistral',
    rows: modelTables.mistral,
    traits: {
      // Whatever it does not know it refuses: it sends the usage without being asked.
      chat: { audioBlock: 'bare', asksForUsage: false },
      transcription: {
        glossaryField: 'context_bias',
        speakers: true,
        detail: 'fields',
        listFields: 'bare',
        timesWithLanguage: false,
      },
    },
    baseUrl: 'https://api.mistral.ai/v1',
    needsKey: true,
    keyPage: 'https://console.mistral.ai/api-keys',
    listing: 'openai',
    offers: 'listing',
  },
  groq: {
    label: 'Groq',
    rows: modelTables.groq,
    baseUrl: 'https://api.groq.com/openai/v1',
    needsKey: true,
    keyPage: 'https://console.groq.com/keys',
    listing: 'openai',
    offers: 'listing',
  },
  aimlapi: {
    label: 'AI/ML API',
    rows: modelTables.aimlapi,
    // Its own limit, where none is sent, is 512.
    traits: { chat: { defaultMaxTokens: 4096 }, transcription: { request: 'job', glossaryField: 'none' } },
    baseUrl: 'https://api.aimlapi.com/v1',
    needsKey: true,
    keyPage: 'https://aimlapi.com/app/keys',
    keyCheckPath: '/billing/balance',
    listing: 'aimlapi',
    offers: 'listing',
  },
  azure: {
    label: 'Azure OpenAI',
    rows: modelTables.azure,
    traits: { chat: { keepsSpokenReplies: true }, speech: { pcmSampleRate: 24_000 } },
    baseUrlExample: 'https://my-resource.openai.azure.com/openai/v1',
    hosts: /\.(?:openai|cognitiveservices|services\.ai)\.azure\.com$/,
    needsKey: true,
    keyHeader: 'api-key',
    keyPage: 'https://portal.azure.com',
    // What it lists is what could be deployed, not what is.
    listing: 'none',
    offers: 'table',
  },
  litellm: {
    label: 'LiteLLM',
    rows: modelTables.openaiCompatible,
    baseUrl: 'http://127.0.0.1:4000/v1',
    needsKey: false,
    listing: 'litellm',
    offers: 'listing',
    falselyHearing: /(?:^|\/)(?:grok-|gpt-4o(?!.*audio))/,
    mayBeAbsent: true,
  },
  vllm: {
    label: 'vLLM',
    rows: modelTables.openaiCompatible,
    // It reads whatever its decoders read.
    traits: { chat: { audioFormats: everyFormat } },
    baseUrl: 'http://127.0.0.1:8000/v1',
    needsKey: false,
    listing: 'openai',
    offers: 'listing',
    mayBeAbsent: true,
  },
  llamacpp: {
    label: 'llama.cpp',
    rows: modelTables.openaiCompatible,
    baseUrl: 'http://127.0.0.1:8080/v1',
    needsKey: false,
    listing: 'llamacpp',
    offers: 'listing',
    mayBeAbsent: true,
  },
};
