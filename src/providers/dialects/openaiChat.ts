import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import {
  wordsOf,
  type ContentBlock,
  type InputAudioBlock,
  type Message,
  type OutputAudioBlock,
  type ToolCallBlock,
  type ToolResultBlock,
} from '../../core/conversation.js';
import { EarshotError } from '../../core/errors.js';
import { mediaFormatLabel, type MediaFormatName } from '../../core/media.js';
import type { ChatTraits } from '../modelRows.js';
import type { AnswerRequest } from '../provider.js';
import { EncodedBytes } from './jsonBody.js';
import { openaiStrictRules } from './schemaRules.js';
import { schemaSubset } from './schemaSubset.js';

/** What the wire calls the formats that any server of it may know. */
const wireNames = {
  wav: 'wav',
  mp3: 'mp3',
  flac: 'flac',
  ogg: 'ogg',
  mp4: 'm4a',
  aac: 'aac',
  aiff: 'aiff',
  webm: 'webm',
} as const satisfies Partial<Record<MediaFormatName, string>>;

/** @throws EarshotError `unsupported-media`. */
export function wireFormatName(format: MediaFormatName, known: readonly MediaFormatName[]): string {
  if (known.includes(format) && format in wireNames) return wireNames[format as keyof typeof wireNames];
  const taken = known.map(mediaFormatLabel).join(' or ');
  throw new EarshotError(
    'unsupported-media',
    `A question can carry ${taken} here, and this recording is ${mediaFormatLabel(format)}. Convert it, or transcribe it and ask about the transcript.`,
  );
}

interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

interface ImagePart {
  readonly type: 'image_url';
  readonly image_url: { readonly url: EncodedBytes };
}

interface AudioPart<Sound> {
  readonly type: 'input_audio';
  readonly input_audio: Sound;
}

interface PlainSound {
  readonly data: EncodedBytes;
  readonly format: 'wav' | 'mp3';
}

type OtherSound = { readonly data: EncodedBytes; readonly format: string } | EncodedBytes;

/** As OpenAI itself has it. */
export type PlainPart = TextPart | ImagePart | AudioPart<PlainSound>;
type Part = TextPart | ImagePart | AudioPart<OtherSound>;

interface WireCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export type WireMessage<P> =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly P[] }
  | {
      readonly role: 'assistant';
      readonly content?: string | null;
      readonly audio?: { readonly id: string };
      readonly tool_calls?: readonly WireCall[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

/** OpenAI's own request, except that audio and pictures are still bytes; `jsonBody` writes it. */
export type ChatBody = Omit<ChatCompletionCreateParamsStreaming, 'messages'> & {
  readonly messages: readonly WireMessage<Part>[];
};

/** A reply whose name is about to expire could be gone by the time the request arrives. */
const expiryMarginSeconds = 120;

function encodeAudio({ input_audio: { data, format } }: InputAudioBlock, traits: ChatTraits): Part {
  const name = wireFormatName(format, traits.audioFormats);
  const bytes = new EncodedBytes(data);
  return { type: 'input_audio', input_audio: traits.audioBlock === 'bare' ? bytes : { data: bytes, format: name } };
}

function encodePart(block: ContentBlock, traits: ChatTraits): Part {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'input_audio':
      return encodeAudio(block, traits);
    case 'image': {
      const { data, mediaType } = block.image;
      return { type: 'image_url', image_url: { url: new EncodedBytes(data, `data:${mediaType};base64,`) } };
    }
    case 'output_audio':
    case 'tool_result':
    case 'tool_call':
      return { type: 'text', text: wordsOf(block) };
  }
}

function isToolCall(block: ContentBlock): block is ToolCallBlock {
  return block.type === 'tool_call';
}

function isToolResult(block: ContentBlock): block is ToolResultBlock {
  return block.type === 'tool_result';
}

function keptReply(content: readonly ContentBlock[], traits: ChatTraits, nowSeconds: number): string | undefined {
  if (!traits.keepsSpokenReplies) return undefined;
  const spoken = content.filter((block): block is OutputAudioBlock => block.type === 'output_audio');
  const [only, another] = spoken;
  // One message can name one reply.
  if (only === undefined || another !== undefined) return undefined;
  const { id, expiresAtSeconds } = only.output_audio;
  const isKept = expiresAtSeconds !== undefined && expiresAtSeconds - expiryMarginSeconds > nowSeconds;
  return isKept ? id : undefined;
}

/** What an assistant said is text on this wire, be it written or, with its sound gone, spoken. */
function encodeAssistant(content: readonly ContentBlock[], traits: ChatTraits, nowSeconds: number): WireMessage<Part> {
  const calls = content.filter(isToolCall).map(({ tool_call: { id, name, input } }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(input) },
  }));
  const toolCalls = calls.length === 0 ? {} : { tool_calls: calls };
  const id = keptReply(content, traits, nowSeconds);
  if (id !== undefined) return { role: 'assistant', audio: { id }, ...toolCalls };
  const said = content.map(wordsOf).join('');
  return { role: 'assistant', content: said === '' && calls.length > 0 ? null : said, ...toolCalls };
}

