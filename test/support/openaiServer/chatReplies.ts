import type { Bench, ChatAnswer } from './bench.ts';
import { newId, nowSeconds } from './bench.ts';
import { toBase64 } from './bytes.ts';
import type { ChatRequest, SpokenReply } from './chatRules.ts';
import type { Json, JsonObject } from './json.ts';
import { encodeMp3 } from './mp3.ts';
import { heardTokens, spokenTokens, textTokens } from './receiveAudio.ts';
import type { Reply } from './reply.ts';
import { eventsReply, jsonReply } from './reply.ts';
import { synthesise } from './synthesise.ts';
import { encodeWav, toPcm16 } from './wav.ts';

interface Spoken {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly seconds: number;
  readonly expiresAt: number;
}

/** Sends an answer's text in the form the request asked for: plain or streamed, written or spoken. */
export async function chatReply(chat: ChatRequest, given: ChatAnswer, bench: Bench): Promise<Reply> {
  if (typeof given !== 'string') return callsReply(chat, given.calls, bench);
  const answer = given;
  const pieces = answer.match(/\s*\S+/g) ?? [answer];
  const kept = chat.maxTokens === undefined ? pieces : pieces.slice(0, chat.maxTokens);
  const finish = kept.length < pieces.length ? 'length' : 'stop';
  const text = kept.join('');
  const spoken = chat.spoken ? await speak(text, chat.spoken, bench) : undefined;
  const head = { id: newId(bench, 'chatcmpl-'), created: nowSeconds(), model: chat.model.id };
  const usage = chatUsage(chat, text, spoken);
  const reply: Answer = { head, text, pieces: kept, finish, spoken, usage };
  return chat.stream ? streamedReply(chat, reply) : plainReply(reply);
}

interface Answer {
  readonly head: JsonObject;
  readonly text: string;
  readonly pieces: readonly string[];
  readonly finish: 'stop' | 'length';
  readonly spoken: Spoken | undefined;
  readonly usage: JsonObject;
}

function plainReply({ head, text, finish, spoken, usage }: Answer): Reply {
  const message: JsonObject = {
    role: 'assistant',
    content: spoken ? null : text,
    refusal: null,
    annotations: [],
    ...(spoken && {
      audio: { id: spoken.id, data: toBase64(spoken.bytes), expires_at: spoken.expiresAt, transcript: text },
    }),
  };
  return jsonReply({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage,
    service_tier: 'default',
    system_fingerprint: 'fp_bench',
  });
}

function streamedReply(chat: ChatRequest, { head, pieces, finish, spoken, usage }: Answer): Reply {
  const chunk = (choices: Json, usageField: Json): JsonObject => ({
    ...head,
    object: 'chat.completion.chunk',
    service_tier: 'default',
    system_fingerprint: 'fp_bench',
    choices,
    ...(chat.includeUsage && { usage: usageField }),
    ...(chat.obfuscate && { obfuscation: 'x7' }),
  });
  const delta = (content: JsonObject, finishReason: string | null = null) =>
    chunk([{ index: 0, delta: content, logprobs: null, finish_reason: finishReason }], null);
  const events: Json[] = [];
  if (spoken) {
    events.push(delta({ role: 'assistant', content: null, refusal: null, audio: { id: spoken.id, transcript: '' } }));
    for (const piece of pieces) events.push(delta({ audio: { transcript: piece } }));
    // Half a second of 24 kHz samples in each event.
    for (let at = 0; at < spoken.bytes.byteLength; at += 24_000) {
      events.push(delta({ audio: { data: toBase64(spoken.bytes.subarray(at, at + 24_000)) } }));
    }
    events.push(delta({ audio: { expires_at: spoken.expiresAt } }));
  } else {
    events.push(delta({ role: 'assistant', content: '', refusal: null }));
    for (const piece of pieces) events.push(delta({ content: piece }));
  }
  events.push(delta({}, finish));
  if (chat.includeUsage) events.push(chunk([], usage));
  return eventsReply(events);
}

/** A tool's name comes first, its arguments in crumbs, and several calls in turn. */
function callsReply(chat: ChatRequest, calls: Exclude<ChatAnswer, string>['calls'], bench: Bench): Reply {
  const asked = calls.map(({ name, input }) => ({ id: newId(bench, 'call_'), name, input: JSON.stringify(input) }));
  const head = { id: newId(bench, 'chatcmpl-'), created: nowSeconds(), model: chat.model.id };
  const usage = chatUsage(chat, '', undefined);
  if (!chat.stream) {
    const toolCalls = asked.map(({ id, name, input }) => ({
      id,
      type: 'function',
      function: { name, arguments: input },
    }));
    const message = { role: 'assistant', content: null, refusal: null, tool_calls: toolCalls };
    return jsonReply({
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
      usage,
    });
  }
  const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  const events: Json[] = [chunk({ role: 'assistant', content: null })];
  for (const [index, { id, name, input }] of asked.entries()) {
    events.push(chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }));
    for (const part of input.match(/.{1,3}/gs) ?? []) {
      events.push(chunk({ tool_calls: [{ index, function: { arguments: part } }] }));
    }
  }
  events.push(chunk({}, 'tool_calls'));
  if (chat.includeUsage) events.push({ ...head, object: 'chat.completion.chunk', choices: [], usage });
  return eventsReply(events);
}

function chatUsage(chat: ChatRequest, text: string, spoken: Spoken | undefined): JsonObject {
  const heard = chat.content.clips.reduce((sum, clip) => sum + heardTokens(clip.durationSeconds), 0);
  const read = textTokens(chat.content.texts.join('\n'));
  const said = spoken ? spokenTokens(spoken.seconds) : 0;
  const written = textTokens(text);
  return {
    prompt_tokens: heard + read,
    completion_tokens: said + written,
    total_tokens: heard + read + said + written,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: heard, text_tokens: read, image_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: said,
      text_tokens: written,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

async function speak(text: string, { voice, format }: SpokenReply, bench: Bench): Promise<Spoken> {
  const pcm = await synthesise(text, bench.synthesiser, voice, 1);
  const id = newId(bench, 'audio_');
  bench.spokenIds.add(id);
  return {
    id,
    bytes:
      format === 'wav'
        ? encodeWav(pcm, bench.wavSizes)
        : format === 'mp3'
          ? await encodeMp3(pcm)
          : toPcm16(pcm.channels),
    seconds: (pcm.channels[0]?.length ?? 0) / pcm.sampleRate,
    expiresAt: nowSeconds() + 3600,
  };
}
