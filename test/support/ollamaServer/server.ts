import { fromStrictBase64, utf8 } from '../openaiServer/bytes.ts';
import { splitPrompt, usualAnswer } from '../openaiServer/chatAnswer.ts';
import { errorBody } from '../openaiServer/errorBodies.ts';
import type { Json, JsonObject } from '../openaiServer/json.ts';
import { isList, isObject, textOf } from '../openaiServer/json.ts';
import { receiveAudio, textTokens } from '../openaiServer/receiveAudio.ts';
import type { OpenRequest, ReceivedAudio } from '../openaiServer/recorded.ts';
import type { Reply } from '../openaiServer/reply.ts';
import { jsonReply, textReply } from '../openaiServer/reply.ts';
import { sniff } from '../openaiServer/sniff.ts';
import { hearTones } from '../openaiServer/tones.ts';
import { WireError } from '../openaiServer/wireError.ts';
import { checkFields, instanceOf, listAt, objectAt, readJson, textAt } from '../wireServer/jsonFields.ts';
import type { WireServer } from '../wireServer/wireServer.ts';
import { Refusal, startWireServer } from '../wireServer/wireServer.ts';

/** A strict stand-in for Ollama: version, tags, show, and chat in lines of JSON. */

interface OllamaModel {
  readonly capabilities: readonly string[];
  readonly architecture: string;
  readonly contextLength: number;
  /** Seconds of one clip. */
  readonly hearsSeconds?: number;
  readonly remoteHost?: string;
}

const models: Readonly<Record<string, OllamaModel>> = {
  'gemma4:e4b': {
    capabilities: ['completion', 'vision', 'audio', 'tools', 'thinking'],
    architecture: 'gemma4',
    contextLength: 131_072,
    hearsSeconds: 30,
  },
  'llama3.2:latest': { capabilities: ['completion', 'tools'], architecture: 'llama', contextLength: 8192 },
  'nomic-embed-text:latest': { capabilities: ['embedding'], architecture: 'nomic-bert', contextLength: 2048 },
  'gpt-oss:120b-cloud': {
    capabilities: ['completion', 'tools', 'thinking'],
    architecture: 'gptoss',
    contextLength: 131_072,
    remoteHost: 'https://ollama.com:443',
  },
};

const chatFields = 'model messages stream? think? tools? format? options? keep_alive?';
const optionNames = ['num_ctx', 'num_predict'];

export interface OllamaServer extends WireServer {
  setAnswer(answer: string | (() => string) | undefined): void;
  /** How often `/api/show` has been asked, and for what. */
  shown(): readonly string[];
}

export function errorReply(status: number, error: string): Reply {
  return jsonReply({ error }, status);
}

export function errorLine(error: string): Uint8Array {
  return utf8(`${JSON.stringify({ error })}\n`);
}

function refuse(message: string, status = 400): Refusal {
  return new Refusal(errorReply(status, message), message);
}

function turnAway(status: number, message: string): Refusal {
  return new Refusal(errorReply(status, message), undefined);
}

export async function startOllamaServer(): Promise<OllamaServer> {
  let fixedAnswer: string | (() => string) | undefined;
  const server = await startWireServer(async (request) => {
    checkHeaders(request);
    switch (`${request.method} ${request.path}`) {
      case 'GET /api/version':
        return () => jsonReply({ version: '0.31.2' });
      case 'GET /api/tags':
        return () => jsonReply({ models: Object.entries(models).map(tag) });
      case 'POST /api/show': {
        request.json = readJson(request, refuse);
        checkFields(request.json, 'model verbose?', '', refuse);
        const model = findModel(request.json);
        return () => jsonReply(show(model));
      }
      case 'POST /api/chat': {
        request.json = readJson(request, refuse);
        const chat = await readChat(request, request.json);
        return () => answer(chat, typeof fixedAnswer === 'function' ? fixedAnswer() : fixedAnswer);
      }
      default:
        throw new Refusal(textReply('404 page not found', 'text/plain', 404), `no such path ${request.path}`);
    }
  });
  return Object.assign(server, {
    setAnswer: (text: string | (() => string) | undefined) => {
      fixedAnswer = text;
    },
    shown: () =>
      server.requestsTo('/api/show').map(({ json }) => (isObject(json) ? (textOf(json['model']) ?? '') : '')),
  });
}