function encodeResult({ tool_result: { callId, text, isError = false } }: ToolResultBlock): WireMessage<Part> {
  return { role: 'tool', tool_call_id: callId, content: isError ? `Error: ${text}` : text };
}

function encodeMessage(message: Message, traits: ChatTraits, nowSeconds: number): readonly WireMessage<Part>[] {
  if (message.role === 'system') return [{ role: 'system', content: message.content.map(wordsOf).join('') }];
  if (message.role === 'assistant') return [encodeAssistant(message.content, traits, nowSeconds)];
  const results = message.content.filter(isToolResult).map(encodeResult);
  const asked = message.content.filter((block) => !isToolResult(block));
  const [first, ...rest] = asked;
  if (first === undefined) return results;
  // Small servers know only a string where nothing but text is said.
  const content =
    first.type === 'text' && rest.length === 0 ? first.text : asked.map((block) => encodePart(block, traits));
  return [...results, { role: 'user', content }];
}

function encodeTools({ tools = [], toolChoice }: AnswerRequest): Pick<ChatBody, 'tools' | 'tool_choice'> {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, inputSchema }) => ({
      type: 'function' as const,
      function: { name, description, parameters: { ...inputSchema } },
    })),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
  };
}

/** Strict where that leaves every answer possible that the schema takes; else the schema is a wish. */
function encodeSchema({ name, schema }: NonNullable<AnswerRequest['jsonSchema']>): Pick<ChatBody, 'response_format'> {
  const strict = schemaSubset(schema, openaiStrictRules);
  const given = strict.isTooNarrow ? { schema: { ...schema }, strict: false } : { schema: strict.schema, strict: true };
  return { response_format: { type: 'json_schema', json_schema: { name, ...given } } };
}

/**
 * Always streamed: the answer appears as it comes, and no time-out for the first byte can cut a long one.
 * @param nowSeconds Since 1970: whether an earlier spoken reply is still kept under its name.
 */
export function encodeChat(request: AnswerRequest, traits: ChatTraits, nowSeconds: number): ChatBody {
  const { jsonSchema, spokenReply } = request;
  const maxTokens = request.maxOutputTokens ?? traits.defaultMaxTokens;
  return {
    model: request.model,
    messages: request.messages.flatMap((message) => encodeMessage(message, traits, nowSeconds)),
    stream: true,
    ...(traits.asksForUsage ? { stream_options: { include_usage: true } } : {}),
    ...(maxTokens === undefined ? {} : { [traits.maxTokensField]: maxTokens }),
    ...encodeTools(request),
    ...(jsonSchema === undefined ? {} : encodeSchema(jsonSchema)),
    // Of all formats only bare samples can be streamed.
    ...(spokenReply === undefined
      ? {}
      : {
          modalities: ['text', 'audio'],
          audio: { voice: spokenReply.voice ?? traits.defaultVoice, format: 'pcm16' },
        }),
  };
}
