import type { Endpoint } from './bench.ts';
import { chatFields } from './chatRules.ts';
import type { ErrorBody } from './errorBodies.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, textOf } from './json.ts';
import type { ModelRow } from './models.ts';
import { jsonReply } from './reply.ts';
import type { AudioFormat } from './sniff.ts';
import { aimlapiJobs, mistralTranscriptions, openrouterTranscriptions } from './vendorTranscriptions.ts';
import type { VendorRules } from './vendorRules.ts';

const list = (of: (row: ModelRow) => JsonObject): Endpoint => {
  return (_, bench) =>
    Promise.resolve(() => Promise.resolve(jsonReply({ object: 'list', data: [...bench.models.values()].map(of) })));
};

/** Answers this, whatever is asked. */
const always = (value: Json): Endpoint => {
  return () => Promise.resolve(() => Promise.resolve(jsonReply(value)));
};

function messageOf({ body }: ErrorBody): string {
  const error = body['error'];
  return (isObject(error) ? textOf(error['message']) : undefined) ?? 'error';
}

const asItIs = (error: ErrorBody): ErrorBody => error;
const wavMp3 = { wav: 'wav', mp3: 'mp3' } as const;

function withoutFields(...names: readonly string[]): ReadonlySet<string> {
  return new Set([...chatFields].filter((name) => !names.includes(name)));
}

function litellmInfo(row: ModelRow): JsonObject {
  const mode = row.transcription === true ? 'audio_transcription' : row.speech === true ? 'audio_speech' : 'chat';
  return {
    model_name: row.id,
    litellm_params: { model: row.behind ?? `openai/${row.id}` },
    model_info: {
      id: `deployment-${row.id}`,
      db_model: false,
      mode,
      max_tokens: 16_384,
      max_input_tokens: mode === 'chat' ? 128_000 : null,
      max_output_tokens: 16_384,
      input_cost_per_token: 2.5e-6,
      output_cost_per_token: 1e-5,
      // The flag is missing where the price is there, as in a third of the table that LiteLLM ships.
      input_cost_per_audio_token: row.audioInput === true ? 3.2e-5 : null,
      supports_audio_input: null,
      supports_audio_output: row.audioOutput ?? null,
      supports_function_calling: mode === 'chat' ? true : null,
      supports_response_schema: row.structuredOutput ?? null,
      supports_vision: row.imageInput ?? null,
    },
  };
}

function openrouterRow(row: ModelRow): JsonObject {
  const output = row.transcription === true ? 'transcription' : row.speech === true ? 'speech' : 'text';
  return {
    id: row.id,
    name: row.id,
    context_length: 128_000,
    architecture: {
      modality: 'text+audio->text',
      input_modalities: ['text', ...(row.audioInput === true ? ['audio'] : [])],
      output_modalities: [output, ...(row.audioOutput === true ? ['audio'] : [])],
    },
    pricing: { prompt: '0.0000025', completion: '0.00001', audio: '0.000032', audio_output: '0.000064' },
    top_provider: { context_length: 128_000, max_completion_tokens: 16_384, is_moderated: false },
    supported_parameters: ['max_tokens', 'tools', 'tool_choice', 'response_format', 'structured_outputs'],
  };
}

const openrouterList: Endpoint = (request, bench) => {
  const wanted = new URLSearchParams(request.query).get('output_modalities');
  const fits = (row: ModelRow): boolean =>
    wanted === 'transcription'
      ? row.transcription === true
      : wanted === 'speech'
        ? row.speech === true
        : row.transcription !== true && row.speech !== true;
  const rows = [...bench.models.values()].filter(fits).map(openrouterRow);
  return Promise.resolve(() => Promise.resolve(jsonReply({ data: rows })));
};

function mistralRow(row: ModelRow): JsonObject {
  return {
    id: row.id,
    object: 'model',
    owned_by: 'mistralai',
    capabilities: {
      completion_chat: row.chat === true,
      function_calling: row.chat === true,
      vision: false,
      audio: row.audioInput === true,
      audio_transcription: row.transcription === true,
      audio_speech: row.speech === true,
    },
    max_context_length: 32_768,
    deprecation: row.shutdownDate ?? null,
    type: 'base',
  };
}

const jobs = aimlapiJobs();

