import type { Usage } from '../../core/usage.js';
import type { AnswerEvent } from '../provider.js';
import { unnamedCall } from './geminiParts.js';
import {
  Failed,
  isRecord,
  known,
  listAt,
  numberAt,
  recordAt,
  refuseErrorBody,
  stringAt,
  type JsonRecord,
} from './wire.js';

function sum(...amounts: readonly (number | undefined)[]): number | undefined {
  const said = amounts.filter((amount) => amount !== undefined);
  return said.length === 0 ? undefined : said.reduce((total, amount) => total + amount, 0);
}

/** Undefined where the answer breaks nothing down; 0 where it does and no sound is among it. */
function audioTokens(details: readonly unknown[] | undefined): number | undefined {
  if (details === undefined) return undefined;
  return sum(0, ...details.map((row) => (stringAt(row, 'modality') === 'AUDIO' ? numberAt(row, 'tokenCount') : 0)));
}

/** What the model thought is billed as what it said. */
export function decodeGeminiUsage(usage: unknown): Usage {
  return known({
    inputTokens: sum(numberAt(usage, 'promptTokenCount'), numberAt(usage, 'toolUsePromptTokenCount')),
    inputAudioTokens: audioTokens(listAt(usage, 'promptTokensDetails')),
    cachedInputTokens: numberAt(usage, 'cachedContentTokenCount'),
    outputTokens: sum(numberAt(usage, 'candidatesTokenCount'), numberAt(usage, 'thoughtsTokenCount')),
    outputAudioTokens: audioTokens(listAt(usage, 'candidatesTokensDetails')),
  });
}

type Ending =
  | Extract<AnswerEvent, { type: 'finish' }>['finish']
  /** The model stumbled: what came is not to be used. */
  | 'malformed'
  | 'cut-off';

/** Everything that is not here ends an answer as it should. */
const endings: Readonly<Record<string, Ending>> = {
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  LANGUAGE: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
  MALFORMED_FUNCTION_CALL: 'malformed',
  UNEXPECTED_TOOL_CALL: 'malformed',
  TOO_MANY_TOOL_CALLS: 'malformed',
  MALFORMED_RESPONSE: 'malformed',
  OTHER: 'cut-off',
};

export interface GeminiChunk {
  /** Without what the model thought. */
  readonly parts: readonly JsonRecord[];
  readonly finishReason: string | undefined;
}

/** Reads the events of any answer of this wire, whatever its parts hold. */
export class GeminiStream {
  #usage: Usage | undefined;
  #finishReason: string | undefined;

  /** @throws Failed when the event is an error, or the question was blocked. */
  push(body: unknown): GeminiChunk {
    refuseErrorBody(body);
    if (!isRecord(body)) throw new Failed({ kind: 'malformed', missing: 'an object' });
    const usage = recordAt(body, 'usageMetadata');
    // Each count includes those before it.
    if (usage !== undefined) this.#usage = decodeGeminiUsage(usage);
    const feedback = recordAt(body, 'promptFeedback');
    const blocked = stringAt(feedback, 'blockReason');
    if (blocked !== undefined) {
      throw new Failed({ kind: 'refusal', text: stringAt(feedback, 'blockReasonMessage') ?? blocked });
    }
    const candidate = listAt(body, 'candidates')?.[0];
    const finishReason = stringAt(candidate, 'finishReason');
    this.#finishReason ??= finishReason;
    const parts = (listAt(recordAt(candidate, 'content'), 'parts') ?? []).filter(isRecord);
    return { parts: parts.filter(({ thought }) => thought !== true), finishReason };
  }

  /** All that was consumed, also by an answer that failed. */
  usage(): readonly { readonly type: 'usage'; readonly usage: Usage }[] {
    return this.#usage === undefined ? [] : [{ type: 'usage', usage: this.#usage }];
  }

  /** How the answer ended. @throws Failed unless it ended as an answer should. */
  ending(hasContent: boolean): 'stop' | 'length' | 'filtered' {
    const reason = this.#finishReason;
    if (reason === undefined) throw new Failed({ kind: 'cut-off' });
    const ending = endings[reason] ?? 'stop';
    if (ending === 'malformed') throw new Failed({ kind: 'malformed', missing: `an answer (${reason})` });
    if (ending === 'cut-off') throw new Failed({ kind: 'cut-off' });
    if (ending === 'filtered' && !hasContent) throw new Failed({ kind: 'refusal', text: reason });
    return ending === 'tool-calls' ? 'stop' : ending;
  }
}

export interface GeminiChatDecoder {
  /** @throws Failed */
  push(body: unknown): readonly AnswerEvent[];
  usage(): readonly AnswerEvent[];
  /** To be called when nothing more comes. @throws Failed when the answer is not whole. */
  end(): readonly AnswerEvent[];
}

export function geminiChatDecoder(): GeminiChatDecoder {
  const stream = new GeminiStream();
  let calls = 0;
  let hasContent = false;

  const decodePart = (part: JsonRecord): AnswerEvent[] => {
    const text = stringAt(part, 'text') ?? '';
    const call = recordAt(part, 'functionCall');
    const name = stringAt(call, 'name');
    if (name === undefined) return text === '' ? [] : [{ type: 'text', text }];
    const vendorToken = stringAt(part, 'thoughtSignature');
    calls++;
    return [
      {
        type: 'tool-call',
        call: {
          id: stringAt(call, 'id') ?? `${unnamedCall}${calls}`,
          name,
          input: recordAt(call, 'args') ?? {},
          ...(vendorToken === undefined ? {} : { vendorToken }),
        },
      },
    ];
  };

  return {
    push(body) {
      const events = stream.push(body).parts.flatMap(decodePart);
      hasContent ||= events.length > 0;
      return events;
    },
    usage: () => stream.usage(),
    end() {
      const finish = stream.ending(hasContent);
      return [{ type: 'finish', finish: finish === 'stop' && calls > 0 ? 'tool-calls' : finish }];
    },
  };
}
