import type { Bench, Endpoint } from './bench.ts';
import { checkSchema, invalidValue, refuseUnknownFields, requireModel } from './bench.ts';
import { toBase64 } from './bytes.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, numberOf, textOf } from './json.ts';
import { readJsonBody } from './jsonBody.ts';
import type { ModelRow } from './models.ts';
import { encodeMp3 } from './mp3.ts';
import { spokenTokens, textTokens } from './receiveAudio.ts';
import type { Reply } from './reply.ts';
import { eventsReply, streamedBytesReply } from './reply.ts';
import { synthesise } from './synthesise.ts';
import type { Pcm } from './wav.ts';
import { encodeWav, toPcm16 } from './wav.ts';
import { refuse } from './wireError.ts';

/** Every field that `/audio/speech` knows. */
export const speechFields: ReadonlySet<string> = new Set(
  'model input voice instructions response_format speed stream_format'.split(' '),
);

export const voices: readonly string[] =
  'alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse'.split(' ');

const contentTypes = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
} as const;
type SpeechFormat = keyof typeof contentTypes;

interface SpeechRequest {
  readonly input: string;
  readonly voice: string;
  readonly speed: number;
  readonly format: SpeechFormat;
  readonly events: boolean;
}

/** `POST /v1/audio/speech` */
export const speech: Endpoint = (request, bench) => {
  const json = readJsonBody(request);
  refuseUnknownFields(Object.keys(json), speechFields);
  const asked = readSpeechRequest(json, requireModel(bench, json['model']), bench);
  return Promise.resolve(() => say(asked, bench));
};

function readSpeechRequest(json: JsonObject, model: ModelRow, bench: Bench): SpeechRequest {
  if (model.speech !== true) {
    throw refuse('model-capability', `The model \`${model.id}\` does not support speech.`, { param: 'model' });
  }
  const input = textOf(json['input']);
  if (input === undefined || input.trim() === '') {
    throw refuse('missing-field', "Missing required parameter: 'input'.", {
      code: 'missing_required_parameter',
      param: 'input',
    });
  }
  if (input.length > 4096) {
    throw refuse(
      'too-long',
      `Invalid 'input': string too long. Expected a string with maximum length 4096, but got a string with length ${input.length} instead.`,
      { code: 'string_above_max_length', param: 'input' },
    );
  }
  const voice = readVoice(json['voice']);
  const speed = numberOf(json['speed']) ?? 1;
  if (speed < 0.25 || speed > 4) throw invalidValue('speed', `Invalid 'speed': ${speed} is not from 0.25 to 4.`);
  const wanted = textOf(json['response_format']) ?? 'mp3';
  const format = (Object.keys(contentTypes) as SpeechFormat[]).find((known) => known === wanted);
  if (format === undefined) throw invalidValue('response_format', `Invalid value: '${wanted}'.`);
  if ('instructions' in json && model.speechInstructions !== true) {
    throw invalidValue('instructions', `The parameter 'instructions' is not supported with model '${model.id}'.`);
  }
  const events = json['stream_format'] === 'sse';
  if (events && model.speechEvents !== true) {
    throw invalidValue('stream_format', `stream_format 'sse' is not supported with model '${model.id}'.`);
  }
  checkSchema(bench, 'CreateSpeechRequest', json);
  if (format === 'opus' || format === 'aac' || format === 'flac') {
    throw refuse('unsupported-here', `The bench makes no ${format}; ask for wav, pcm or mp3.`);
  }
  return { input, voice, speed, format, events };
}

function readVoice(voice: Json | undefined): string {
  if (isObject(voice)) {
    const id = textOf(voice['id']);
    if (id !== undefined) return id;
  }
  const name = textOf(voice);
  if (name === undefined) {
    throw refuse('missing-field', "Missing required parameter: 'voice'.", {
      code: 'missing_required_parameter',
      param: 'voice',
    });
  }
  if (!voices.includes(name)) {
    const known = voices.map((value) => `'${value}'`).join(', ');
    throw invalidValue('voice', `Invalid value: '${name}'. Supported values are: ${known}.`);
  }
  return name;
}

async function say({ input, voice, speed, format, events }: SpeechRequest, bench: Bench): Promise<Reply> {
  const pcm = await synthesise(input, bench.synthesiser, voice, speed);
  const bytes = await encode(pcm, format, bench);
  if (!events) return streamedBytesReply(contentTypes[format], bytes);
  const deltas: Json[] = [];
  for (let at = 0; at < bytes.byteLength; at += 8192) {
    deltas.push({ type: 'speech.audio.delta', audio: toBase64(bytes.subarray(at, at + 8192)) });
  }
  const read = textTokens(input);
  const said = spokenTokens((pcm.channels[0]?.length ?? 0) / pcm.sampleRate);
  const usage = { input_tokens: read, output_tokens: said, total_tokens: read + said };
  return eventsReply([...deltas, { type: 'speech.audio.done', usage }]);
}

async function encode(pcm: Pcm, format: SpeechFormat, bench: Bench): Promise<Uint8Array> {
  switch (format) {
    case 'wav':
      return encodeWav(pcm, bench.wavSizes);
    case 'pcm':
      return toPcm16(pcm.channels);
    default:
      return encodeMp3(pcm);
  }
}
