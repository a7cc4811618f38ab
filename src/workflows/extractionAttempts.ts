import { type Message, text } from '../core/conversation.js';
import { withoutRefusedNulls, type Violation } from '../core/extraction/refusedNulls.js';
import { EarshotError, toEarshotError } from '../core/errors.js';
import { formatByteLength, formatDuration } from '../core/timecode.js';
import { estimatedCost } from './beforeSending.js';
import {
  askOnce,
  extractionWays,
  followUp,
  labelOf,
  readReply,
  type Extractor,
  type Reply,
} from './extractionAnswer.js';
import type { Bill } from './extractionBill.js';
import type { Material } from './extractionMaterial.js';
import {
  extractionInstructions,
  extractionQuestion,
  type ExtractionTask,
  type ExtractionWay,
} from './extractionPrompt.js';
import type { WorkflowPorts } from './ports.js';
import type { SchemaValidator } from './schemaValidator.js';

const defaultMaxAttempts = 3;

interface Attempt {
  readonly value: unknown;
  readonly hasValue: boolean;
  readonly evidence: unknown;
  readonly errors: readonly Violation[];
}

function judge(reply: Reply, validate: SchemaValidator): Attempt {
  const opened = readReply(reply);
  if ('problem' in opened) {
    return {
      value: undefined,
      hasValue: false,
      evidence: undefined,
      errors: [{ pointer: '', message: opened.problem }],
    };
  }
  const value = withoutRefusedNulls(opened.value, validate);
  return { value, hasValue: true, evidence: opened.evidence, errors: validate(value) };
}

/** The one with less wrong in it; the later of two that are as good. */
function better(before: Attempt | undefined, after: Attempt): Attempt {
  if (before?.hasValue !== true) return after;
  return after.hasValue && after.errors.length <= before.errors.length ? after : before;
}

export interface Surroundings {
  readonly bill: Bill;
  readonly clipNames: readonly string[];
  readonly onProgress: (text: string) => void;
  readonly warnings: string[];
}

export interface Outcome {
  readonly best: Attempt;
  readonly attempts: number;
  readonly way: ExtractionWay;
  readonly answer: string;
  readonly stoppedBy?: EarshotError;
}

/** Reasons by which a server says that it cannot be asked in this way: nothing was answered, and nothing paid. */
const wayRefused: ReadonlySet<string> = new Set(['request-rejected', 'model-lacks-capability']);

/**
 * Asks until the answer is valid, as often as it may.
 * @throws EarshotError what stopped it before there was any data.
 */
export async function askUntilValid(
  task: ExtractionTask,
  material: Material,
  from: 'audio' | 'transcript',
  { extractor, maxAttempts = defaultMaxAttempts }: { readonly extractor: Extractor; readonly maxAttempts?: number },
  validate: SchemaValidator,
  ports: WorkflowPorts,
  signal: AbortSignal,
  { bill, clipNames, onProgress, warnings }: Surroundings,
): Promise<Outcome> {
  const label = labelOf(extractor);
  const chosen = 'chosen' in extractor ? extractor.chosen : undefined;
  const ways = [...extractionWays(extractor)];
  let way: ExtractionWay = ways.shift() ?? 'prompt';
  let firstRefusal: EarshotError | undefined;
  let conversation: readonly Message[] = [];
  let best: Attempt | undefined;
  let lastFailure: EarshotError | undefined;
  let attempts = 0;
  let answer = '';
  const question = (): readonly Message[] => [
    { role: 'system', content: [text(extractionInstructions(from === 'audio'))] },
    { role: 'user', content: [...material.blocks, text(extractionQuestion(task, way))] },
    ...conversation,
  ];
  const { byteLength, audioSeconds } = material;
  const characters = material.characters + extractionQuestion(task, way).length;
  const cost = chosen === undefined ? '' : estimatedCost(chosen, { task: 'answer', audioSeconds, characters });
  const size =
    from === 'audio'
      ? `${formatDuration(audioSeconds)} of audio (${formatByteLength(byteLength)}${cost})`
      : `the transcript${cost}`;
  while (attempts < maxAttempts) {
    const again = attempts === 0 ? '' : ` once more, attempt ${attempts + 1} of ${maxAttempts}`;
    const doing = `${label} extracts from ${size}${again}`;
    let reply: Reply;
    try {
      if (chosen !== undefined) {
        const { provider, model } = chosen;
        const sound = from === 'audio' ? { byteLength, audioSeconds } : {};
        await ports.permit({ provider, model, task: 'answer', clipNames, characters, ...sound }, signal);
      }
      onProgress(`${doing}…`);
      reply = await askOnce(extractor, question(), task.envelope, way, signal, (count) => {
        onProgress(`${doing}: ${count} characters`);
      });
    } catch (thrown) {
      const error = toEarshotError(thrown);
      const nextWay = attempts === 0 && wayRefused.has(error.reason) ? ways.shift() : undefined;
      if (nextWay !== undefined) {
        firstRefusal ??= error;
        way = nextWay;
        continue;
      }
      // What came before is paid for.
      if (best?.hasValue === true) return { best, attempts, way, answer, stoppedBy: error };
      throw wayRefused.has(error.reason) ? (firstRefusal ?? error) : error;
    }
    attempts++;
    if (reply.usage !== undefined) bill.add(label, reply.usage, chosen);
    warnings.push(...reply.notices);
    if (reply.text !== '' || reply.calls.length > 0) {
      answer = reply.text === '' ? JSON.stringify(reply.calls.map(({ input }) => input)) : reply.text;
    }
    lastFailure = reply.failure;
    if (from === 'audio' && reply.usage?.inputTokens !== undefined && reply.usage.inputAudioTokens === 0) {
      warnings.push(
        `${label} counted no audio in this question: the server may have dropped the recording. Do not rely on this data.`,
      );
    }
    const judged = judge(reply, validate);
    best = better(best, judged);
    if (judged.errors.length === 0) break;
    conversation = [...conversation, ...followUp(reply, judged.errors, way)];
  }
  // Nothing came at all that anybody could read.
  if (best === undefined || (answer === '' && lastFailure !== undefined)) {
    throw (
      lastFailure ??
      new EarshotError('malformed-response', `${label} sent no answer. Ask again, or select another model.`)
    );
  }
  return { best, attempts, way, answer };
}
