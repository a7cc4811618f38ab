import type { ChatRequest, Message as WireMessage, Tool as WireTool } from 'ollama/browser';
import { wordsOf, type ContentBlock, type Message } from '../../core/conversation.js';
import { EarshotError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import { asBase64 } from './jsonBody.js';
import type { AnswerEvent, AnswerRequest } from '../provider.js';
import { ollamaRules } from './schemaRules.js';
import { schemaSubset } from './schemaSubset.js';
import { Failed, isRecord, known, listAt, numberAt, recordAt, stringAt, type Failure } from './wire.js';

/** What the server said of a model, beyond what is common to all vendors. */
export interface OllamaTraits {
  /** It thinks before it answers unless it is told not to, and then often answers nothing. */
  readonly thinks: boolean;
  /** In tokens; absent: the server's own choice will do. */
  readonly contextTokens?: number;
}

function startsWith(bytes: Uint8Array, letters: string, offset = 0): boolean {
  return Array.from(letters).every((letter, index) => bytes[offset + index] === letter.charCodeAt(0));
}

/** The server goes by these bytes alone; anything else it would hand to the model as a picture. */
function isRecognisedSound(bytes: Uint8Array): boolean {
  const isWav = startsWith(bytes, 'RIFF') && startsWith(bytes, 'WAVE', 8);
  const isMp3 = startsWith(bytes, 'ID3') || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0);
  return isWav || isMp3;
}

function isRecognisedImage(bytes: Uint8Array): boolean {
  const isWebp = startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8);
  return startsWith(bytes, '\x89PNG') || (bytes[0] === 0xff && bytes[1] === 0xd8) || isWebp;
}

function encodeSound(bytes: Uint8Array): string {
  if (!isRecognisedSound(bytes)) {
    throw new EarshotError(
      'unsupported-media',
      'Ollama knows WAV and MP3 by their first bytes, and this recording has neither. Convert it to WAV.',
    );
  }
  return asBase64(bytes);
}

function encodeImage(bytes: Uint8Array, mediaType: string): string {
  if (!isRecognisedImage(bytes)) {
    throw new EarshotError(
      'unsupported-media',
      `Ollama takes PNG, JPEG and WebP images, and one of these is ${mediaType}. Convert it, or leave it out.`,
    );
  }
  return asBase64(bytes);
}

/**
 * A message of this wire holds one text, and sound and pictures without a place in it. To keep the order in which a person put
 * them, each sound becomes a message of its own, as the server itself does with parts in OpenAI's format.
 */
function encodeUserMessage(content: readonly ContentBlock[]): WireMessage[] {
  const messages: WireMessage[] = [];
  let words: string[] = [];
  let pictures: string[] = [];
  const flush = (): void => {
    const images = pictures.length === 0 ? {} : { images: pictures };
    if (words.length > 0 || pictures.length > 0)
      messages.push({ role: 'user', content: words.join('\n\n'), ...images });
    words = [];
    pictures = [];
  };
  for (const block of content) {
    switch (block.type) {
      case 'input_audio':
        flush();
        messages.push({ role: 'user', content: '', images: [encodeSound(block.input_audio.data)] });
        break;
      case 'image':
        pictures.push(encodeImage(block.image.data, block.image.mediaType));
        break;
      case 'tool_result': {
        flush();
        const { name, text, isError } = block.tool_result;
        messages.push({ role: 'tool', content: isError === true ? `Error: ${text}` : text, tool_name: name });
        break;
      }
      default: {
        const said = wordsOf(block);
        if (said !== '') words.push(said);
      }
    }
  }
  flush();
  return messages;
}

function encodeMessage({ role, content }: Message): WireMessage[] {
  if (role === 'user') return encodeUserMessage(content);
  const calls = content.flatMap((block) =>
    block.type === 'tool_call'
      ? [{ function: { name: block.tool_call.name, arguments: { ...block.tool_call.input } } }]
      : [],
  );
  const words = content.map(wordsOf).join('');
  return [{ role, content: words, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
}

/** Always streamed. This wire has no way to demand a tool: `required` is as `auto`. */
export function encodeOllamaChat(request: AnswerRequest, traits: OllamaTraits): ChatRequest & { stream: true } {
  const { tools = [], toolChoice, maxOutputTokens, jsonSchema } = request;
  const options = known({ num_ctx: traits.contextTokens, num_predict: maxOutputTokens });
  return {
    model: request.model,
    messages: request.messages.flatMap(encodeMessage),
    stream: true,
    ...(traits.thinks ? { think: false } : {}),
    ...(tools.length === 0 || toolChoice === 'none'
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }): WireTool => ({
            type: 'function',
            function: { name, description, parameters: inputSchema },
          })),
        }),
    ...(jsonSchema === undefined ? {} : { format: schemaSubset(jsonSchema.schema, ollamaRules).schema }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function decodeUsage(body: unknown): Usage {
  return known({ inputTokens: numberAt(body, 'prompt_eval_count'), outputTokens: numberAt(body, 'eval_count') });
}

/** `{"error":"…"}`, which is all that the server says when something goes wrong after its answer has begun. */
export function ollamaFailure(error: unknown): Failure {
  return { kind: 'status', status: 200, contentType: 'application/json', body: JSON.stringify({ error }) };
}

export interface OllamaDecoder {
  /** @param body A line of the answer. */
  push(body: unknown): readonly AnswerEvent[];
  /** To be called when nothing more comes. */
  end(): void;
}

/** @throws Failed when the answer is an error, no answer, or broken off. */
export function ollamaDecoder(): OllamaDecoder {
  let isWhole = false;
  let calls = 0;

  const decodeCall = (call: unknown): AnswerEvent[] => {
    const asked = recordAt(call, 'function');
    const name = stringAt(asked, 'name');
    const input = recordAt(asked, 'arguments');
    if (name === undefined || input === undefined) throw new Failed({ kind: 'malformed', missing: 'a tool call' });
    calls++;
    // Ids are new on this wire, and nothing comes back by them.
    const id = stringAt(call, 'id') ?? `call_${calls}`;
    return [{ type: 'tool-call', call: { id, name, input } }];
  };

  const finish = (body: unknown): AnswerEvent[] => {
    isWhole = true;
    const reason = stringAt(body, 'done_reason');
    return [
      { type: 'finish', finish: reason === 'length' ? 'length' : calls > 0 ? 'tool-calls' : 'stop' },
      { type: 'usage', usage: decodeUsage(body) },
    ];
  };

  return {
    push(body) {
      if (!isRecord(body)) throw new Failed({ kind: 'malformed', missing: 'an object' });
      if (body['error'] !== undefined) throw new Failed(ollamaFailure(body['error']));
      const message = recordAt(body, 'message');
      if (message === undefined && body['done'] !== true) throw new Failed({ kind: 'malformed', missing: 'message' });
      const text = stringAt(message, 'content') ?? '';
      return [
        ...(text === '' ? [] : [{ type: 'text', text } as const]),
        ...(listAt(message, 'tool_calls') ?? []).flatMap(decodeCall),
        ...(body['done'] === true ? finish(body) : []),
      ];
    },
    end() {
      if (!isWhole) throw new Failed({ kind: 'cut-off' });
    },
  };
}
