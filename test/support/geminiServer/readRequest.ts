import { fromStrictBase64 } from '../openaiServer/bytes.ts';
import { isList, isObject, numberOf, textOf, type Json, type JsonObject } from '../openaiServer/json.ts';
import { receiveAudio } from '../openaiServer/receiveAudio.ts';
import { mixToMono } from '../openaiServer/signal.ts';
import { sniff, type Sniffed } from '../openaiServer/sniff.ts';
import { WireError } from '../openaiServer/wireError.ts';
import { decodeOther } from './decodeOther.ts';
import type { FileStore } from './files.ts';
import { googleErrors } from './googleErrors.ts';
import type { GeminiModelRow } from './models.ts';
import type { HeardAudio } from './recorded.ts';
import { refuse } from './refuse.ts';

export interface ReadRequest {
  readonly model: GeminiModelRow;
  readonly json: JsonObject;
  readonly generation: JsonObject;
  readonly clips: readonly HeardAudio[];
  /** The text of the last user turn. */
  readonly question: string;
  /** Of all turns and of the system. */
  readonly allText: string;
}

/** The types of the documentation, and what the bytes must then be. */
const audioTypes: Readonly<Record<string, Sniffed>> = {
  'audio/wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/aiff': 'aiff',
  'audio/aac': 'aac',
  'audio/ogg': 'ogg',
  'audio/flac': 'flac',
};

const partKinds = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'];

async function hear(bytes: Uint8Array, mediaType: string | undefined): Promise<HeardAudio | undefined> {
  const promised = audioTypes[mediaType ?? ''];
  if (promised === undefined) {
    if (mediaType?.startsWith('image/') === true) return undefined;
    throw new WireError('mislabelled', googleErrors.mimeType(String(mediaType)), `the type ${String(mediaType)}`);
  }
  const found = sniff(bytes);
  if (found !== promised) throw refuse('mislabelled', `${String(mediaType)} holds ${found}`);
  if (found === 'wav' || found === 'mp3') return receiveAudio(bytes, found, (rule, detail) => refuse(rule, detail));
  const pcm = await decodeOther(bytes, found);
  if (pcm === undefined) return undefined;
  return {
    format: found,
    bytes,
    sampleRate: pcm.sampleRate,
    channels: pcm.channels.length,
    durationSeconds: (pcm.channels[0]?.length ?? 0) / pcm.sampleRate,
    samples: mixToMono(pcm),
    channelSamples: pcm.channels,
  };
}

/** Reads and checks the turns beyond what the protos say. */
export async function readRequest(json: JsonObject, model: GeminiModelRow, files: FileStore): Promise<ReadRequest> {
  const contents = json['contents'];
  if (!isList(contents) || contents.length === 0) throw refuse('missing-field', 'contents is not specified');
  const clips: HeardAudio[] = [];
  const texts: string[] = textsOf(json['systemInstruction']);
  let question = '';
  for (const content of contents) {
    if (!isObject(content)) throw refuse('invalid-value', 'A content is no object');
    const role = textOf(content['role']);
    if (role !== 'user' && role !== 'model') throw refuse('invalid-value', 'Please use a valid role: user, model.');
    const parts = content['parts'];
    if (!isList(parts) || parts.length === 0) throw refuse('missing-field', 'contents.parts must not be empty.');
    checkSignatures(parts, model);
    for (const part of parts) {
      if (!isObject(part)) throw refuse('invalid-value', 'A part is no object');
      const kinds = partKinds.filter((kind) => kind in part);
      if (kinds.length !== 1) throw refuse('invalid-value', 'A part must have exactly one kind of data');
      if (part['text'] === '') throw refuse('invalid-value', 'A part has an empty text');
      const clip = await hearPart(part, model, files);
      if (clip !== undefined) clips.push(clip);
    }
    if (role === 'user') question = textsOf(content).join('\n');
    texts.push(...textsOf(content));
  }
  const last = contents.at(-1);
  if (isObject(last) && last['role'] === 'model')
    throw refuse('invalid-value', "Please ensure that the last turn is the user's.");
  const generation = isObject(json['generationConfig']) ? json['generationConfig'] : {};
  checkGeneration(generation, model);
  return { model, json, generation, clips, question, allText: texts.join('\n') };
}

async function hearPart(part: JsonObject, model: GeminiModelRow, files: FileStore): Promise<HeardAudio | undefined> {
  const inline = part['inlineData'];
  const file = part['fileData'];
  if (!isObject(inline) && !isObject(file)) return undefined;
  if (model.hears !== true) throw new WireError('model-capability', googleErrors.deaf(model.id), `${model.id} is deaf`);
  if (isObject(file)) {
    const stored = files.use(textOf(file['fileUri']) ?? '', textOf(file['mimeType']));
    return hear(stored.bytes, stored.mediaType);
  }
  if (!isObject(inline)) return undefined;
  const bytes = fromStrictBase64(textOf(inline['data']) ?? '');
  if (typeof bytes === 'string') throw refuse('base64', `inlineData ${bytes}`);
  return hear(bytes, textOf(inline['mimeType']));
}

/** Of the calls of one turn the first must bring its signature, with models that sign. */
function checkSignatures(parts: readonly Json[], model: GeminiModelRow): void {
  const first = parts.find((part) => isObject(part) && 'functionCall' in part);
  if (model.signs !== true || !isObject(first)) return;
  if (textOf(first['thoughtSignature']) === undefined) {
    throw refuse('missing-field', 'Function call is missing a thought_signature in functionCall parts.');
  }
}

function checkGeneration(generation: JsonObject, model: GeminiModelRow): void {
  if ('responseJsonSchema' in generation && generation['responseMimeType'] !== 'application/json') {
    throw refuse('invalid-value', 'response_json_schema needs the response mime type application/json');
  }
  const tokens = generation['maxOutputTokens'];
  if (tokens !== undefined && (numberOf(tokens) ?? 0) < 1)
    throw refuse('invalid-value', 'max_output_tokens must be positive.');
  const modalities = generation['responseModalities'];
  const speaks = isList(modalities) && modalities.includes('AUDIO');
  if (speaks !== (model.does === 'speak')) {
    throw refuse('model-capability', `${model.id} and response modalities ${JSON.stringify(modalities)}`);
  }
  if ('audioTranscriptionConfig' in generation !== (model.does === 'transcribe')) {
    throw refuse('model-capability', `${model.id} and audio_transcription_config`);
  }
}

function textsOf(content: Json | undefined): string[] {
  const parts = isObject(content) && isList(content['parts']) ? content['parts'] : [];
  return parts.flatMap((part) => (isObject(part) ? (textOf(part['text']) ?? []) : []));
}
