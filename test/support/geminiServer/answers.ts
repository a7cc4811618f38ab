import { toBase64, utf8 } from '../openaiServer/bytes.ts';
import { isObject, numberOf, textOf, type Json, type JsonObject } from '../openaiServer/json.ts';
import { textTokens } from '../openaiServer/receiveAudio.ts';
import { recognise } from '../openaiServer/recognise.ts';
import { jsonReply, type Reply } from '../openaiServer/reply.ts';
import { synthesise } from '../openaiServer/synthesise.ts';
import type { Pcm } from '../openaiServer/wav.ts';
import { encodeWav, toPcm16 } from '../openaiServer/wav.ts';
import type { ReadRequest } from './readRequest.ts';

/** An answer before it is put on the wire: the parts of each event. */
export interface GeminiAnswer {
  readonly events: readonly (readonly JsonObject[])[];
  readonly finishReason?: string;
  /** Instead of an answer. */
  readonly blockReason?: string;
  readonly thoughtsTokens?: number;
  readonly cachedTokens?: number;
}

const tokensPerSecond = 32;
const thoughts = 11;

async function heardText(request: ReadRequest): Promise<readonly string[]> {
  const heard = await Promise.all(
    request.clips.map(({ sampleRate, channelSamples: channels }) => recognise({ sampleRate, channels }, 'tones')),
  );
  return heard.map(({ text }) => text);
}

async function chatAnswer(request: ReadRequest): Promise<GeminiAnswer> {
  const lengths = request.clips.map(
    ({ durationSeconds }, index) => `Clip ${index + 1} lasts ${durationSeconds.toFixed(2)} seconds.`,
  );
  const lines = [
    ...(request.clips.length === 0 ? [] : [`I heard: ${(await heardText(request)).join(' | ')}`, lengths.join(' ')]),
    `You asked: ${request.question}`,
  ];
  const pieces = lines.join('\n').match(/\s*\S+/g) ?? [];
  const limit = numberOf(request.generation['maxOutputTokens']) ?? Infinity;
  return {
    // What a model thinks comes first, and is none of the user's business.
    events: [[{ text: 'The user wants to know.', thought: true }], ...pieces.slice(0, limit).map((text) => [{ text }])],
    finishReason: pieces.length > limit ? 'MAX_TOKENS' : 'STOP',
    thoughtsTokens: thoughts,
  };
}

async function transcriptAnswer(request: ReadRequest): Promise<GeminiAnswer> {
  const config = request.generation['audioTranscriptionConfig'];
  const wants = (name: string): boolean => isObject(config) && config[name] === true;
  const parts: JsonObject[] = [];
  for (const { sampleRate, channelSamples: channels } of request.clips) {
    const { text, words } = await recognise({ sampleRate, channels }, 'tones');
    const timed = words.map(({ word, start, end }) => ({
      word,
      startOffset: `${start.toFixed(3)}s`,
      endOffset: `${end.toFixed(3)}s`,
    }));
    parts.push({
      audioTranscription: {
        text: `${text}.`,
        languageCode: 'en-US',
        ...(wants('diarization') && { speakerLabel: 'spk_1' }),
        ...(wants('wordTimestamp') && { words: timed }),
      },
    });
  }
  return { events: parts.map((part) => [part]) };
}

async function spokenAnswer(request: ReadRequest): Promise<GeminiAnswer> {
  const pcm = await synthesise(request.question, 'tones', voiceOf(request.generation), 1);
  const rate = pcm.sampleRate;
  switch (request.model.speaks ?? 'samples') {
    case 'samples':
      // Odd lengths on purpose: a sample may be cut in two.
      return { events: inPieces(toPcm16(pcm.channels), 9999, `audio/L16;codec=pcm;rate=${rate}`) };
    case 'wav':
      return { events: inPieces(encodeWav(pcm), Infinity, 'audio/wav') };
    case 'wav-in-pieces':
      return { events: inPieces(encodeWav(pcm, 'unknown'), 12_000, 'audio/wav') };
  }
}

