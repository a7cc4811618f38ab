import { fromStrictBase64 } from './bytes.ts';
import type { Bench, Endpoint } from './bench.ts';
import { newId, refuseUnknownFields, requireModel } from './bench.ts';
import { errorBodies, errorBody } from './errorBodies.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, textOf } from './json.ts';
import { readJsonBody } from './jsonBody.ts';
import { parseMultipart } from './multipart.ts';
import { receiveAudio } from './receiveAudio.ts';
import type { OpenRequest, ReceivedAudio } from './recorded.ts';
import type { Heard } from './recognise.ts';
import { recognise } from './recognise.ts';
import { jsonReply } from './reply.ts';
import { toSegments } from './segments.ts';
import type { AudioFormat } from './sniff.ts';
import { promisedByName, sniff } from './sniff.ts';
import { refuse, WireError } from './wireError.ts';

async function receive(
  request: OpenRequest,
  bytes: Uint8Array,
  promised: AudioFormat | undefined,
): Promise<ReceivedAudio> {
  const seen = sniff(bytes);
  if (promised === undefined || promised !== seen)
    throw refuse('mislabelled', `it is called ${String(promised)} and its bytes are ${seen}`);
  const audio = await receiveAudio(
    bytes,
    promised,
    (rule, detail) => new WireError(rule, errorBodies.undecodable_audio(), detail),
  );
  request.audio.push(audio);
  return audio;
}

async function hear(audio: ReceivedAudio, bench: Bench): Promise<Heard> {
  return recognise({ sampleRate: audio.sampleRate, channels: audio.channelSamples }, bench.recogniser);
}

/** A form whose lists are named without brackets, and which refuses whatever it does not know. */
async function readForm(
  request: OpenRequest,
  fields: readonly string[],
  fileField: string,
): Promise<{
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly audio: ReceivedAudio;
}> {
  const form = parseMultipart(request.body, request.headers['content-type'] ?? '');
  request.form = form;
  refuseUnknownFields(
    [...form.fields, ...form.files].map(({ name }) => name),
    new Set([...fields, fileField]),
  );
  const values = new Map<string, string[]>();
  for (const { name, value } of form.fields) values.set(name, [...(values.get(name) ?? []), value]);
  const [file] = form.files;
  if (file === undefined) throw refuse('missing-field', 'no file');
  return { values, audio: await receive(request, file.bytes, promisedByName(file.fileName)) };
}

/** Mistral's: `diarize`, `timestamp_granularities` and `context_bias` in place of response formats and a prompt. */
export const mistralTranscriptions: Endpoint = async (request, bench) => {
  const known = ['model', 'language', 'temperature', 'stream', 'diarize', 'context_bias', 'timestamp_granularities'];
  const { values, audio } = await readForm(request, known, 'file');
  const model = requireModel(bench, values.get('model')?.[0]);
  const granularities = values.get('timestamp_granularities') ?? [];
  const diarizes = values.get('diarize')?.[0] === 'true';
  if (values.has('language') && granularities.length > 0) {
    throw refuse('invalid-value', 'timestamp_granularities is not compatible with language');
  }
  if (diarizes && !granularities.includes('segment')) {
    throw refuse('invalid-value', "diarize needs timestamp_granularities: ['segment']");
  }
  return async () => {
    const heard = await hear(audio, bench);
    return jsonReply({
      model: model.id,
      text: heard.text,
      language: null,
      segments: toSegments(heard.words).map(({ start, end, text }) => ({
        type: 'transcription_segment',
        text,
        start,
        end,
        ...(diarizes && { speaker_id: 'speaker_1' }),
      })),
      usage: {
        prompt_audio_seconds: Math.ceil(audio.durationSeconds),
        prompt_tokens: 4,
        completion_tokens: 9,
        total_tokens: 13,
      },
    });
  };
};

/** OpenRouter's: base64 in JSON. */
export const openrouterTranscriptions: Endpoint = async (request, bench) => {
  const json = readJsonBody(request);
  refuseUnknownFields(
    Object.keys(json),
    new Set([
      'model',
      'input_audio',
      'language',
      'response_format',
      'timestamp_granularities',
      'temperature',
      'provider',
    ]),
  );
  requireModel(bench, json['model']);
  const sound = json['input_audio'];
  if (!isObject(sound)) throw refuse('missing-field', 'input_audio is missing');
  refuseUnknownFields(Object.keys(sound), new Set(['data', 'format']), 'input_audio.');
  const bytes = fromStrictBase64(textOf(sound['data']) ?? '');
  if (typeof bytes === 'string') throw refuse('base64', bytes);
  const format = textOf(sound['format']) ?? '';
  const audio = await receive(
    request,
    bytes,
    format === 'aac' || format === 'aiff' ? format : promisedByName(`a.${format}`),
  );
  return async () => {
    const heard = await hear(audio, bench);
    const segments = toSegments(heard.words).map(({ start, end, text }, id) => ({ id, start, end, text }));
    const isVerbose = json['response_format'] === 'verbose_json';
    const usage = { seconds: audio.durationSeconds, cost: 0.0001 };
    return jsonReply({
      text: heard.text,
      usage,
      ...(isVerbose && { task: 'transcribe', language: 'english', duration: audio.durationSeconds, segments }),
    });
  };
};

/** AI/ML API's: handed in here, asked for at `/v1/stt/{id}`, where it is not done the first time. */
export function aimlapiJobs(): Readonly<Record<'create' | 'result', Endpoint>> {
  const jobs = new Map<string, { readonly answer: () => Promise<Json>; asked: number }>();
  const create: Endpoint = async (request, bench) => {
    const { values, audio } = await readForm(request, ['model', 'language'], 'audio');
    requireModel(bench, values.get('model')?.[0]);
    const id = newId(bench, 'job-');
    const answer = async (): Promise<JsonObject> => {
      const { words, text } = await hear(audio, bench);
      const timed = words.map(({ word, start, end }) => ({ word, punctuated_word: word, start, end, confidence: 0.9 }));
      return {
        metadata: { duration: audio.durationSeconds },
        results: { channels: [{ alternatives: [{ transcript: text, confidence: 0.9, words: timed }] }] },
      };
    };
    jobs.set(id, { answer, asked: 0 });
    return () => Promise.resolve(jsonReply({ generation_id: id }, 201));
  };
  const result: Endpoint = (request) => {
    const id = request.path.split('/').at(-1) ?? '';
    const job = jobs.get(id);
    if (job === undefined) throw new WireError('unknown-model', errorBody(404, 'Generation not found'), `no job ${id}`);
    job.asked += 1;
    return Promise.resolve(async () =>
      job.asked < 2
        ? jsonReply({ generation_id: id, status: 'active' })
        : jsonReply({ generation_id: id, status: 'completed', result: await job.answer() }),
    );
  };
  return { create, result };
}
