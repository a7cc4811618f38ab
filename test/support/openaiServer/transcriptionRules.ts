import type { Bench } from './bench.ts';
import { checkSchema, invalidValue, refuseUnknownFields, requireModel } from './bench.ts';
import { hasFfmpeg } from './decodeByFfmpeg.ts';
import { errorBodies, errorBody, invalidFileFormat, tooLarge } from './errorBodies.ts';
import type { Json } from './json.ts';
import { isList, parseJson, textOf } from './json.ts';
import type { ModelRow, TranscriptionFormat } from './models.ts';
import { plainTranscriptionFormats } from './models.ts';
import type { Form, FormFile } from './multipart.ts';
import { parseMultipart } from './multipart.ts';
import { receiveAudio } from './receiveAudio.ts';
import type { OpenRequest, ReceivedAudio } from './recorded.ts';
import { promisedByName, promisedByType, sniff } from './sniff.ts';
import type { Rule } from './wireError.ts';
import { refuse, WireError } from './wireError.ts';

const listFields = new Set([
  'timestamp_granularities',
  'include',
  'keywords',
  'languages',
  'known_speaker_names',
  'known_speaker_references',
]);
const singleFields = ['model', 'language', 'prompt', 'response_format', 'temperature', 'stream', 'chunking_strategy'];

/** Every field that `/audio/transcriptions` knows. */
export const transcriptionFields: ReadonlySet<string> = new Set(['file', ...singleFields, ...listFields]);

const formats: readonly TranscriptionFormat[] = [...plainTranscriptionFormats, 'diarized_json'];

export interface TranscriptionRequest {
  readonly model: ModelRow;
  readonly audio: ReceivedAudio;
  readonly format: TranscriptionFormat;
  readonly stream: boolean;
  readonly language: string | undefined;
  readonly prompt: string;
  readonly granularities: readonly string[];
  readonly logprobs: boolean;
}

/** Reads a transcription request, decodes its file, and refuses whatever OpenAI or a strict reading would. */
export async function readTranscriptionRequest(request: OpenRequest, bench: Bench): Promise<TranscriptionRequest> {
  const limit = bench.limits.transcriptionBytes;
  if (request.body.byteLength > limit) {
    throw new WireError(
      'too-large',
      tooLarge(limit, request.body.byteLength),
      `request of ${request.body.byteLength} bytes`,
    );
  }
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw refuse('content-type', `Unsupported content type: '${contentType}'.`, { code: 'unsupported_content_type' });
  }
  const form = parseMultipart(request.body, contentType);
  request.form = form;
  const values = readFields(form);
  const model = requireModel(bench, values['model']);
  if (model.transcription !== true) {
    throw new WireError(
      'model-capability',
      errorBody(400, `The model \`${model.id}\` does not support transcription.`, null, 'model'),
      `${model.id} does not transcribe`,
    );
  }
  const file = readFile(form);
  checkSchema(bench, 'CreateTranscriptionRequest', { ...values, file: '' });
  const audio = await readAudio(file);
  request.audio.push(audio);
  const format = readFormat(values, model);
  checkOptions(values, model, format, audio);
  return {
    model,
    audio,
    format,
    stream: values['stream'] === true,
    language: textOf(values['language']),
    prompt: textOf(values['prompt']) ?? '',
    granularities: textList(values['timestamp_granularities']) ?? ['segment'],
    logprobs: textList(values['include'])?.includes('logprobs') === true,
  };
}

/** The form's fields as the JSON values they stand for. */
function readFields(form: Form): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const { name, value } of form.fields) {
    const base = name.replace(/\[\]$/, '');
    refuseUnknownFields([base], transcriptionFields);
    if (base === 'file') throw refuse('file-name', "'file' must be a file: its part has no filename.");
    if (listFields.has(base)) {
      if (base === name) throw invalidValue(base, `Invalid type for '${base}': expected an array, so '${base}[]'.`);
      const before = values[base];
      values[base] = [...(isList(before) ? before : []), value];
    } else if (base in values || base !== name) {
      throw refuse('duplicate-field', `Duplicate parameter: '${name}'.`, { param: name });
    } else {
      values[base] = readValue(base, value);
    }
  }
  return values;
}

