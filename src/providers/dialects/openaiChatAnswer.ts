import type { Usage } from '../../core/usage.js';
import { decodeBase64 } from '../base64.js';
import type { AnswerEvent } from '../provider.js';
import { Failed, isRecord, known, listAt, numberAt, recordAt, refuseErrorBody, stringAt } from './wire.js';

/** Of the samples that a spoken reply streams. */
const spokenSampleRate = 24_000;

export function decodeChatUsage(usage: unknown): Usage {
  return known({
    inputTokens: numberAt(usage, 'prompt_tokens'),
    inputAudioTokens: numberAt(recordAt(usage, 'prompt_tokens_details'), 'audio_tokens'),
    cachedInputTokens: numberAt(recordAt(usage, 'prompt_tokens_details'), 'cached_tokens'),
    outputTokens: numberAt(usage, 'completion_tokens'),
    outputAudioTokens: numberAt(recordAt(usage, 'completion_tokens_details'), 'audio_tokens'),
    // Mistral's way to say what was heard.
    audioSeconds: numberAt(usage, 'prompt_audio_seconds'),
  });
}

const finishes: Readonly<Record<string, Extract<AnswerEvent, { type: 'finish' }>['finish']>> = {
  stop: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  content_filter: 'filtered',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

export interface ChatDecoder {
  /** @param body A chunk of a stream, or the whole of a plain answer. */
  push(body: unknown): readonly AnswerEvent[];
  /**
   * To be called when nothing more comes; gives what waited for the end.
   * @param sawEnd Whether the stream announced its end.
   */
  end(sawEnd: boolean): readonly AnswerEvent[];
}

/** Some servers give the text as a list of parts. */
function textOf(said: unknown): string {
  const plain = stringAt(said, 'content');
  if (plain !== undefined) return plain;
  return (listAt(said, 'content') ?? []).map((part) => stringAt(part, 'text') ?? '').join('');
}

interface OpenCall {
  id: string;
  name: string;
  arguments: string;
}

/** Puts together calls that come in parts: the first names the tool, the rest add to its arguments. */
function toolCalls() {
  const open = new Map<number, OpenCall>();
  return {
    push(parts: readonly unknown[]): void {
      for (const [place, part] of parts.entries()) {
        const index = numberAt(part, 'index') ?? place;
        const asked = recordAt(part, 'function');
        const id = stringAt(part, 'id') ?? '';
        const before = open.get(index);
        const call = before ?? { id, name: '', arguments: '' };
        if (before === undefined) open.set(index, call);
        if (call.id === '') call.id = id;
        if (call.name === '') call.name = stringAt(asked, 'name') ?? '';
        const given = asked?.['arguments'];
        // Some servers give an object where a text belongs.
        call.arguments += typeof given === 'string' ? given : isRecord(given) ? JSON.stringify(given) : '';
      }
    },
    /** @throws Failed when the arguments are no JSON object. */
    take(): AnswerEvent[] {
      const calls = [...open.values()].filter(({ name }) => name !== '');
      open.clear();
      return calls.map(({ id, name, arguments: text }, index) => {
        let input: unknown;
        try {
          input = JSON.parse(text.trim() === '' ? '{}' : text);
        } catch {
          input = undefined;
        }
        if (!isRecord(input)) throw new Failed({ kind: 'malformed', missing: `JSON arguments of ${name}` });
        return { type: 'tool-call', call: { id: id === '' ? `call_${index}` : id, name, input } };
      });
    },
  };
}

/** Samples of 16 bits may be cut in their middle: the half waits for its other half. */
function wholeSamples() {
  let rest = new Uint8Array();
  return (bytes: Uint8Array): Uint8Array => {
    const joined = new Uint8Array(rest.length + bytes.length);
    joined.set(rest);
    joined.set(bytes, rest.length);
    const whole = joined.length - (joined.length % 2);
    rest = joined.slice(whole);
    return joined.subarray(0, whole);
  };
}

/** @throws Failed when the answer is an error, no answer, or broken off. */
export function chatDecoder(): ChatDecoder {
  let isFinished = false;
  let refusal = '';
  let spokenId = '';
  const calls = toolCalls();
  const align = wholeSamples();

  const pushSpoken = (audio: unknown): AnswerEvent[] => {
    spokenId = stringAt(audio, 'id') ?? spokenId;
    const data = stringAt(audio, 'data') ?? '';
    const expiresAtSeconds = numberAt(audio, 'expires_at');
    const pcm = data === '' ? undefined : align(decodeBase64(data) ?? malformedSound());
    return [
      ...(pcm === undefined || pcm.length === 0 ? [] : [{ type: 'audio', pcm, sampleRate: spokenSampleRate } as const]),
      ...(expiresAtSeconds === undefined || spokenId === ''
        ? []
        : [{ type: 'spoken', id: spokenId, expiresAtSeconds } as const]),
    ];
  };

  const pushChoice = (choice: unknown): AnswerEvent[] => {
    // `delta` of a stream, `message` of a plain answer.
    const said = recordAt(choice, 'delta') ?? recordAt(choice, 'message');
    const audio = recordAt(said, 'audio');
    const text = textOf(said) + (stringAt(audio, 'transcript') ?? '');
    refusal += stringAt(said, 'refusal') ?? '';
    calls.push(listAt(said, 'tool_calls') ?? []);
    const events: AnswerEvent[] = [
      ...(text === '' ? [] : [{ type: 'text', text } as const]),
      ...(audio === undefined ? [] : pushSpoken(audio)),
    ];
    const reason = stringAt(choice, 'finish_reason');
    // Some servers repeat the reason in the chunk that carries the usage.
    if (reason === undefined || reason === '' || isFinished) return events;
    isFinished = true;
    if (reason === 'error') throw new Failed({ kind: 'cut-off' });
    // Arguments that the length limit cut are no arguments.
    const asked = finishes[reason] === 'length' ? [] : calls.take();
    const finish = asked.length > 0 ? 'tool-calls' : (finishes[reason] ?? 'stop');
    return [...events, ...asked, { type: 'finish', finish }];
  };

  return {
    push(body) {
      refuseErrorBody(body);
      if (!isRecord(body)) throw new Failed({ kind: 'malformed', missing: 'an object' });
      const choices = listAt(body, 'choices');
      const usage = recordAt(body, 'usage');
      if (choices === undefined && usage === undefined) throw new Failed({ kind: 'malformed', missing: 'choices' });
      const first = choices?.[0];
      // An error of the server behind a gateway stands in the choice.
      refuseErrorBody(first);
      return [
        ...(first === undefined ? [] : pushChoice(first)),
        ...(usage === undefined ? [] : [{ type: 'usage', usage: decodeChatUsage(usage) } as const]),
      ];
    },
    end(sawEnd) {
      if (refusal !== '') throw new Failed({ kind: 'refusal', text: refusal });
      if (!isFinished && !sawEnd) throw new Failed({ kind: 'cut-off' });
      return isFinished ? [] : calls.take();
    },
  };
}

function malformedSound(): never {
  throw new Failed({ kind: 'malformed', missing: 'base64 in the sound' });
}
