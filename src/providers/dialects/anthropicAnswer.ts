import type { ToolCall } from '../../core/conversation.js';
import type { Capabilities } from '../../core/model.js';
import type { Usage } from '../../core/usage.js';
import type { AnswerEvent } from '../provider.js';
import {
  Failed,
  isRecord,
  known,
  listAt,
  numberAt,
  recordAt,
  stringAt,
  type Failure,
  type JsonRecord,
} from './wire.js';

/** The status that comes with an error of this type, for errors that come inside an answer with status 200. */
const errorStatuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** @param body `{"type":"error","error":{"type":…,"message":…}}` */
export function anthropicFailure(body: unknown): Failure {
  const type = stringAt(recordAt(body, 'error'), 'type') ?? '';
  const status = errorStatuses[type] ?? 200;
  return { kind: 'status', status, contentType: 'application/json', body: JSON.stringify(body) };
}

function refuseError(body: unknown): void {
  if (stringAt(body, 'type') === 'error' || recordAt(body, 'error') !== undefined)
    throw new Failed(anthropicFailure(body));
}

const finishes: Readonly<Record<string, Extract<AnswerEvent, { type: 'finish' }>['finish']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
};

/** What was read from and written to the cache is counted beside the rest. */
export function decodeMessageUsage(usage: unknown): Usage {
  const fresh = numberAt(usage, 'input_tokens');
  const read = numberAt(usage, 'cache_read_input_tokens');
  const written = numberAt(usage, 'cache_creation_input_tokens');
  return known({
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    cachedInputTokens: read,
    outputTokens: numberAt(usage, 'output_tokens'),
  });
}

/** A block while it comes. */
interface OpenBlock {
  readonly start: JsonRecord;
  text: string;
  json: string;
  thinking: string;
  signature: string;
}

export interface MessageDecoder {
  /** @param body An event of a stream, or the whole of a plain answer. */
  push(body: unknown): readonly AnswerEvent[];
  /** To be called when nothing more comes. */
  end(): void;
}