function inPieces(bytes: Uint8Array, size: number, mimeType: string): JsonObject[][] {
  const events: JsonObject[][] = [];
  for (let at = 0; at < bytes.byteLength; at += size) {
    events.push([{ inlineData: { mimeType, data: toBase64(bytes.subarray(at, at + size)) } }]);
  }
  return events;
}

function voiceOf(generation: JsonObject): string {
  const at = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined);
  return textOf(at(at(at(generation['speechConfig'], 'voiceConfig'), 'prebuiltVoiceConfig'), 'voiceName')) ?? '';
}

export function usualAnswer(request: ReadRequest): Promise<GeminiAnswer> {
  if (request.model.does === 'speak') return spokenAnswer(request);
  return request.model.does === 'transcribe' ? transcriptAnswer(request) : chatAnswer(request);
}

function seconds(pcm: Pick<Pcm, 'channels' | 'sampleRate'>): number {
  return (pcm.channels[0]?.length ?? 0) / pcm.sampleRate;
}

function usageOf(request: ReadRequest, answer: GeminiAnswer, written: string, soundBytes: number): JsonObject {
  const heard = Math.round(
    request.clips.reduce(
      (sum, { sampleRate, channelSamples: channels }) => sum + tokensPerSecond * seconds({ sampleRate, channels }),
      0,
    ),
  );
  const read = textTokens(request.allText);
  const spoken = Math.round((soundBytes / 48_000) * 25);
  const said = textTokens(written) + spoken;
  const thought = answer.thoughtsTokens ?? 0;
  return {
    promptTokenCount: heard + read,
    ...(answer.cachedTokens !== undefined && { cachedContentTokenCount: answer.cachedTokens }),
    candidatesTokenCount: said,
    totalTokenCount: heard + read + said + thought,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: read },
      ...(heard > 0 ? [{ modality: 'AUDIO', tokenCount: heard }] : []),
    ],
    ...(spoken > 0 && { candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: spoken }] }),
    ...(thought > 0 && { thoughtsTokenCount: thought }),
  };
}

/** Events as Google writes them, with lines that end in CR LF, and no mark at the end. */
export function answerReply(request: ReadRequest, answer: GeminiAnswer, streamed: boolean): Reply {
  const head = { modelVersion: request.model.id, responseId: 'bench' };
  if (answer.blockReason !== undefined) {
    const blocked = {
      promptFeedback: { blockReason: answer.blockReason },
      usageMetadata: usageOf(request, answer, '', 0),
      ...head,
    };
    return streamed ? eventsReply([blocked]) : jsonReply(blocked);
  }
  let written = '';
  let soundBytes = 0;
  const { events, finishReason = 'STOP' } = answer;
  const chunks = events.map((parts, index): JsonObject => {
    for (const part of parts) {
      if (part['thought'] !== true) written += textOf(part['text']) ?? '';
      const sound = isObject(part['inlineData']) ? textOf(part['inlineData']['data']) : undefined;
      soundBytes += sound === undefined ? 0 : (sound.length * 3) / 4;
    }
    const isLast = index === events.length - 1;
    return {
      candidates: [{ content: { parts, role: 'model' }, ...(isLast && { finishReason }), index: 0 }],
      usageMetadata: usageOf(request, answer, written, soundBytes),
      ...head,
    };
  });
  if (streamed) return eventsReply(chunks);
  const parts = events.flat();
  return jsonReply({
    candidates: [{ content: { parts, role: 'model' }, finishReason, index: 0 }],
    usageMetadata: usageOf(request, answer, written, soundBytes),
    ...head,
  });
}

function eventsReply(events: readonly Json[]): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    pieces: events.map((event) => utf8(`data: ${JSON.stringify(event)}\r\n\r\n`)),
    streamed: true,
  };
}
