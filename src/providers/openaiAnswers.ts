import { cancelled } from '../core/errors.js';
import type { Capabilities } from '../core/model.js';
import { chatDecoder } from './dialects/openaiChatAnswer.js';
import { decodeJob, decodeJobResult, encodeJob, jobPath } from './dialects/jobTranscription.js';
import {
  decodeTranscription,
  encodeTranscription,
  transcriptionDecoder,
  transcriptionForm,
  transcriptionJson,
} from './dialects/openaiTranscription.js';
import { explain } from './failure.js';
import type { ModelFacts } from './modelRows.js';
import { askWire, getFrom, postTo, type WireAnswer } from './openaiClient.js';
import type { AnswerEvent, TranscriptionEvent, TranscriptionRequest } from './provider.js';
import type { Call } from './wireCall.js';

export async function* readChat(answer: WireAnswer): AsyncGenerator<AnswerEvent> {
  const decoder = chatDecoder();
  if (!answer.isStream) {
    yield* decoder.push(await answer.json());
    // A plain answer is whole, whether or not it says why it ended.
    yield* decoder.end(true);
    return;
  }
  for await (const event of answer.events()) yield* decoder.push(event);
  yield* decoder.end(answer.sawEnd());
}

async function* readTranscription(answer: WireAnswer, facts: ModelFacts): AsyncGenerator<TranscriptionEvent> {
  if (!answer.isStream) {
    yield* decodeTranscription(await answer.json());
    return;
  }
  const decoder = transcriptionDecoder(facts.transcription);
  for await (const event of answer.events()) yield* decoder.push(event);
  decoder.end();
}

/** Where the minute is billed and the answer counts only tokens, the length of what was sent is what is paid for. */
async function* billByDuration(
  events: AsyncIterable<TranscriptionEvent>,
  { prices }: Capabilities,
  audioSeconds: number | undefined,
): AsyncGenerator<TranscriptionEvent> {
  const isTimed = prices?.perAudioMinute !== undefined && audioSeconds !== undefined;
  for await (const event of events) {
    yield isTimed && event.type === 'usage' ? { type: 'usage', usage: { audioSeconds, ...event.usage } } : event;
  }
}

const firstPollSeconds = 1;
const longestPollSeconds = 5;
/** AI/ML API keeps a result for an hour; nobody waits so long. */
const longestJobSeconds = 900;

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, seconds * 1000);
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** Hands the recording in, and asks for the result until it is there. */
async function* runJob(
  call: Call,
  request: TranscriptionRequest,
  signal: AbortSignal,
): AsyncGenerator<TranscriptionEvent> {
  const readJob = async function* (answer: WireAnswer): AsyncGenerator<string> {
    yield decodeJob(await answer.json());
  };
  const readResult = async function* (answer: WireAnswer): AsyncGenerator<readonly TranscriptionEvent[]> {
    const events = decodeJobResult(await answer.json());
    if (events !== undefined) yield events;
  };
  for await (const path of askWire(call, postTo(jobPath, encodeJob(request)), readJob, signal)) {
    const startedAt = Date.now();
    for (let wait = firstPollSeconds; ; wait = Math.min(longestPollSeconds, wait * 1.5)) {
      await pause(wait, signal);
      for await (const events of askWire(call, getFrom(path), readResult, signal)) {
        yield* events;
        return;
      }
      if (Date.now() - startedAt > longestJobSeconds * 1000) {
        throw explain({ kind: 'transport', codes: [], text: '', timedOut: true }, call.asked);
      }
    }
  }
}

/** One piece of a recording through whatever way its model's row names. */
export function transcribeThrough(
  call: Call,
  request: TranscriptionRequest,
  facts: ModelFacts,
  signal: AbortSignal,
): AsyncIterable<TranscriptionEvent> {
  const traits = facts.transcription;
  if (traits.request === 'job') return runJob(call, request, signal);
  const fields = encodeTranscription(request, facts.capabilities, traits);
  const body = traits.request === 'json' ? transcriptionJson(request, fields) : transcriptionForm(fields, traits);
  const read = (answer: WireAnswer): AsyncIterable<TranscriptionEvent> =>
    billByDuration(readTranscription(answer, facts), facts.capabilities, request.audio.durationSeconds);
  return askWire(call, postTo('/audio/transcriptions', body), read, signal);
}
