import { anthropicKey, startAnthropicServer } from '../support/anthropicServer/server.ts';
import { geminiKey, startGeminiServer } from '../support/geminiServer/server.ts';
import { startOllamaServer } from '../support/ollamaServer/server.ts';
import { startOpenAIServer } from '../support/openaiServer/server.ts';
import type { ModelRow } from '../support/openaiServer/models.ts';
import type { Sniffed } from '../support/openaiServer/sniff.ts';
import type { VendorName } from '../support/openaiServer/vendors.ts';

/** Sound as a server received and decoded it. */
export interface Received {
  /** What the bytes are. */
  readonly format: string;
  readonly sampleRate: number;
  /** Mixed to one channel. */
  readonly samples: Float32Array;
}

/** A server that a provider talks to. */
export interface MatrixServer {
  /** The right key; absent: the one that all servers of OpenAI's kind take; null: none is asked for. */
  readonly key?: string | null;
  /** The entry of the provider in the settings. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** All the sound that came since the last call. */
  takeReceived(): readonly Received[];
  /** What a right client would not have sent. */
  problems(): readonly unknown[];
  close(): Promise<void>;
}

/**
 * A provider in the matrix. A new kind of provider joins with an entry in `matrixProviders`: its server, a model, and what its
 * documentation says that the model takes.
 */
export interface MatrixProvider {
  readonly name: string;
  readonly start: () => Promise<MatrixServer>;
  readonly ways: readonly {
    readonly way: 'question' | 'transcription';
    readonly model: string;
    /** As the bytes are sniffed. Empty: the model hears nothing, and every recording has to be refused. */
    readonly documented: readonly string[];
  }[];
}

const openaiFiles = ['flac', 'mp3', 'mp4', 'ogg', 'wav', 'webm'] as const satisfies readonly Sniffed[];
const wavMp3 = ['wav', 'mp3'] as const satisfies readonly Sniffed[];

function start(
  vendor: VendorName | undefined,
  models: readonly ModelRow[],
  settings: Readonly<Record<string, unknown>> = {},
  base?: string,
): () => Promise<MatrixServer> {
  return async () => {
    const server = await startOpenAIServer({ models, recogniser: 'tones', ...(vendor !== undefined && { vendor }) });
    let taken = 0;
    return {
      entry: { baseUrl: base === undefined ? server.baseUrl : `${server.origin}${base}`, ...settings },
      takeReceived: () => {
        const received = server.requests.slice(taken).flatMap(({ audio }) => audio);
        taken = server.requests.length;
        return received;
      },
      problems: () => server.problems,
      close: () => server.close(),
    };
  };
}

/** A server of another kind, which keeps what it heard with each request. */
interface OtherServer {
  readonly requests: readonly { readonly audio: readonly Received[] }[];
  readonly problems: readonly unknown[];
  close(): Promise<void>;
}

function startOther<Server extends OtherServer>(
  open: () => Promise<Server>,
  entryOf: (server: Server) => Readonly<Record<string, unknown>>,
  key: string | null,
): () => Promise<MatrixServer> {
  return async () => {
    const server = await open();
    let taken = 0;
    return {
      entry: entryOf(server),
      key,
      takeReceived: () => {
        const received = server.requests.slice(taken).flatMap(({ audio }) => audio);
        taken = server.requests.length;
        return received;
      },
      problems: () => server.problems,
      close: () => server.close(),
    };
  };
}

const hearing = (id: string): ModelRow => ({ id, chat: true, audioInput: true });
const listening = (id: string): ModelRow => ({ id, transcription: true });

