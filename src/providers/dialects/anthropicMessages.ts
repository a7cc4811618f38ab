import type {
  Base64ImageSource,
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
  ToolChoice,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import { wordsOf, type ContentBlock, type Message, type ToolCall } from '../../core/conversation.js';
import { EarshotError } from '../../core/errors.js';
import { mediaFormats } from '../../core/media.js';
import { asBase64 } from './jsonBody.js';
import type { AnswerRequest } from '../provider.js';
import { isRecord, listAt, stringAt } from './wire.js';

const imageTypes: readonly Base64ImageSource['media_type'][] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/**
 * No vendor's types know this block yet; it is built like the image block. It is sent only to a model whose row, or whose user,
 * says that it hears: to a gateway that takes it today, or to the vendor when it does.
 */
interface AudioBlock {
  readonly type: 'audio';
  readonly source: { readonly type: 'base64'; readonly media_type: string; readonly data: string };
}

function encodeAudio(block: Extract<ContentBlock, { type: 'input_audio' }>): ContentBlockParam {
  const { data, format } = block.input_audio;
  const audio: AudioBlock = {
    type: 'audio',
    source: { type: 'base64', media_type: mediaFormats[format].mediaTypes[0], data: asBase64(data) },
  };
  return audio as unknown as ContentBlockParam;
}

function encodeImage(block: Extract<ContentBlock, { type: 'image' }>): ContentBlockParam {
  const { data, mediaType } = block.image;
  const type = imageTypes.find((candidate) => candidate === mediaType.toLowerCase());
  if (type === undefined) {
    throw new EarshotError(
      'unsupported-media',
      `This model takes JPEG, PNG, GIF and WebP images, and one of these is ${mediaType}. Convert it, or leave it out.`,
    );
  }
  return { type: 'image', source: { type: 'base64', media_type: type, data: asBase64(data) } };
}

/** Thinking that came before a call has to come back with it, unchanged; it was kept in the call's token. */
function thoughtsOf(call: ToolCall): ContentBlockParam[] {
  if (call.vendorToken === undefined) return [];
  let kept: unknown;
  try {
    kept = JSON.parse(call.vendorToken);
  } catch {
    // The token of another vendor: the conversation has changed its model.
    return [];
  }
  return (listAt({ kept }, 'kept') ?? []).flatMap((thought): ContentBlockParam[] => {
    const signature = stringAt(thought, 'signature');
    const data = stringAt(thought, 'data');
    if (stringAt(thought, 'type') === 'redacted_thinking' && data !== undefined) {
      return [{ type: 'redacted_thinking', data }];
    }
    const thinking = stringAt(thought, 'thinking');
    return isRecord(thought) && signature !== undefined && thinking !== undefined
      ? [{ type: 'thinking', thinking, signature }]
      : [];
  });
}

function encodeText(words: string, isLasting: boolean): TextBlockParam[] {
  // An empty text is refused, also one of white space alone.
  if (words.trim() === '') return [];
  return [{ type: 'text', text: words, ...(isLasting ? { cache_control: { type: 'ephemeral' } } : {}) }];
}

function encodeBlock(block: ContentBlock, lastLasting: ContentBlock | undefined): ContentBlockParam[] {
  switch (block.type) {
    case 'text':
    case 'output_audio':
      return encodeText(wordsOf(block), block === lastLasting);
    case 'input_audio':
      return [encodeAudio(block)];
    case 'image':
      return [encodeImage(block)];
    case 'tool_call': {
      const { id, name, input } = block.tool_call;
      return [...thoughtsOf(block.tool_call), { type: 'tool_use', id, name, input }];
    }
    case 'tool_result': {
      const { callId, text, isError } = block.tool_result;
      const result: ToolResultBlockParam = {
        type: 'tool_result',
        tool_use_id: callId,
        ...(text.trim() === '' ? {} : { content: text }),
        ...(isError === true ? { is_error: true } : {}),
      };
      return [result];
    }
  }
}

function encodeMessage(message: Message, lastLasting: ContentBlock | undefined): MessageParam[] {
  // Results have to stand before everything else.
  const content = message.content
    .toSorted((left, right) => Number(right.type === 'tool_result') - Number(left.type === 'tool_result'))
    .flatMap((block) => encodeBlock(block, lastLasting));
  if (content.length === 0) return [];
  return [{ role: message.role === 'assistant' ? 'assistant' : 'user', content }];
}

const toolChoices = {
  auto: { type: 'auto' },
  required: { type: 'any' },
  none: { type: 'none' },
} as const satisfies Record<NonNullable<AnswerRequest['toolChoice']>, ToolChoice>;

/**
 * One cache mark covers all that comes before it, tools and system prompt included, so that the last lasting block gets it.
 * Always streamed.
 * @param maxOutputTokens What the model gives at most, where the request does not say.
 */
export function encodeMessages(request: AnswerRequest, maxOutputTokens: number): MessageCreateParamsStreaming {
  const { messages, tools = [], toolChoice, jsonSchema } = request;
  const lastLasting = messages
    .flatMap(({ content }) => content)
    .findLast((block) => block.type === 'text' && block.isLasting === true);
  const system = messages
    .filter(({ role }) => role === 'system')
    .flatMap(({ content }) => content.flatMap((block) => encodeText(wordsOf(block), block === lastLasting)));
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens ?? maxOutputTokens,
    ...(system.length === 0 ? {} : { system }),
    messages: messages
      .filter(({ role }) => role !== 'system')
      .flatMap((message) => encodeMessage(message, lastLasting)),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            name,
            description,
            input_schema: { ...inputSchema, type: 'object' as const },
          })),
          ...(toolChoice === undefined ? {} : { tool_choice: toolChoices[toolChoice] }),
        }),
    ...(jsonSchema === undefined
      ? {}
      : { output_config: { format: { type: 'json_schema' as const, schema: { ...jsonSchema.schema } } } }),
    stream: true,
  };
}