function checkHeaders({ headers }: OpenRequest): void {
  if (headers['user-agent']?.includes('ollama-js') === true) throw refuse('the user agent tells about the machine');
  if (headers['authorization'] !== undefined) throw refuse('nobody asked for a key');
}

function findModel(json: JsonObject): OllamaModel {
  const id = textAt(json, 'model', '', refuse);
  const model = models[id] ?? models[`${id}:latest`];
  if (model === undefined) throw turnAway(404, `model '${id}' not found`);
  return model;
}

function tag([id, model]: [string, OllamaModel]): JsonObject {
  return {
    name: id,
    model: id,
    modified_at: '2026-08-01T00:00:00Z',
    size: 5_000_000_000,
    digest: `digest-of-${id}`,
    details: { family: model.architecture, parameter_size: '4B', quantization_level: 'Q4_K_M' },
    ...(model.remoteHost === undefined ? {} : { remote_host: model.remoteHost, remote_model: id }),
  };
}

function show({ capabilities, architecture, contextLength }: OllamaModel): JsonObject {
  return {
    license: '',
    modelfile: '',
    template: '',
    details: { family: architecture },
    model_info: { 'general.architecture': architecture, [`${architecture}.context_length`]: contextLength },
    capabilities: [...capabilities],
  };
}

interface Chat {
  readonly json: JsonObject;
  readonly clips: readonly ReceivedAudio[];
  readonly texts: readonly string[];
  readonly lastTexts: readonly string[];
  readonly toolTexts: readonly string[];
}

async function readChat(request: OpenRequest, json: JsonObject): Promise<Chat> {
  checkFields(json, chatFields, '', refuse);
  const model = findModel(json);
  const can = (name: string): boolean => model.capabilities.includes(name);
  if (!can('completion')) throw refuse(`${JSON.stringify(json['model'])} does not support chat`);
  if (json['think'] !== undefined && !can('thinking'))
    throw refuse(`${JSON.stringify(json['model'])} does not support thinking`);
  if (json['tools'] !== undefined && !can('tools'))
    throw refuse(`${JSON.stringify(json['model'])} does not support tools`);
  for (const [name, value] of Object.entries(objectAt(json['options'] ?? {}, 'options', refuse))) {
    if (!optionNames.includes(name) || !Number.isInteger(value)) throw refuse(`invalid option ${name}`);
  }
  const texts: string[] = [];
  let lastTexts: string[] = [];
  let toolTexts: string[] = [];
  let lastRole = '';
  for (const [index, each] of listAt(json['messages'], 'messages', refuse).entries()) {
    const at = `messages.${index}`;
    const message = objectAt(each, at, refuse);
    checkFields(message, 'role content images? tool_calls? tool_name?', at, refuse);
    const role = textAt(message, 'role', at, refuse);
    if (!['system', 'user', 'assistant', 'tool'].includes(role)) throw refuse(`${at}: invalid role`);
    const content = textAt(message, 'content', at, refuse);
    if (role === 'user' && lastRole !== 'user') lastTexts = [];
    if (role === 'tool' && lastRole !== 'tool') toolTexts = [];
    if (role === 'user') toolTexts = [];
    lastRole = role;
    texts.push(content);
    if (role === 'user') lastTexts.push(content);
    if (role === 'tool') toolTexts.push(content);
    for (const media of isList(message['images']) ? message['images'] : []) {
      const clip = await readMedia(media, model, at);
      if (clip !== undefined) request.audio.push(clip);
    }
  }
  checkContext(json, texts, request.audio, model);
  return { json, clips: [...request.audio], texts, lastTexts, toolTexts };
}

