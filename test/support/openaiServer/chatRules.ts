import type { Bench } from './bench.ts';
import { checkSchema, invalidValue, refuseUnknownFields, requireModel } from './bench.ts';
import { errorBody } from './errorBodies.ts';
import type { Json, JsonObject } from './json.ts';
import { isList, isObject, numberOf, textOf } from './json.ts';
import { readJsonBody } from './jsonBody.ts';
import type { ChatContent } from './chatMessages.ts';
import { readMessages } from './chatMessages.ts';
import type { ModelRow } from './models.ts';
import type { OpenRequest } from './recorded.ts';
import { strictSchemaFault } from './strictSchema.ts';
import { refuse, WireError } from './wireError.ts';

/** Every field that `/chat/completions` knows. */
export const chatFields: ReadonlySet<string> = new Set(
  'audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'.split(
    ' ',
  ),
);

const outputFormats = ['wav', 'aac', 'mp3', 'flac', 'opus', 'pcm16'];
const madeFormats = ['wav', 'mp3', 'pcm16'] as const;

export interface SpokenReply {
  readonly voice: string;
  readonly format: (typeof madeFormats)[number];
}

export interface ChatRequest {
  readonly model: ModelRow;
  readonly json: JsonObject;
  readonly content: ChatContent;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly obfuscate: boolean;
  readonly spoken: SpokenReply | undefined;
  readonly maxTokens: number | undefined;
}

/** Reads a chat request, decodes its audio, and refuses whatever OpenAI or a strict reading of its document would. */
export async function readChatRequest(request: OpenRequest, bench: Bench): Promise<ChatRequest> {
  const json = readJsonBody(request);
  refuseUnknownFields(Object.keys(json), bench.vendor?.chatFields ?? chatFields);
  const model = requireModel(bench, json['model']);
  if (model.chat !== true) {
    throw new WireError(
      'model-capability',
      errorBody(
        404,
        'This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?',
        null,
        'model',
      ),
      `${model.id} does not chat`,
    );
  }
  const stream = json['stream'] === true;
  const content = await readMessages(json['messages'], model, request, bench);
  // OpenAI's document does not hold where another server has its own ways.
  if (bench.vendor === undefined) checkSchema(bench, 'CreateChatCompletionRequest', json);
  const spoken = readSpokenReply(json, model, stream);
  if (model.needsAudio === true && content.clips.length === 0 && spoken === undefined) {
    throw refuse('audio-required', 'This model requires that either input content or output modality contain audio.', {
      code: 'invalid_value',
      param: 'model',
    });
  }
  checkResponseFormat(json, model);
  const options = readStreamOptions(json, stream);
  if ((numberOf(json['n']) ?? 1) !== 1) throw refuse('unsupported-here', 'The bench gives one choice only.');
  return {
    model,
    json,
    content,
    stream,
    spoken,
    ...options,
    ...(bench.vendor?.alwaysUsage === true && { includeUsage: true }),
    maxTokens:
      numberOf(json['max_completion_tokens']) ?? numberOf(json['max_tokens']) ?? bench.vendor?.defaultMaxTokens,
  };
}

function readStreamOptions(json: JsonObject, stream: boolean): Pick<ChatRequest, 'includeUsage' | 'obfuscate'> {
  const options = json['stream_options'];
  if (!isObject(options)) return { includeUsage: false, obfuscate: true };
  if (!stream) {
    throw invalidValue('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  }
  refuseUnknownFields(Object.keys(options), new Set(['include_usage', 'include_obfuscation']), 'stream_options.');
  return { includeUsage: options['include_usage'] === true, obfuscate: options['include_obfuscation'] !== false };
}

function checkResponseFormat(json: JsonObject, model: ModelRow): void {
  const format = json['response_format'];
  const type = isObject(format) ? textOf(format['type']) : undefined;
  if (type === undefined || type === 'text') return;
  if (model.structuredOutput === true) {
    checkStrictSchema(format);
    return;
  }
  throw invalidValue(
    'response_format',
    `Invalid parameter: 'response_format' of type '${type}' is not supported with this model.`,
  );
}

function checkStrictSchema(format: Json | undefined): void {
  const given = isObject(format) ? format['json_schema'] : undefined;
  if (!isObject(given) || given['strict'] !== true) return;
  const fault = strictSchemaFault(given['schema']);
  if (fault !== undefined) throw invalidValue('response_format', `Invalid schema for response_format: ${fault}.`);
}

function readSpokenReply(json: JsonObject, model: ModelRow, stream: boolean): SpokenReply | undefined {
  const modalities = json['modalities'];
  const wanted = isList(modalities) && modalities.includes('audio');
  const audio = json['audio'];
  if (!wanted) {
    if (isObject(audio)) {
      throw invalidValue('audio', "The 'audio' parameter needs 'audio' among the 'modalities'.");
    }
    return undefined;
  }
  if (model.audioOutput !== true) {
    throw refuse('model-capability', `Model ${model.id} does not support output modality 'audio'.`, {
      code: 'invalid_value',
      param: 'modalities',
    });
  }
  const format = isObject(audio) ? textOf(audio['format']) : undefined;
  const voice = isObject(audio) ? audio['voice'] : undefined;
  const voiceName = textOf(voice) ?? (isObject(voice) ? textOf(voice['id']) : undefined);
  if (format === undefined || voiceName === undefined) {
    throw refuse('missing-field', "Missing required parameter: 'audio'.", {
      code: 'missing_required_parameter',
      param: 'audio',
    });
  }
  if (!outputFormats.includes(format)) {
    throw invalidValue('audio.format', `Invalid value: '${format}'. Supported values are: ${quoted(outputFormats)}.`);
  }
  if (stream && format !== 'pcm16') {
    throw refuse(
      'invalid-value',
      `audio.format does not support '${format}' when stream=true. Supported values are: 'pcm16'`,
      { code: 'unsupported_value', param: 'audio.format' },
    );
  }
  const made = madeFormats.find((known) => known === format);
  if (made === undefined) throw refuse('unsupported-here', `The bench makes no ${format}; ask for wav, mp3 or pcm16.`);
  return { voice: voiceName, format: made };
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