/** By the names of the presets. */
export const vendorRules = {
  litellm: {
    prefix: '/v1',
    shape: ({ status, body }) => {
      const error = body['error'];
      return { status, body: { error: { ...(isObject(error) ? error : {}), code: String(status) } } };
    },
    endpoints: {
      'GET /model/info': list(litellmInfo),
      'GET /model_group/info': always({ data: [] }),
    },
  },
  openrouter: {
    prefix: '/api/v1',
    open: ['/api/v1/models'],
    chatFormats: { ...wavMp3, aiff: 'aiff', aac: 'aac', ogg: 'ogg', flac: 'flac', m4a: 'mp4' } satisfies Record<
      string,
      AudioFormat
    >,
    shape: (error) => ({
      status: error.status,
      body: { error: { message: messageOf(error), code: error.status }, user_id: 'user_bench' },
    }),
    endpoints: {
      'GET /api/v1/key': always({ data: { label: 'bench', usage: 0, limit: null } }),
      'GET /api/v1/models': openrouterList,
      'POST /api/v1/audio/transcriptions': openrouterTranscriptions,
    },
  },
  mistral: {
    prefix: '/v1',
    // Extra inputs are not permitted.
    chatFields: new Set(
      'model messages stream max_tokens tools tool_choice response_format temperature top_p stop random_seed'.split(
        ' ',
      ),
    ),
    audioBlock: 'bare',
    alwaysUsage: true,
    shape: (error) =>
      error.status === 401
        ? { status: 401, body: { detail: 'Unauthorized' } }
        : {
            status: error.status === 400 ? 422 : error.status,
            body: {
              object: 'error',
              message: { detail: [{ type: 'extra_forbidden', loc: ['body'], msg: messageOf(error) }] },
              type: 'invalid_request_error',
              param: null,
              code: null,
            },
          },
    endpoints: { 'GET /v1/models': list(mistralRow), 'POST /v1/audio/transcriptions': mistralTranscriptions },
  },
  groq: {
    prefix: '/openai/v1',
    chatFields: withoutFields('modalities', 'audio'),
    chatFormats: {},
    shape: ({ status, body }) => {
      const error = body['error'];
      const code = isObject(error) ? error['code'] : null;
      return {
        status,
        body: {
          error: {
            message: messageOf({ status, body }),
            type: 'invalid_request_error',
            ...(code !== null && { code }),
          },
        },
      };
    },
    endpoints: {
      'GET /openai/v1/models': list(({ id }) => ({
        id,
        object: 'model',
        owned_by: 'groq',
        active: true,
        context_window: 131_072,
        max_completion_tokens: 8192,
      })),
    },
  },
  aimlapi: {
    prefix: '/v1',
    defaultMaxTokens: 512,
    open: ['/models'],
    chatFormats: wavMp3,
    shape: (error) => ({
      status: error.status,
      body: {
        requestId: 'bench',
        statusCode: error.status,
        timestamp: '2026-11-21',
        path: '/v1',
        message: messageOf(error),
      },
    }),
    endpoints: {
      'GET /models': (_, bench) =>
        Promise.resolve(() =>
          Promise.resolve(
            jsonReply(
              [...bench.models.values()].map(({ id, transcription }) => ({
                id,
                type: transcription === true ? 'stt' : 'chat-completion',
                info: { name: id, developer: 'bench', contextLength: 128_000, maxTokens: 16_384 },
                features: [],
                endpoints: [],
              })),
            ),
          ),
        ),
      'GET /v1/billing/balance': always({ balance: 10, lowBalance: false }),
      'POST /v1/stt/create': jobs.create,
      'GET /v1/stt/*': jobs.result,
    },
    lacks: ['/audio/transcriptions', '/models'],
  },
  azure: {
    prefix: '/openai',
    keyHeader: 'api-key',
    deployments: true,
    shape: (error) =>
      error.status === 401
        ? {
            status: 401,
            body: {
              error: {
                code: '401',
                message:
                  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
              },
            },
          }
        : asItIs(error),
    endpoints: {},
  },
  vllm: {
    prefix: '/v1',
    shape: asItIs,
    endpoints: {},
    chatFormats: { ...wavMp3, flac: 'flac', ogg: 'ogg', m4a: 'mp4', aac: 'aac', aiff: 'aiff', webm: 'webm' },
  },
  llamacpp: {
    prefix: '/v1',
    shape: ({ status, body }) => ({
      status,
      body: { error: { code: status, message: messageOf({ status, body }), type: 'invalid_request_error' } },
    }),
    endpoints: {
      'GET /props': always({
        modalities: { vision: false, audio: true },
        default_generation_settings: { n_ctx: 8192 },
        total_slots: 1,
      }),
    },
  },
} as const satisfies Record<string, VendorRules>;

export type VendorName = keyof typeof vendorRules;
