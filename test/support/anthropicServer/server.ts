import { utf8 } from '../openaiServer/bytes.ts';
import { splitPrompt, usualAnswer } from '../openaiServer/chatAnswer.ts';
import type { Json, JsonObject } from '../openaiServer/json.ts';
import { isList, isObject, textOf } from '../openaiServer/json.ts';
import { heardTokens, textTokens } from '../openaiServer/receiveAudio.ts';
import type { OpenRequest } from '../openaiServer/recorded.ts';
import type { Reply } from '../openaiServer/reply.ts';
import { jsonReply } from '../openaiServer/reply.ts';
import { hearTones } from '../openaiServer/tones.ts';
import { checkFields, instanceOf, listAt, objectAt, readJson, textAt } from '../wireServer/jsonFields.ts';
import type { WireServer } from '../wireServer/wireServer.ts';
import { startWireServer } from '../wireServer/wireServer.ts';
import { refuse, turnAway } from './errors.ts';
import type { Content } from './readMessages.ts';
import { checkSchema, readMessages } from './readMessages.ts';

/** A strict stand-in for Anthropic's API: messages (plain, streamed, cached, tools, JSON) and the list of models. */

export const anthropicKey = 'sk-ant-bench-0123456789abcdef';

const models: Readonly<
  Record<string, { readonly maxTokens: number; readonly hearsAudio?: boolean; readonly retiresAt?: string }>
> = {
  'claude-sonnet-5-5': { maxTokens: 128_000 },
  'claude-haiku-5-5': { maxTokens: 128_000 },
  /** What a gateway, or the future, may have. */
  'claude-ear-9': { maxTokens: 64_000, hearsAudio: true, retiresAt: '2099-10-01T00:00:00Z' },
};

const requestFields =
  'model max_tokens messages system? tools? tool_choice? output_config? stream? metadata? stop_sequences?';

export interface AnthropicServer extends WireServer {
  /** Replaces the usual answer. */
  setAnswer(answer: string | (() => string) | undefined): void;
}

export async function startAnthropicServer(): Promise<AnthropicServer> {
  const cache = new Set<string>();
  const signatures = new Set<string>();
  let fixedAnswer: string | (() => string) | undefined;
  const server = await startWireServer(async (request) => {
    checkHeaders(request);
    const { path, method } = request;
    if (path === '/v1/models' && method === 'GET') return () => modelList(request);
    if (path !== '/v1/messages') throw turnAway(404, 'Not Found');
    if (method !== 'POST') throw refuse('Method Not Allowed', 405);
    const json = readJson(request, refuse);
    request.json = json;
    const model = checkRequest(json);
    const content = await readMessages(json, { hearsAudio: model.hearsAudio === true, signatures });
    request.audio.push(...content.clips);
    return () =>
      answer(json, content, cache, signatures, typeof fixedAnswer === 'function' ? fixedAnswer() : fixedAnswer);
  });
  return Object.assign(server, {
    setAnswer: (answerText: string | (() => string) | undefined) => {
      fixedAnswer = answerText;
    },
  });
}

function checkHeaders({ headers }: OpenRequest): void {
  if (headers['anthropic-version'] !== '2026-10-21') throw refuse('anthropic-version: header is required');
  const extra = Object.keys(headers).filter((name) => /^(?:x-stainless|anthropic-(?!version)|traceparent)/.test(name));
  if (extra.length > 0) throw refuse(`headers that are nobody's business: ${extra.join(', ')}`);
  const bearer = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1];
  const key = headers['x-api-key'] ?? bearer;
  if (key === undefined) throw turnAway(401, 'x-api-key header is required');
  if (key !== anthropicKey) throw turnAway(401, 'invalid x-api-key');
}