export const matrixProviders: readonly MatrixProvider[] = [
  {
    name: 'openai',
    start: start(undefined, [hearing('gpt-audio-1.5'), listening('whisper-1'), { id: 'gpt-6-luna', chat: true }]),
    ways: [
      { way: 'question', model: 'gpt-audio-1.5', documented: wavMp3 },
      { way: 'question', model: 'gpt-6-luna', documented: [] },
      { way: 'transcription', model: 'whisper-1', documented: openaiFiles },
    ],
  },
  {
    name: 'gemini',
    start: startOther(startGeminiServer, ({ baseUrl }) => ({ baseUrl }), geminiKey),
    ways: [
      { way: 'question', model: 'gemini-3.8-flash', documented: ['wav', 'mp3', 'aiff', 'aac', 'ogg', 'flac'] },
      {
        way: 'transcription',
        model: 'gemini-3.5-transcribe',
        documented: ['wav', 'mp3', 'aiff', 'aac', 'ogg', 'flac'],
      },
    ],
  },
  {
    name: 'anthropic',
    start: startOther(startAnthropicServer, ({ origin }) => ({ baseUrl: origin }), anthropicKey),
    ways: [{ way: 'question', model: 'claude-sonnet-5-5', documented: [] }],
  },
  {
    name: 'ollama',
    start: startOther(startOllamaServer, ({ origin }) => ({ baseUrl: origin }), null),
    ways: [
      { way: 'question', model: 'gemma4:e4b', documented: ['wav'] },
      { way: 'question', model: 'llama3.2:latest', documented: [] },
    ],
  },
  {
    name: 'litellm',
    start: start('litellm', [{ ...hearing('ours'), behind: 'gemini/gemini-2.5-flash' }, listening('whisper')]),
    ways: [
      { way: 'question', model: 'ours', documented: wavMp3 },
      { way: 'transcription', model: 'whisper', documented: openaiFiles },
    ],
  },
  {
    name: 'openrouter',
    start: start('openrouter', [
      hearing('google/gemini-3.6-flash'),
      hearing('mistralai/voxtral-small-24b-2507'),
      listening('openai/whisper-1'),
    ]),
    ways: [
      {
        way: 'question',
        model: 'google/gemini-3.6-flash',
        documented: ['wav', 'mp3', 'aiff', 'aac', 'ogg', 'flac', 'mp4'],
      },
      { way: 'question', model: 'mistralai/voxtral-small-24b-2507', documented: wavMp3 },
      {
        way: 'transcription',
        model: 'openai/whisper-1',
        documented: ['wav', 'mp3', 'flac', 'mp4', 'ogg', 'webm', 'aac'],
      },
    ],
  },
  {
    name: 'mistral',
    start: start('mistral', [hearing('voxtral-small-latest'), listening('voxtral-mini-2602')]),
    ways: [
      { way: 'question', model: 'voxtral-small-latest', documented: wavMp3 },
      { way: 'transcription', model: 'voxtral-mini-2602', documented: ['mp3', 'wav', 'mp4', 'flac', 'ogg'] },
    ],
  },
  {
    name: 'groq',
    start: start('groq', [listening('whisper-large-v3-turbo'), { id: 'llama-4', chat: true }]),
    ways: [
      { way: 'question', model: 'llama-4', documented: [] },
      { way: 'transcription', model: 'whisper-large-v3-turbo', documented: openaiFiles },
    ],
  },
  {
    name: 'aimlapi',
    start: start('aimlapi', [hearing('hears'), listening('#g1_whisper-large')], {
      models: { hears: { audioInput: true, inputFormats: ['wav', 'mp3'] } },
    }),
    ways: [
      { way: 'question', model: 'hears', documented: wavMp3 },
      { way: 'transcription', model: '#g1_whisper-large', documented: wavMp3 },
    ],
  },
  {
    name: 'azure',
    start: start(
      'azure',
      [hearing('gpt-audio-1.5'), listening('whisper')],
      {
        models: { 'gpt-audio-1.5': {}, whisper: {} },
      },
      '/openai/v1',
    ),
    ways: [
      { way: 'question', model: 'gpt-audio-1.5', documented: wavMp3 },
      { way: 'transcription', model: 'whisper', documented: openaiFiles },
    ],
  },
  {
    name: 'vllm',
    start: start('vllm', [hearing('ultravox'), listening('whisper')]),
    ways: [
      { way: 'question', model: 'ultravox', documented: [...openaiFiles, 'aac', 'aiff'] },
      { way: 'transcription', model: 'whisper', documented: openaiFiles },
    ],
  },
  {
    name: 'llamacpp',
    start: start('llamacpp', [hearing('some.gguf')]),
    ways: [{ way: 'question', model: 'some.gguf', documented: wavMp3 }],
  },
];