function readValue(name: string, value: string): Json {
  switch (name) {
    case 'temperature': {
      const number = Number(value);
      if (value.trim() === '' || !(number >= 0 && number <= 1)) {
        throw invalidValue(name, `Invalid value for 'temperature': '${value}' is not a number from 0 to 1.`);
      }
      return number;
    }
    case 'stream':
      if (value !== 'true' && value !== 'false') throw invalidValue(name, `Invalid value for 'stream': '${value}'.`);
      return value === 'true';
    case 'chunking_strategy':
      return value.startsWith('{') ? parseJson(value) : value;
    case 'language':
      if (!/^[a-z]{2,3}$/.test(value)) {
        throw invalidValue(name, 'Language parameter must be specified in ISO-639-1 format.');
      }
      return value;
    default:
      return value;
  }
}

function readFile(form: Form): FormFile {
  for (const { name } of form.files) {
    if (name !== 'file') refuseUnknownFields([name], new Set(['file']));
  }
  const [file, second] = form.files;
  if (!file) throw refuse('missing-field', "Missing required parameter: 'file'.", { param: 'file' });
  if (second) throw refuse('duplicate-field', "Duplicate parameter: 'file'.", { param: 'file' });
  return file;
}

async function readAudio(file: FormFile): Promise<ReceivedAudio> {
  const name = JSON.stringify(file.fileName);
  const promised = promisedByName(file.fileName);
  if (promised === undefined) throw badFile('file-name', `the file name ${name} has no extension that OpenAI knows`);
  if (file.bytes.byteLength === 0) throw badFile('audio-empty', `${name} is empty`);
  const seen = sniff(file.bytes);
  if (seen !== promised) throw badFile('mislabelled', `${name} promises ${promised} but its bytes are ${seen}`);
  const typed = promisedByType(file.contentType);
  if (typed === undefined ? file.contentType.startsWith('audio/') : typed !== seen) {
    throw badFile('mislabelled', `${name} is sent as ${file.contentType} but its bytes are ${seen}`);
  }
  if (seen !== 'wav' && seen !== 'mp3' && !hasFfmpeg()) {
    throw refuse('unsupported-here', `The bench cannot decode ${seen} without ffmpeg; it knows wav and mp3.`);
  }
  return receiveAudio(
    file.bytes,
    seen,
    (rule, detail) => new WireError(rule, errorBodies.undecodable_audio(), `${name}: ${detail}`),
  );
}

function badFile(rule: Rule, detail: string): WireError {
  return new WireError(rule, invalidFileFormat(), detail);
}

function readFormat(values: Readonly<Record<string, Json>>, model: ModelRow): TranscriptionFormat {
  const wanted = textOf(values['response_format']) ?? 'json';
  const format = formats.find((known) => known === wanted);
  if (format === undefined) throw invalidValue('response_format', `Invalid value: '${wanted}'.`);
  const known = model.transcriptionFormats ?? plainTranscriptionFormats;
  if (known.includes(format)) return format;
  throw refuse(
    'invalid-value',
    `response_format '${wanted}' is not compatible with model '${model.id}-api-ev3'. Use 'json' or 'text' instead.`,
    { code: 'unsupported_value', param: 'response_format' },
  );
}

function checkOptions(
  values: Readonly<Record<string, Json>>,
  model: ModelRow,
  format: TranscriptionFormat,
  audio: ReceivedAudio,
): void {
  const seconds = audio.durationSeconds;
  if (seconds < 0.1) {
    throw refuse(
      'audio-empty',
      `audio duration ${seconds} seconds is shorter than 0.1 seconds which is the minimum for this model`,
      { code: 'invalid_value' },
    );
  }
  if (model.maxSeconds !== undefined && seconds > model.maxSeconds) {
    throw refuse(
      'too-long',
      `audio duration ${seconds} seconds is longer than ${model.maxSeconds} seconds which is the maximum for this model`,
      { code: 'invalid_value' },
    );
  }
  const unsupported = (name: string, fits: boolean) => {
    if (name in values && !fits) {
      throw invalidValue(name, `The parameter '${name}' is not supported with model '${model.id}' in this form.`);
    }
  };
  unsupported('timestamp_granularities', format === 'verbose_json');
  unsupported('keywords', model.keywords === true);
  unsupported('languages', model.keywords === true);
  unsupported('include', model.logprobs === true && format === 'json');
  unsupported('prompt', model.diarizes !== true);
  unsupported('known_speaker_names', model.diarizes === true);
  unsupported('known_speaker_references', model.diarizes === true);
  if (model.diarizes === true && seconds > 30 && !('chunking_strategy' in values)) {
    throw invalidValue('chunking_strategy', 'chunking_strategy is required for diarization models');
  }
}

function textList(value: Json | undefined): string[] | undefined {
  return isList(value) ? value.filter((item) => typeof item === 'string') : undefined;
}
