import { fromStrictBase64 } from './bytes.ts';
import type { Bench } from './bench.ts';
import { invalidValue, refuseUnknownFields } from './bench.ts';
import { tooLarge } from './errorBodies.ts';
import type { Json, JsonObject } from './json.ts';
import { isList, isObject, textOf } from './json.ts';
import type { ModelRow } from './models.ts';
import { receiveAudio } from './receiveAudio.ts';
import type { OpenRequest, ReceivedAudio } from './recorded.ts';
import { sniff } from './sniff.ts';
import { refuse, WireError } from './wireError.ts';

/** What the messages of a chat request hold. */
export interface ChatContent {
  readonly clips: readonly ReceivedAudio[];
  /** Text parts of every message, in order. */
  readonly texts: readonly string[];
  /** Text parts of the last user message. */
  readonly lastUserTexts: readonly string[];
}

const messageFields: Readonly<Record<string, ReadonlySet<string>>> = {
  developer: new Set(['role', 'content', 'name']),
  system: new Set(['role', 'content', 'name']),
  user: new Set(['role', 'content', 'name']),
  assistant: new Set(['role', 'content', 'name', 'refusal', 'audio', 'tool_calls', 'function_call']),
  tool: new Set(['role', 'content', 'tool_call_id']),
  function: new Set(['role', 'content', 'name']),
};

const partFields: Readonly<Record<string, ReadonlySet<string>>> = {
  text: new Set(['type', 'text', 'prompt_cache_breakpoint']),
  input_audio: new Set(['type', 'input_audio', 'prompt_cache_breakpoint']),
  image_url: new Set(['type', 'image_url', 'prompt_cache_breakpoint']),
  file: new Set(['type', 'file', 'prompt_cache_breakpoint']),
  refusal: new Set(['type', 'refusal']),
};

const partsOfUser = ['text', 'image_url', 'input_audio', 'file'];
const partsOfRole: Readonly<Record<string, readonly string[]>> = {
  user: partsOfUser,
  assistant: ['text', 'refusal'],
};

/** Reads the messages strictly, and decodes their audio. */
export async function readMessages(
  messages: Json | undefined,
  model: ModelRow,
  request: OpenRequest,
  bench: Bench,
): Promise<ChatContent> {
  if (!isList(messages) || messages.length === 0) {
    throw refuse('missing-field', "Missing required parameter: 'messages'.", {
      code: 'missing_required_parameter',
      param: 'messages',
    });
  }
  const texts: string[] = [];
  let lastUserTexts: string[] = [];
  const asked = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    const role = isObject(message) ? textOf(message['role']) : undefined;
    const fields = role === undefined ? undefined : messageFields[role];
    if (!isObject(message) || role === undefined || fields === undefined) {
      throw invalidValue(`${at}.role`, `Invalid value: ${JSON.stringify(role ?? null)} as role of ${at}.`);
    }
    refuseUnknownFields(Object.keys(message), fields, `${at}.`);
    if (role === 'assistant') checkSpokenBefore(message, at, bench);
    for (const call of isList(message['tool_calls']) ? message['tool_calls'] : []) {
      asked.add(isObject(call) ? (textOf(call['id']) ?? '') : '');
    }
    if (role === 'tool' && !asked.has(textOf(message['tool_call_id']) ?? '')) {
      throw invalidValue(
        `${at}.tool_call_id`,
        "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      );
    }
    const parts = readParts(message['content'], role, at);
    if (parts.some(isImage) && parts.some(isAudio)) {
      throw refuse('images-with-audio', 'Images and audio are not supported together in one message.', {
        code: 'invalid_value',
        param: `${at}.content`,
      });
    }
    const own: string[] = [];
    for (const [place, part] of parts.entries()) {
      const text = textOf(part['text']);
      if (text !== undefined) own.push(text);
      if (isImage(part)) refuseImages(model);
      if (isAudio(part)) request.audio.push(await readClip(part, `${at}.content[${place}]`, model, bench));
    }
    texts.push(...own);
    if (role === 'user') lastUserTexts = own;
  }
  return { clips: [...request.audio], texts, lastUserTexts };
}

function isImage(part: JsonObject): boolean {
  return part['type'] === 'image_url';
}

function isAudio(part: JsonObject): boolean {
  return part['type'] === 'input_audio';
}