/** @throws Failed when the answer is an error, no answer, a refusal, or broken off. */
export function messageDecoder(): MessageDecoder {
  const open = new Map<number, OpenBlock>();
  let usage: JsonRecord = {};
  let thoughts: JsonRecord[] = [];
  let brokenCall = false;
  let isWhole = false;
  let refusal: string | undefined;

  const closeBlock = ({ start, text, json, thinking, signature }: OpenBlock): AnswerEvent[] => {
    switch (stringAt(start, 'type')) {
      case 'thinking':
        thoughts.push({
          type: 'thinking',
          thinking: (stringAt(start, 'thinking') ?? '') + thinking,
          signature: (stringAt(start, 'signature') ?? '') + signature,
        });
        return [];
      case 'redacted_thinking':
        thoughts.push({ type: 'redacted_thinking', data: stringAt(start, 'data') ?? '' });
        return [];
      case 'tool_use': {
        const call = readCall(start, json);
        if (call === undefined) {
          brokenCall = true;
          return [];
        }
        const token = thoughts.length === 0 ? {} : { vendorToken: JSON.stringify(thoughts) };
        thoughts = [];
        return [{ type: 'tool-call', call: { ...call, ...token } }];
      }
      default:
        return text === '' ? [] : [{ type: 'text', text }];
    }
  };

  const stop = (holder: unknown): AnswerEvent[] => {
    const reason = stringAt(holder, 'stop_reason');
    if (reason === undefined) return [];
    if (reason === 'refusal') {
      refusal = stringAt(recordAt(holder, 'stop_details'), 'explanation') ?? '';
      return [];
    }
    const finish = finishes[reason] ?? 'stop';
    // A call that the length limit cut in two is no fault of the server's.
    if (brokenCall && finish !== 'length') throw new Failed({ kind: 'malformed', missing: 'the JSON of a tool call' });
    return [{ type: 'finish', finish }];
  };

  const pushDelta = (event: JsonRecord): AnswerEvent[] => {
    const block = open.get(numberAt(event, 'index') ?? -1);
    const delta = recordAt(event, 'delta');
    if (block === undefined) throw new Failed({ kind: 'malformed', missing: 'the start of a block' });
    block.json += stringAt(delta, 'partial_json') ?? '';
    block.thinking += stringAt(delta, 'thinking') ?? '';
    block.signature += stringAt(delta, 'signature') ?? '';
    const text = stringAt(delta, 'type') === 'text_delta' ? (stringAt(delta, 'text') ?? '') : '';
    return text === '' ? [] : [{ type: 'text', text }];
  };

  const pushWhole = (message: JsonRecord): AnswerEvent[] => {
    const content = listAt(message, 'content');
    if (content === undefined) throw new Failed({ kind: 'malformed', missing: 'content' });
    const said = content.flatMap((start) => (isRecord(start) ? closeBlock(newBlock(start)) : []));
    isWhole = true;
    return [...said, ...stop(message), { type: 'usage', usage: decodeMessageUsage(message['usage']) }];
  };

  return {
    push(body) {
      refuseError(body);
      if (!isRecord(body)) throw new Failed({ kind: 'malformed', missing: 'an object' });
      switch (stringAt(body, 'type')) {
        case undefined:
          throw new Failed({ kind: 'malformed', missing: 'type' });
        case 'message':
          return pushWhole(body);
        case 'message_start':
          usage = recordAt(recordAt(body, 'message'), 'usage') ?? {};
          return [];
        case 'content_block_start': {
          const block = newBlock(recordAt(body, 'content_block') ?? {});
          open.set(numberAt(body, 'index') ?? -1, block);
          const { text } = block;
          block.text = '';
          return text === '' ? [] : [{ type: 'text', text }];
        }
        case 'content_block_delta':
          return pushDelta(body);
        case 'content_block_stop': {
          const index = numberAt(body, 'index') ?? -1;
          const block = open.get(index);
          open.delete(index);
          return block === undefined ? [] : closeBlock(block);
        }
        case 'message_delta':
          // Counts are of the whole answer so far; what is null has been said at the start.
          usage = { ...usage, ...notNull(recordAt(body, 'usage') ?? {}) };
          return stop(recordAt(body, 'delta'));
        case 'message_stop':
          isWhole = true;
          return [{ type: 'usage', usage: decodeMessageUsage(usage) }];
        default:
          // Others may be added at any time.
          return [];
      }
    },
    end() {
      if (refusal !== undefined) throw new Failed({ kind: 'refusal', text: refusal });
      if (!isWhole) throw new Failed({ kind: 'cut-off' });
    },
  };
}

function newBlock(start: JsonRecord): OpenBlock {
  return { start, text: stringAt(start, 'text') ?? '', json: '', thinking: '', signature: '' };
}

/** Undefined when its input is not whole. In a plain answer the input is an object already; in a stream it comes as text. */
function readCall(start: JsonRecord, json: string): ToolCall | undefined {
  const id = stringAt(start, 'id');
  const name = stringAt(start, 'name');
  if (id === undefined || name === undefined) return undefined;
  if (json.trim() === '') return { id, name, input: recordAt(start, 'input') ?? {} };
  try {
    const input: unknown = JSON.parse(json);
    return isRecord(input) ? { id, name, input } : undefined;
  } catch {
    return undefined;
  }
}

function notNull(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

/** `GET /v1/models`: what the server says of its models. @throws Failed when the body is no listing. */
export function decodeModels(body: unknown): ReadonlyMap<string, Partial<Capabilities>> {
  refuseError(body);
  const list = listAt(body, 'data');
  if (list === undefined) throw new Failed({ kind: 'malformed', missing: 'data' });
  const rows = new Map<string, Partial<Capabilities>>();
  for (const row of list) {
    const id = stringAt(row, 'id');
    if (id === undefined || stringAt(row, 'lifecycle') === 'retired') continue;
    const abilities = recordAt(row, 'capabilities');
    const can = (name: string): boolean | undefined => {
      const supported = recordAt(abilities, name)?.['supported'];
      return typeof supported === 'boolean' ? supported : undefined;
    };
    rows.set(
      id,
      known({
        images: can('image_input'),
        structuredOutput: can('structured_outputs'),
        audioInput: can('audio_input'),
        maxContextTokens: numberAt(row, 'max_input_tokens'),
        maxOutputTokens: numberAt(row, 'max_tokens'),
        endDate: /^\d{4}-\d{2}-\d{2}/.exec(stringAt(row, 'retires_at') ?? '')?.[0],
      }),
    );
  }
  return rows;
}
