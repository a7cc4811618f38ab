import { fromStrictBase64 } from '../openaiServer/bytes.ts';
import type { Json, JsonObject } from '../openaiServer/json.ts';
import { isList, isObject, textOf } from '../openaiServer/json.ts';
import { receiveAudio } from '../openaiServer/receiveAudio.ts';
import type { ReceivedAudio } from '../openaiServer/recorded.ts';
import { sniff } from '../openaiServer/sniff.ts';
import { WireError } from '../openaiServer/wireError.ts';
import { errorBody } from '../openaiServer/errorBodies.ts';
import { checkFields, listAt, objectAt, textAt } from '../wireServer/jsonFields.ts';
import { refuse } from './errors.ts';

/** What the messages of a request hold. */
export interface Content {
  readonly clips: readonly ReceivedAudio[];
  readonly texts: readonly string[];
  readonly lastTexts: readonly string[];
  readonly toolResults: readonly string[];
  /** What stands before each cache mark, and the mark's block with it. */
  readonly cachedPrefixes: readonly string[];
  /** All blocks, marks left out. */
  readonly whole: string;
}

const fieldsOf: Readonly<Record<string, string>> = {
  text: 'type text cache_control?',
  image: 'type source cache_control?',
  audio: 'type source cache_control?',
  tool_use: 'type id name input cache_control?',
  tool_result: 'type tool_use_id content? is_error? cache_control?',
  thinking: 'type thinking signature',
  redacted_thinking: 'type data',
};
const typesOf: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image', 'audio', 'tool_result'],
  assistant: ['text', 'tool_use', 'thinking', 'redacted_thinking'],
};

export interface Rules {
  readonly hearsAudio: boolean;
  readonly signatures: ReadonlySet<string>;
}