function readParts(content: Json | undefined, role: string, at: string): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!isList(content)) {
    if (role === 'assistant' && (content === undefined || content === null)) return [];
    throw invalidValue(`${at}.content`, `Invalid value for 'content': expected a string, got ${typeof content}.`);
  }
  if (content.length === 0) throw invalidValue(`${at}.content`, `Invalid '${at}.content': empty array.`);
  return content.map((part, index) => {
    const place = `${at}.content[${index}]`;
    const type = isObject(part) ? textOf(part['type']) : undefined;
    const fields = type === undefined ? undefined : partFields[type];
    const allowed = partsOfRole[role] ?? ['text'];
    if (!isObject(part) || type === undefined || fields === undefined || !allowed.includes(type)) {
      const values = allowed.map((value) => `'${value}'`).join(', ');
      throw invalidValue(
        `${place}.type`,
        `Invalid value: ${JSON.stringify(type ?? null)}. Supported values are: ${values}.`,
      );
    }
    refuseUnknownFields(Object.keys(part), fields, `${place}.`);
    if (type === 'text' && textOf(part['text']) === undefined) {
      throw invalidValue(`${place}.text`, `Invalid type for '${place}.text': expected a string.`);
    }
    return part;
  });
}

function refuseImages(model: ModelRow): void {
  if (model.imageInput === true) return;
  throw refuse('model-capability', 'Invalid content type. image_url is only supported by certain models.', {
    code: 'invalid_value',
    param: 'messages',
  });
}

function checkSpokenBefore(message: JsonObject, at: string, bench: Bench): void {
  const audio = message['audio'];
  if (audio === undefined || audio === null) return;
  const id = isObject(audio) ? textOf(audio['id']) : undefined;
  if (isObject(audio)) refuseUnknownFields(Object.keys(audio), new Set(['id']), `${at}.audio.`);
  if (id === undefined || !bench.spokenIds.has(id)) {
    throw invalidValue(`${at}.audio.id`, `Audio with id '${id ?? ''}' not found.`);
  }
}

async function readClip(part: JsonObject, at: string, model: ModelRow, bench: Bench): Promise<ReceivedAudio> {
  if (model.audioInput !== true) {
    throw refuse('model-capability', 'Content blocks are expected to be either text or image_url type.', {
      detail: `${model.id} does not take audio`,
    });
  }
  const inner = bareSound(part['input_audio'], bench) ?? part['input_audio'];
  if (!isObject(inner)) throw invalidValue(`${at}.input_audio`, `Invalid type for '${at}.input_audio'.`);
  refuseUnknownFields(Object.keys(inner), new Set(['data', 'format']), `${at}.input_audio.`);
  const format = textOf(inner['format']);
  const data = textOf(inner['data']);
  const formats = bench.vendor?.chatFormats ?? { wav: 'wav', mp3: 'mp3' };
  const promised = format === undefined ? undefined : formats[format];
  if (format === undefined || promised === undefined) {
    throw invalidValue(
      `${at}.input_audio.format`,
      `Invalid value: ${JSON.stringify(format ?? null)}. Supported values are: ${Object.keys(formats)
        .map((name) => `'${name}'`)
        .join(' and ')}.`,
    );
  }
  if (data === undefined) {
    throw refuse('missing-field', `Missing required parameter: '${at}.input_audio.data'.`, {
      code: 'missing_required_parameter',
      param: `${at}.input_audio.data`,
    });
  }
  const bytes = fromStrictBase64(data);
  if (typeof bytes === 'string') throw wrongFormat('base64', `${at}.input_audio.data ${bytes}`);
  if (bytes.byteLength > bench.limits.chatAudioBytes) {
    const answer = tooLarge(bench.limits.chatAudioBytes, bytes.byteLength);
    throw new WireError('too-large', answer, `${at} holds ${bytes.byteLength} bytes of audio`);
  }
  if (bytes.byteLength === 0) throw wrongFormat('audio-empty', `${at} holds no audio`);
  const seen = sniff(bytes);
  if (seen !== promised) throw wrongFormat('mislabelled', `${at} is called ${format} but its bytes are ${seen}`);
  return receiveAudio(bytes, promised, (rule, detail) => wrongFormat(rule, `${at}: ${detail}`));
}

/** The base64 alone, where that is how a vendor has it: the bytes say what they are. */
function bareSound(inner: Json | undefined, bench: Bench): JsonObject | undefined {
  if (bench.vendor?.audioBlock !== 'bare') return undefined;
  const bytes = fromStrictBase64(textOf(inner) ?? '');
  if (typeof bytes === 'string') throw wrongFormat('base64', bytes);
  return { data: inner, format: sniff(bytes) };
}

/** OpenAI's one answer to audio in a chat request that it cannot read, whatever the reason. */
function wrongFormat(rule: 'base64' | 'mislabelled' | 'audio-damaged' | 'audio-empty', detail: string): WireError {
  return refuse(rule, 'This model does not support the format you provided.', {
    code: 'unsupported_format',
    param: 'messages',
    detail,
  });
}