function modelList(request: OpenRequest): Reply {
  const limit = Number(new URLSearchParams(request.query).get('limit') ?? 20);
  const all = Object.entries(models).map(([id, { maxTokens, hearsAudio, retiresAt }]) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-10-07T00:00:00Z',
    lifecycle: 'active',
    retires_at: retiresAt ?? null,
    max_input_tokens: 1_000_000,
    max_tokens: maxTokens,
    capabilities: {
      image_input: { supported: true },
      structured_outputs: { supported: true },
      ...(hearsAudio === true ? { audio_input: { supported: true } } : {}),
    },
  }));
  const retired = { type: 'model', id: 'claude-old-1', display_name: 'Old', lifecycle: 'retired' };
  const data = [...all, retired].slice(0, limit);
  return jsonReply({
    data,
    first_id: data[0]?.id ?? null,
    has_more: limit <= all.length,
    last_id: data.at(-1)?.id ?? null,
  });
}

function checkRequest(json: JsonObject): { readonly hearsAudio?: boolean } {
  for (const name of ['temperature', 'top_p', 'top_k']) {
    if (json[name] !== undefined) throw refuse(`${name}: this parameter was removed in 2026-10-21`);
  }
  checkFields(json, requestFields, '', refuse);
  const id = textAt(json, 'model', '', refuse);
  const model = models[id];
  if (model === undefined) throw turnAway(404, `model: ${id}`);
  const maxTokens = json['max_tokens'];
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1 || maxTokens > model.maxTokens) {
    throw refuse(
      `max_tokens: ${JSON.stringify(maxTokens)} is not allowed for ${id}, whose maximum is ${model.maxTokens}`,
    );
  }
  for (const [index, each] of (isList(json['tools']) ? json['tools'] : []).entries()) {
    const tool = objectAt(each, `tools.${index}`, refuse);
    checkFields(tool, 'name description? input_schema strict? cache_control?', `tools.${index}`, refuse);
    if (!/^[\w-]{1,128}$/.test(textAt(tool, 'name', `tools.${index}`, refuse)))
      throw refuse(`tools.${index}.name: bad`);
    if (objectAt(tool['input_schema'], `tools.${index}.input_schema`, refuse)['type'] !== 'object') {
      throw refuse(`tools.${index}.input_schema.type: Input should be 'object'`);
    }
  }
  const choice = isObject(json['tool_choice']) ? textOf(json['tool_choice']['type']) : 'auto';
  if (!['auto', 'any', 'none', 'tool'].includes(choice ?? '')) throw refuse(`tool_choice: ${choice ?? ''}`);
  if (json['tool_choice'] !== undefined && json['tools'] === undefined) throw refuse('tool_choice without tools');
  const format = isObject(json['output_config']) ? json['output_config']['format'] : undefined;
  if (format !== undefined) {
    const given = objectAt(format, 'output_config.format', refuse);
    checkFields(given, 'type schema', 'output_config.format', refuse);
    checkSchema(given['schema'], 'output_config.format.schema');
  }
  return model;
}

