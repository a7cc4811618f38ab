import { type Message, text, type ToolCall } from '../core/conversation.js';
import { openEnvelope, type Opened } from '../core/extraction/envelope.js';
import { findJson } from '../core/extraction/findJson.js';
import { isSameJson, type JsonObject } from '../core/extraction/json.js';
import type { Violation } from '../core/extraction/refusedNulls.js';
import { EarshotError, toEarshotError } from '../core/errors.js';
import { addUsage, type Usage } from '../core/usage.js';
import type { AnswerEvent, AnswerRequest } from '../providers/provider.js';
import { converse, type TextModel } from './answerQuestion.js';
import type { ChosenModel } from './chooseModel.js';
import { correction, extractionTool, type ExtractionWay } from './extractionPrompt.js';

/** Who extracts: a model of ours, or one of VS Code's own, which only reads and writes text. */
export type Extractor = { readonly chosen: ChosenModel } | { readonly other: TextModel };

export const labelOf = (extractor: Extractor): string =>
  'other' in extractor ? extractor.other.label : extractor.chosen.model.label;

/** The ways that the model's row says it knows, best first. Every model can be told in words. */
export function extractionWays(extractor: Extractor): readonly ExtractionWay[] {
  if ('other' in extractor) return ['prompt'];
  const { structuredOutput, tools } = extractor.chosen.model.capabilities;
  return [...(structuredOutput ? (['schema'] as const) : []), ...(tools ? (['tool'] as const) : []), 'prompt'];
}

/** What came of one attempt. */
export interface Reply {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly isCutOff: boolean;
  readonly usage: Usage | undefined;
  /** What the user should know of the answer. */
  readonly notices: readonly string[];
  /** What the decoder could make nothing of. */
  readonly failure: EarshotError | undefined;
}

function requestFor(envelope: JsonObject, way: ExtractionWay): Omit<AnswerRequest, 'model' | 'messages'> {
  switch (way) {
    case 'schema':
      return { jsonSchema: { name: 'extraction', schema: envelope } };
    case 'tool':
      return {
        tools: [{ name: extractionTool, description: 'Takes what was extracted.', inputSchema: envelope }],
        toolChoice: 'required',
      };
    case 'prompt':
      return {};
  }
}

function send(
  extractor: Extractor,
  messages: readonly Message[],
  envelope: JsonObject,
  way: ExtractionWay,
  signal: AbortSignal,
): AsyncIterable<AnswerEvent> {
  return 'other' in extractor
    ? extractor.other.answer(messages, signal)
    : converse(extractor.chosen, { messages, ...requestFor(envelope, way) }, signal);
}

/**
 * Asks once.
 * @param onText Told how many characters have come.
 * @throws EarshotError `refused` when a content filter stopped it, and what `Provider.converse` throws, except that an answer
 * which cannot be read or breaks off is a reply that failed.
 */
export async function askOnce(
  extractor: Extractor,
  messages: readonly Message[],
  envelope: JsonObject,
  way: ExtractionWay,
  signal: AbortSignal,
  onText: (characters: number) => void,
): Promise<Reply> {
  let written = '';
  const calls: ToolCall[] = [];
  let isCutOff = false;
  let usage: Usage | undefined;
  const notices: string[] = [];
  let failure: EarshotError | undefined;
  try {
    for await (const event of send(extractor, messages, envelope, way, signal)) {
      if (event.type === 'text') {
        written += event.text;
        onText(written.length);
      } else if (event.type === 'tool-call') calls.push(event.call);
      else if (event.type === 'usage') usage = usage === undefined ? event.usage : addUsage(usage, event.usage);
      else if (event.type === 'notice') notices.push(event.text);
      else if (event.type === 'finish' && event.finish === 'length') isCutOff = true;
      else if (event.type === 'finish' && event.finish === 'filtered') {
        throw new EarshotError(
          'refused',
          `${labelOf(extractor)} refused to answer: its content filter stopped it. Ask for other data, or select another model.`,
        );
      }
    }
  } catch (thrown) {
    const error = toEarshotError(thrown);
    if (error.reason !== 'malformed-response' && error.reason !== 'answer-cut-off') throw error;
    failure = error;
  }
  return { text: written, calls, isCutOff, usage, notices, failure };
}

/** The data in a reply, or what is wrong with it. */
export function readReply({ text: written, calls, isCutOff, failure }: Reply): Opened {
  if (failure !== undefined) return { problem: 'The answer broke off or could not be read.' };
  // What the length limit cut may still be JSON, of which the rest is missing.
  if (isCutOff) return { problem: 'The answer was cut off at the length limit. Be briefer.' };
  const [call, ...others] = calls;
  if (others.some(({ input }) => !isSameJson(input, call?.input))) {
    return { problem: `${extractionTool} was called several times with different data. Call it once.` };
  }
  if (call !== undefined) {
    return call.name === extractionTool
      ? openEnvelope(call.input)
      : { problem: `There is no function ${call.name}. Call ${extractionTool}.` };
  }
  const found = findJson(written);
  return 'problem' in found ? found : openEnvelope(found.value);
}

/** The conversation goes on: the answer as it came, and what is wrong with it. */
export function followUp(reply: Reply, problems: readonly Violation[], way: ExtractionWay): readonly Message[] {
  const words = correction(problems, way);
  const [call] = reply.calls;
  if (call !== undefined) {
    return [
      { role: 'assistant', content: [{ type: 'tool_call', tool_call: call }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_result: { callId: call.id, name: call.name, text: words, isError: true } },
        ],
      },
    ];
  }
  const said = reply.text.trim();
  // Nothing to be said again where nothing came: vendors refuse an empty message.
  return said === ''
    ? [{ role: 'user', content: [text(words)] }]
    : [
        { role: 'assistant', content: [text(said)] },
        { role: 'user', content: [text(words)] },
      ];
}