/** Reads system prompt and messages strictly, and decodes their audio. */
export async function readMessages(json: JsonObject, rules: Rules): Promise<Content> {
  const clips: ReceivedAudio[] = [];
  const texts: string[] = [];
  const cachedPrefixes: string[] = [];
  let lastTexts: string[] = [];
  let toolResults: string[] = [];
  let openCalls: readonly string[] = [];
  let prefix = JSON.stringify(json['tools'] ?? []);

  const pass = (block: JsonObject, at: string): void => {
    const { cache_control: mark, ...rest } = block;
    prefix += JSON.stringify(rest);
    if (mark === undefined || mark === null) return;
    const control = objectAt(mark, `${at}.cache_control`, refuse);
    checkFields(control, 'type ttl?', `${at}.cache_control`, refuse);
    if (control['type'] !== 'ephemeral') throw refuse(`${at}.cache_control.type: Input should be 'ephemeral'`);
    cachedPrefixes.push(prefix);
  };

  for (const [index, part] of (isList(json['system']) ? json['system'] : []).entries()) {
    const block = objectAt(part, `system.${index}`, refuse);
    checkFields(block, 'type text cache_control?', `system.${index}`, refuse);
    checkText(block, `system.${index}`);
    pass(block, `system.${index}`);
  }
  const messages = listAt(json['messages'], 'messages', refuse);
  if (messages.length === 0) throw refuse('messages: at least one message is required');
  for (const [index, each] of messages.entries()) {
    const at = `messages.${index}`;
    const message = objectAt(each, at, refuse);
    checkFields(message, 'role content', at, refuse);
    const role = textAt(message, 'role', at, refuse);
    const allowed = typesOf[role];
    if (allowed === undefined) throw refuse(`${at}.role: Input should be 'user' or 'assistant'`);
    if (index === 0 && role !== 'user') throw refuse('messages: first message must use the "user" role');
    const blocks = readBlocks(message['content'], allowed, at);
    const answered = blocks
      .filter(({ type }) => type === 'tool_result')
      .map((block) => textOf(block['tool_use_id']) ?? '');
    checkResults(openCalls, answered, blocks, at);
    openCalls = [];
    if (role === 'user') [lastTexts, toolResults] = [[], []];
    for (const [place, block] of blocks.entries()) {
      const where = `${at}.content.${place}`;
      pass(block, where);
      switch (textOf(block['type']) ?? '') {
        case 'text':
          checkText(block, where);
          texts.push(textOf(block['text']) ?? '');
          if (role === 'user') lastTexts.push(textOf(block['text']) ?? '');
          break;
        case 'image':
          readSource(block, where, ['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
          break;
        case 'audio':
          clips.push(await readClip(block, where, rules));
          break;
        case 'tool_use':
          objectAt(block['input'], `${where}.input`, refuse);
          openCalls = [...openCalls, textAt(block, 'id', where, refuse)];
          break;
        case 'tool_result':
          toolResults.push(textAt(block, 'content', where, refuse));
          break;
        case 'thinking':
          if (!rules.signatures.has(textAt(block, 'signature', where, refuse))) {
            throw refuse(`${where}: Invalid \`signature\` in \`thinking\` block`);
          }
      }
    }
  }
  if (cachedPrefixes.length > 4) throw refuse('A maximum of 4 blocks with cache_control may be provided.');
  return { clips, texts, lastTexts, toolResults, cachedPrefixes, whole: prefix };
}

function readBlocks(content: Json | undefined, allowed: readonly string[], at: string): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const blocks = listAt(content, `${at}.content`, refuse);
  if (blocks.length === 0) throw refuse(`${at}: all messages must have non-empty content`);
  return blocks.map((each, place) => {
    const where = `${at}.content.${place}`;
    const block = objectAt(each, where, refuse);
    const type = textAt(block, 'type', where, refuse);
    const fields = fieldsOf[type];
    if (fields === undefined || !allowed.includes(type)) {
      throw refuse(`${where}: Input tag '${type}' found using 'type' does not match any of the expected tags`);
    }
    checkFields(block, fields, where, refuse);
    return block;
  });
}

function checkText(block: JsonObject, at: string): void {
  if (textAt(block, 'text', at, refuse).trim() === '') {
    throw refuse(`${at}: text content blocks must contain non-whitespace text`);
  }
}

/** Every call is answered in the very next message, before anything else in it. */
function checkResults(
  open: readonly string[],
  answered: readonly string[],
  blocks: readonly JsonObject[],
  at: string,
): void {
  const missing = open.filter((id) => !answered.includes(id));
  if (missing.length > 0)
    throw refuse(`${at}: tool_use ids were found without tool_result blocks: ${missing.join(', ')}`);
  const strange = answered.filter((id) => !open.includes(id));
  if (strange.length > 0) throw refuse(`${at}: unexpected tool_use_id in tool_result blocks: ${strange.join(', ')}`);
  const firstOther = blocks.findIndex(({ type }) => type !== 'tool_result');
  const lastResult = blocks.findLastIndex(({ type }) => type === 'tool_result');
  if (firstOther >= 0 && lastResult > firstOther) throw refuse(`${at}: tool_result blocks must come first`);
}

function readSource(block: JsonObject, at: string, types: readonly string[]): { bytes: Uint8Array; mediaType: string } {
  const source = objectAt(block['source'], `${at}.source`, refuse);
  checkFields(source, 'type media_type data', `${at}.source`, refuse);
  const mediaType = textAt(source, 'media_type', `${at}.source`, refuse);
  if (source['type'] !== 'base64') throw refuse(`${at}.source.type: Input should be 'base64'`);
  if (!types.includes(mediaType)) throw refuse(`${at}.source.media_type: Input should be ${types.join(' or ')}`);
  const bytes = fromStrictBase64(textAt(source, 'data', `${at}.source`, refuse));
  if (typeof bytes === 'string') throw refuse(`${at}.source.data: invalid base64, it ${bytes}`);
  if (bytes.byteLength === 0) throw refuse(`${at}.source.data: empty`);
  return { bytes, mediaType };
}

const audioTypes: Readonly<Record<string, string>> = { 'audio/wav': 'wav', 'audio/mpeg': 'mp3' };

async function readClip(block: JsonObject, at: string, rules: Rules): Promise<ReceivedAudio> {
  if (!rules.hearsAudio) {
    throw refuse(`${at}: Input tag 'audio' found using 'type' does not match any of the expected tags`);
  }
  const { bytes, mediaType } = readSource(block, at, Object.keys(audioTypes));
  const format = audioTypes[mediaType];
  if (format !== sniff(bytes)) throw refuse(`${at}: called ${mediaType}, but its bytes are ${sniff(bytes)}`);
  return receiveAudio(bytes, format === 'mp3' ? 'mp3' : 'wav', (rule, detail) => {
    return new WireError(rule, errorBody(400, detail), detail);
  });
}

/** Objects have to be closed, and some keywords are not known. */
export function checkSchema(schema: Json | undefined, at: string): void {
  if (!isObject(schema)) throw refuse(`${at}: Input should be an object`);
  for (const name of [
    'minimum',
    'maximum',
    'multipleOf',
    'minLength',
    'maxLength',
    'maxItems',
    'uniqueItems',
    '$schema',
  ]) {
    if (schema[name] !== undefined) throw refuse(`${at}: property '${name}' is not supported`);
  }
  if (schema['type'] === 'object') {
    if (schema['additionalProperties'] !== false) {
      throw refuse(`${at}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
    }
    for (const [name, inner] of Object.entries(objectAt(schema['properties'], `${at}.properties`, refuse))) {
      checkSchema(inner, `${at}.properties.${name}`);
    }
  }
  if (schema['items'] !== undefined) checkSchema(schema['items'], `${at}.items`);
}