/** By the first bytes alone; what is no sound is a picture. */
async function readMedia(media: Json, model: OllamaModel, at: string): Promise<ReceivedAudio | undefined> {
  const bytes = fromStrictBase64(textOf(media) ?? 'not a text');
  if (typeof bytes === 'string') throw refuse(`${at}.images: illegal base64 data, it ${bytes}`);
  const seen = sniff(bytes);
  if (seen !== 'wav' && seen !== 'mp3') {
    if (!model.capabilities.includes('vision')) throw refuse('this model is missing data required for image input');
    const isPicture = bytes[0] === 0x89 || bytes[0] === 0xff;
    if (!isPicture) throw refuse('Failed to load image or audio file');
    return undefined;
  }
  if (!model.capabilities.includes('audio')) throw refuse('audio input is not supported by this model');
  const clip = await receiveAudio(bytes, seen, (rule, detail) => new WireError(rule, errorBody(400, detail), detail));
  if (clip.sampleRate !== 16_000 || clip.channels !== 1) throw refuse('sound of another kind than 16 kHz mono');
  if (clip.durationSeconds > (model.hearsSeconds ?? Infinity))
    throw refuse(`a clip of ${clip.durationSeconds} seconds`);
  return clip;
}

/** The real server would cut off the beginning without a word. */
function checkContext(
  json: JsonObject,
  texts: readonly string[],
  clips: readonly ReceivedAudio[],
  model: OllamaModel,
): void {
  const options = objectAt(json['options'] ?? {}, 'options', refuse);
  const room = Number(options['num_ctx'] ?? 4096);
  if (room > model.contextLength) throw refuse(`num_ctx ${room} is more than the model has`);
  const needed = promptTokens(texts, clips);
  if (needed > room) throw refuse(`a prompt of ${needed} tokens in a context of ${room}: its beginning would be lost`);
}

function promptTokens(texts: readonly string[], clips: readonly ReceivedAudio[]): number {
  return (
    textTokens(texts.join('')) + Math.ceil(clips.reduce((sum, { durationSeconds }) => sum + durationSeconds * 25, 0))
  );
}

function answer({ json, clips, texts, lastTexts, toolTexts }: Chat, fixedAnswer: string | undefined): Reply {
  const { transcript, question } = splitPrompt(texts, lastTexts);
  const heard = clips.map((audio) => {
    const { words } = hearTones(audio.samples, audio.sampleRate);
    return { audio, heard: { text: words.map(({ word }) => word).join(' '), words: [], language: 'en' } };
  });
  const base = { model: json['model'] ?? '', created_at: '2026-08-21T10:00:00Z' };
  const lines: JsonObject[] = [];
  let text = fixedAnswer ?? usualAnswer({ clips: heard as never, transcript, question });
  let reason = 'stop';
  if (isList(json['tools']) && toolTexts.length === 0 && question.includes('tool')) {
    const [tool] = json['tools'];
    const described = isObject(tool) && isObject(tool['function']) ? tool['function'] : {};
    const call = { function: { name: described['name'] ?? '', arguments: { query: question } } };
    lines.push({ ...base, message: { role: 'assistant', content: '', tool_calls: [call] }, done: false });
    text = '';
  } else if (json['format'] !== undefined && fixedAnswer === undefined)
    text = JSON.stringify(instanceOf(json['format'], question));
  else if (toolTexts.length > 0) text = `The tool says: ${toolTexts.join(' | ')}`;
  // A model that may think does so, and says nothing.
  if (textOf(json['model'])?.startsWith('gemma4') === true && json['think'] !== false) text = '';
  const most = Number(objectAt(json['options'] ?? {}, 'options', refuse)['num_predict'] ?? Infinity) * 4;
  if (text.length > most) [text, reason] = [text.slice(0, most), 'length'];
  for (const piece of text.match(/[\s\S]{1,12}/g) ?? []) {
    lines.push({ ...base, message: { role: 'assistant', content: piece }, done: false });
  }
  lines.push({
    ...base,
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: reason,
    total_duration: 1,
    prompt_eval_count: promptTokens(texts, clips),
    eval_count: textTokens(text),
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/x-ndjson' },
    pieces: lines.map((line) => utf8(`${JSON.stringify(line)}\n`)),
    streamed: true,
  };
}
