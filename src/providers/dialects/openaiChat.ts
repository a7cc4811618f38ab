import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { wordsOf, type ContentBlock, type Message } from '../../core/conversation.js';
import { EarshotError } from '../../core/errors.js';
import { mediaFormatLabel, type MediaFormatName } from '../../core/media.js';
import type { Usage } from '../../core/usage.js';
import { encodeBase64 } from '../base64.js';
import type { ChatTraits } from '../modelRows.js';
import type { AnswerEvent, AnswerRequest } from '../provider.js';
import { Failed, isRecord, known, listAt, numberAt, recordAt, refuseErrorBody, stringAt } from './wire.js';

/** All that `input_audio` can say, whatever a server behind it could decode. */
const wireFormats = ['wav', 'mp3'] as const;

function wireFormat(format: MediaFormatName): (typeof wireFormats)[number] {
  const found = wireFormats.find((candidate) => candidate === format);
  if (found !== undefined) return found;
  throw new EarshotError(
    'unsupported-media',
    `A question can carry WAV or MP3, and this recording is ${mediaFormatLabel(format)}. Convert it, or transcribe it and ask about the transcript.`,
  );
}

function encodePart(block: ContentBlock): ChatCompletionContentPart {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'input_audio': {
      const { data, format } = block.input_audio;
      return { type: 'input_audio', input_audio: { data: encodeBase64(data), format: wireFormat(format) } };
    }
    case 'image': {
      const { data, mediaType } = block.image;
      return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${encodeBase64(data)}` } };
    }
    case 'output_audio':
    case 'tool_result':
    case 'tool_call':
      return { type: 'text', text: wordsOf(block) };
  }
}

/** System and assistant messages are text on this wire; what an assistant said aloud comes as its transcript. */
function onlyText(message: Message): string {
  return message.content.map(wordsOf).join('');
}

function encodeMessage(message: Message): ChatCompletionMessageParam {
  if (message.role !== 'user') return { role: message.role, content: onlyText(message) };
  const [first, ...rest] = message.content;
  // Small servers know only a string where nothing but text is said.
  if (first?.type === 'text' && rest.length === 0) return { role: 'user', content: first.text };
  return { role: 'user', content: message.content.map(encodePart) };
}

/** Always streamed: the answer appears as it comes, and no time-out for the first byte can cut a long one. */
export function encodeChat(request: AnswerRequest, traits: ChatTraits): ChatCompletionCreateParamsStreaming {
  return {
    model: request.model,
    messages: request.messages.map(encodeMessage),
    stream: true,
    stream_options: { include_usage: true },
    ...(request.maxOutputTokens === undefined ? {} : { [traits.maxTokensField]: request.maxOutputTokens }),
  };
}

export function decodeChatUsage(usage: unknown): Usage {
  return known({
    inputTokens: numberAt(usage, 'prompt_tokens'),
    inputAudioTokens: numberAt(recordAt(usage, 'prompt_tokens_details'), 'audio_tokens'),
    cachedInputTokens: numberAt(recordAt(usage, 'prompt_tokens_details'), 'cached_tokens'),
    outputTokens: numberAt(usage, 'completion_tokens'),
    outputAudioTokens: numberAt(recordAt(usage, 'completion_tokens_details'), 'audio_tokens'),
  });
}

const finishes: Readonly<Record<string, Extract<AnswerEvent, { type: 'finish' }>['finish']>> = {
  stop: 'stop',
  length: 'length',
  max_tokens: 'length',
  content_filter: 'filtered',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

export interface ChatDecoder {
  /** @param body A chunk of a stream, or the whole of a plain answer. */
  push(body: unknown): readonly AnswerEvent[];
  /**
   * To be called when nothing more comes.
   * @param sawEnd Whether the stream announced its end.
   */
  end(sawEnd: boolean): void;
}

/** What a choice says, be it `delta` of a stream or `message` of a plain answer. */
function decodeSaid(choice: unknown): { readonly text: string; readonly refusal: string } {
  const said = recordAt(choice, 'delta') ?? recordAt(choice, 'message');
  const text = (stringAt(said, 'content') ?? '') + (stringAt(recordAt(said, 'audio'), 'transcript') ?? '');
  return { text, refusal: stringAt(said, 'refusal') ?? '' };
}

/** @throws Failed when the answer is an error, no answer, or broken off. */
export function chatDecoder(): ChatDecoder {
  let isFinished = false;
  let refusal = '';

  const pushChoice = (choice: unknown): AnswerEvent[] => {
    const said = decodeSaid(choice);
    refusal += said.refusal;
    const reason = stringAt(choice, 'finish_reason');
    if (reason === undefined || reason === '') return said.text === '' ? [] : [{ type: 'text', text: said.text }];
    // Some servers repeat the reason in the chunk that carries the usage.
    const finish: AnswerEvent[] = isFinished ? [] : [{ type: 'finish', finish: finishes[reason] ?? 'stop' }];
    isFinished = true;
    return [...(said.text === '' ? [] : [{ type: 'text', text: said.text } as const]), ...finish];
  };

  return {
    push(body) {
      refuseErrorBody(body);
      if (!isRecord(body)) throw new Failed({ kind: 'malformed', missing: 'an object' });
      const choices = listAt(body, 'choices');
      const usage = recordAt(body, 'usage');
      if (choices === undefined && usage === undefined) throw new Failed({ kind: 'malformed', missing: 'choices' });
      const first = choices?.[0];
      return [
        ...(first === undefined ? [] : pushChoice(first)),
        ...(usage === undefined ? [] : [{ type: 'usage', usage: decodeChatUsage(usage) } as const]),
      ];
    },
    end(sawEnd) {
      if (refusal !== '') throw new Failed({ kind: 'refusal', text: refusal });
      if (!isFinished && !sawEnd) throw new Failed({ kind: 'cut-off' });
    },
  };
}