function answer(
  json: JsonObject,
  content: Content,
  cache: Set<string>,
  signatures: Set<string>,
  fixedAnswer: string | undefined,
): Reply {
  const { transcript, question } = splitPrompt(content.texts, content.lastTexts);
  const clips = content.clips.map((audio) => {
    const { words } = hearTones(audio.samples, audio.sampleRate);
    return { audio, heard: { text: words.map(({ word }) => word).join(' '), words: [], language: 'en' } };
  });
  const usual = usualAnswer({ clips: clips as never, transcript, question });
  const choice = isObject(json['tool_choice']) ? json['tool_choice']['type'] : 'auto';
  const blocks: JsonObject[] = [];
  let stop: JsonObject = { stop_reason: 'end_turn', stop_sequence: null };
  if (question.includes('forbidden')) {
    const details = { type: 'refusal', category: 'bio', explanation: 'This falls under the usage policy.' };
    stop = { stop_reason: 'refusal', stop_sequence: null, stop_details: details };
  } else if (
    isList(json['tools']) &&
    choice !== 'none' &&
    !isWords(fixedAnswer) &&
    (choice === 'any' || question.includes('tool'))
  ) {
    const [tool] = listAt(json['tools'], 'tools', refuse);
    const signature = `signed-${signatures.size}+/==`;
    signatures.add(signature);
    blocks.push({ type: 'thinking', thinking: 'A tool will do.', signature });
    blocks.push({
      type: 'tool_use',
      id: `toolu_${signatures.size}`,
      name: isObject(tool) ? (tool['name'] ?? '') : '',
      input:
        fixedAnswer === undefined
          ? { query: question, words: clips[0]?.heard.text ?? '' }
          : (JSON.parse(fixedAnswer) as JsonObject),
    });
    stop = { stop_reason: 'tool_use', stop_sequence: null };
  } else {
    const format = isObject(json['output_config']) ? json['output_config']['format'] : undefined;
    const text =
      isObject(format) && fixedAnswer === undefined
        ? JSON.stringify(instanceOf(format['schema'], question))
        : content.toolResults.length > 0
          ? `The tool says: ${content.toolResults.join(' | ')}`
          : (fixedAnswer ?? usual);
    const most = Number(json['max_tokens']) * 4;
    blocks.push({ type: 'text', text: text.slice(0, most) });
    if (text.length > most) stop = { stop_reason: 'max_tokens', stop_sequence: null };
  }
  const usage = countUsage(content, clips, cache);
  const message = {
    id: 'msg_013Zva2CMHLNnXjNJJKqJ2EF',
    type: 'message',
    role: 'assistant',
    model: json['model'] ?? '',
  };
  const outputTokens = textTokens(JSON.stringify(blocks));
  if (json['stream'] !== true) {
    return jsonReply({ ...message, content: blocks, ...stop, usage: { ...usage, output_tokens: outputTokens } });
  }
  return eventsReply([
    {
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    { type: 'ping' },
    ...blocks.flatMap(blockEvents),
    { type: 'message_delta', delta: stop, usage: { input_tokens: null, output_tokens: outputTokens } },
    { type: 'message_stop' },
  ]);
}

/** An answer that a test fixed and that is no object, which would be a call's input. */
function isWords(fixedAnswer: string | undefined): boolean {
  if (fixedAnswer === undefined) return false;
  try {
    return !isObject(JSON.parse(fixedAnswer) as Json);
  } catch {
    return true;
  }
}

function countUsage(
  content: Content,
  clips: readonly { audio: { durationSeconds: number } }[],
  cache: Set<string>,
): JsonObject {
  const whole =
    textTokens(content.whole) + clips.reduce((sum, { audio }) => sum + heardTokens(audio.durationSeconds), 0);
  const prefix = content.cachedPrefixes.at(-1);
  // Short prompts are not kept.
  if (prefix === undefined || prefix.length < 1000) {
    return { input_tokens: whole, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  }
  const kept = Math.min(whole, textTokens(prefix));
  const isHit = cache.has(prefix);
  cache.add(prefix);
  return {
    input_tokens: whole - kept,
    cache_creation_input_tokens: isHit ? 0 : kept,
    cache_read_input_tokens: isHit ? kept : 0,
  };
}

/** In pieces of a few letters, as it would come from a model at work. */
function blockEvents(block: JsonObject, index: number): JsonObject[] {
  const pieces = (text: string): string[] => text.match(/[\s\S]{1,12}/g) ?? [];
  const start = { type: 'content_block_start', index };
  const delta = (value: JsonObject): JsonObject => ({ type: 'content_block_delta', index, delta: value });
  const stop = { type: 'content_block_stop', index };
  switch (block['type']) {
    case 'thinking':
      return [
        { ...start, content_block: { type: 'thinking', thinking: '', signature: '' } },
        ...pieces(textOf(block['thinking']) ?? '').map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block['signature'] ?? '' }),
        stop,
      ];
    case 'tool_use':
      return [
        { ...start, content_block: { ...block, input: {} } },
        delta({ type: 'input_json_delta', partial_json: '' }),
        ...pieces(JSON.stringify(block['input'])).map((part) =>
          delta({ type: 'input_json_delta', partial_json: part }),
        ),
        stop,
      ];
    default:
      return [
        { ...start, content_block: { type: 'text', text: '' } },
        ...pieces(textOf(block['text']) ?? '').map((text) => delta({ type: 'text_delta', text })),
        stop,
      ];
  }
}

function eventsReply(events: readonly JsonObject[]): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    pieces: events.map((event) =>
      utf8(`event: ${textOf(event['type']) ?? ''}\ndata: ${JSON.stringify(event satisfies Json)}\n\n`),
    ),
    streamed: true,
  };
}
