import type { Bench, Endpoint } from './bench.ts';
import type { Json, JsonObject } from './json.ts';
import { heardTokens, textTokens } from './receiveAudio.ts';
import type { Heard } from './recognise.ts';
import { recognise } from './recognise.ts';
import type { Reply } from './reply.ts';
import { eventsReply, jsonReply, textReply } from './reply.ts';
import type { SpokenSegment } from './segments.ts';
import { toSegments, toSrt, toVtt } from './segments.ts';
import type { TranscriptionRequest } from './transcriptionRules.ts';
import { readTranscriptionRequest } from './transcriptionRules.ts';

/** `POST /v1/audio/transcriptions` */
export const transcriptions: Endpoint = async (request, bench) => {
  const asked = await readTranscriptionRequest(request, bench);
  return () => transcribe(asked, bench);
};

async function transcribe(asked: TranscriptionRequest, bench: Bench): Promise<Reply> {
  const pcm = { sampleRate: asked.audio.sampleRate, channels: asked.audio.channelSamples };
  const heard = await recognise(pcm, bench.recogniser);
  // As the real one does, whisper-1 ignores the wish for a stream.
  if (asked.stream && asked.model.transcriptionStreams === true) return streamedTranscript(asked, heard);
  const segments = toSegments(heard.words);
  switch (asked.format) {
    case 'text':
      return textReply(`${heard.text}\n`);
    case 'srt':
      return textReply(toSrt(segments));
    case 'vtt':
      return textReply(toVtt(segments));
    case 'verbose_json':
      return jsonReply(verboseJson(asked, heard, segments));
    case 'diarized_json':
      return jsonReply({
        task: 'transcribe',
        duration: asked.audio.durationSeconds,
        text: heard.text,
        segments: segments.map(diarizedSegment),
        usage: usageOf(asked, heard.text),
      });
    case 'json':
      return jsonReply(plainJson(asked, heard));
  }
}

function plainJson(asked: TranscriptionRequest, heard: Heard): JsonObject {
  return {
    text: heard.text,
    ...(asked.model.keywords === true && { languages: languagesOf(asked, heard) }),
    ...(asked.logprobs && { logprobs: pieces(heard.text).map(logprob) }),
    usage: usageOf(asked, heard.text),
  };
}

function verboseJson(asked: TranscriptionRequest, heard: Heard, segments: readonly SpokenSegment[]): JsonObject {
  return {
    task: 'transcribe',
    language: asked.language === undefined || asked.language === 'en' ? 'english' : asked.language,
    duration: asked.audio.durationSeconds,
    text: heard.text,
    ...(asked.granularities.includes('segment') && {
      segments: segments.map(({ start, end, text }, id) => ({
        id,
        seek: 0,
        start,
        end,
        text: ` ${text}`,
        tokens: [50_364 + id],
        temperature: 0,
        avg_logprob: -0.25,
        compression_ratio: 1.1,
        no_speech_prob: 0.01,
      })),
    }),
    ...(asked.granularities.includes('word') && {
      words: heard.words.map(({ word, start, end }) => ({ word, start, end })),
    }),
    usage: { type: 'duration', seconds: Math.ceil(asked.audio.durationSeconds) },
  };
}

function streamedTranscript(asked: TranscriptionRequest, heard: Heard): Reply {
  const events: Json[] = [];
  if (asked.format === 'diarized_json') {
    events.push(...toSegments(heard.words).map(diarizedSegment));
  }
  for (const piece of pieces(heard.text)) {
    events.push({
      type: 'transcript.text.delta',
      delta: piece,
      ...(asked.logprobs && { logprobs: [logprob(piece)] }),
      ...(asked.model.diarizes === true && { segment_id: 'seg_0' }),
    });
  }
  events.push({
    type: 'transcript.text.done',
    text: heard.text,
    ...(asked.model.keywords === true && { languages: languagesOf(asked, heard) }),
    ...(asked.logprobs && { logprobs: pieces(heard.text).map(logprob) }),
    usage: tokenUsage(asked, heard.text),
  });
  return eventsReply(events);
}

function diarizedSegment({ start, end, text }: SpokenSegment, index: number): JsonObject {
  return { type: 'transcript.text.segment', id: `seg_${index}`, start, end, text, speaker: 'A' };
}

function languagesOf(asked: TranscriptionRequest, heard: Heard): Json {
  return heard.text === '' ? [] : [{ code: asked.language ?? 'en' }];
}

function usageOf(asked: TranscriptionRequest, text: string): JsonObject {
  return asked.model.transcriptionUsage === 'tokens'
    ? tokenUsage(asked, text)
    : { type: 'duration', seconds: Math.ceil(asked.audio.durationSeconds) };
}

function tokenUsage(asked: TranscriptionRequest, text: string): JsonObject {
  const heard = heardTokens(asked.audio.durationSeconds);
  const read = textTokens(asked.prompt);
  const written = textTokens(text);
  return {
    type: 'tokens',
    input_tokens: heard + read,
    input_token_details: { text_tokens: read, audio_tokens: heard },
    output_tokens: written,
    total_tokens: heard + read + written,
  };
}

function pieces(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? [];
}

function logprob(piece: string): JsonObject {
  return { token: piece, logprob: -0.01, bytes: [...Buffer.from(piece, 'utf8')] };
}
