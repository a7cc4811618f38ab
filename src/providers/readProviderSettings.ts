import { EarshotError } from '../core/errors.js';
import { mediaFormatNames, type MediaFormatName } from '../core/media.js';
import type { Capabilities } from '../core/model.js';
import type { Prices } from '../core/usage.js';
import { isRecord, known, type JsonRecord } from './dialects/wire.js';
import { compatibleVendors } from './vendors/openaiCompatible.js';
import {
  commandOutputs,
  providerKinds,
  speechOutputs,
  type CommandSettings,
  type ProviderSettings,
} from './providerSettings.js';

/** Looks up a field and complains by its full path in the settings. */
class Fields {
  private readonly name: string;
  private readonly path: string;
  private readonly values: JsonRecord;

  constructor(name: string, path: string, value: unknown) {
    this.name = name;
    this.path = path;
    if (!isRecord(value)) throw this.wrong('must be an object');
    this.values = value;
  }

  wrong(what: string, key?: string): EarshotError {
    const path = [this.path, ...(key === undefined ? [] : [key])].join(' › ');
    return new EarshotError('invalid-settings', `In the setting earshot.providers, ${path} ${what}. Mend it there.`, {
      provider: this.name,
    });
  }

  has(key: string): boolean {
    return this.values[key] !== undefined && this.values[key] !== null;
  }

  keys(): readonly string[] {
    return Object.keys(this.values);
  }

  private typed<T>(key: string, is: (value: unknown) => value is T, what: string): T | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    if (!is(value)) throw this.wrong(what, key);
    return value;
  }

  string(key: string): string | undefined {
    const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
    return this.typed(key, isText, 'must be a text that is not empty');
  }

  boolean(key: string): boolean | undefined {
    return this.typed(key, (value) => typeof value === 'boolean', 'must be true or false');
  }

  number(key: string): number | undefined {
    const isAmount = (value: unknown): value is number =>
      typeof value === 'number' && Number.isFinite(value) && value >= 0;
    return this.typed(key, isAmount, 'must be a number of at least 0');
  }

  oneOf<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const isChoice = (value: unknown): value is T => choices.some((choice) => choice === value);
    return this.typed(key, isChoice, `must be one of: ${choices.join(', ')}`);
  }

  list<T extends string>(key: string, choices?: readonly T[]): readonly T[] | undefined {
    const isList = (value: unknown): value is readonly T[] =>
      Array.isArray(value) &&
      value.every(
        (each) => typeof each === 'string' && (choices === undefined || choices.some((choice) => choice === each)),
      );
    const what = choices === undefined ? 'must be a list of texts' : `must be a list of some of: ${choices.join(', ')}`;
    return this.typed(key, isList, what);
  }

  texts(key: string): Readonly<Record<string, string>> | undefined {
    const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
      isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
    return this.typed(key, isTexts, 'must hold texts only');
  }

  inner(key: string): Fields | undefined {
    return this.has(key) ? new Fields(this.name, `${this.path} › ${key}`, this.values[key]) : undefined;
  }
}

function readPrices(fields: Fields | undefined): Prices | undefined {
  if (fields === undefined) return undefined;
  return known({
    inputTextPerMillion: fields.number('inputTextPerMillion'),
    inputAudioPerMillion: fields.number('inputAudioPerMillion'),
    outputTextPerMillion: fields.number('outputTextPerMillion'),
    outputAudioPerMillion: fields.number('outputAudioPerMillion'),
    perAudioMinute: fields.number('perAudioMinute'),
    perMillionCharacters: fields.number('perMillionCharacters'),
  });
}

function readCapabilities(fields: Fields): Partial<Capabilities> {
  const formats = (key: string): readonly MediaFormatName[] | undefined => fields.list(key, mediaFormatNames);
  const endDate = fields.string('endDate');
  if (endDate !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(endDate)) {
    throw fields.wrong('must be a date such as 2027-01-31', 'endDate');
  }
  return known({
    chat: fields.boolean('chat'),
    audioInput: fields.boolean('audioInput'),
    audioOutput: fields.boolean('audioOutput'),
    needsAudio: fields.boolean('needsAudio'),
    transcription: fields.boolean('transcription'),
    speech: fields.boolean('speech'),
    tools: fields.boolean('tools'),
    structuredOutput: fields.boolean('structuredOutput'),
    inputFormats: formats('inputFormats'),
    outputFormats: formats('outputFormats'),
    maxInputBytes: fields.number('maxInputBytes'),
    maxInputSeconds: fields.number('maxInputSeconds'),
    audioTokensPerSecond: fields.number('audioTokensPerSecond'),
    images: fields.boolean('images'),
    maxContextTokens: fields.number('maxContextTokens'),
    maxOutputTokens: fields.number('maxOutputTokens'),
    transcriptTimes: fields.oneOf<NonNullable<Capabilities['transcriptTimes']>>('transcriptTimes', [
      'none',
      'segments',
      'words',
    ]),
    prices: readPrices(fields.inner('prices')),
    endDate,
  });
}

function readArguments(fields: Fields): readonly string[] {
  const list = fields.list('arguments');
  if (list?.[0] === undefined || list[0].trim() === '') {
    throw fields.wrong('must be a list that begins with a program', 'arguments');
  }
  return list;
}

function readSampleRate(speech: Fields): number | undefined {
  const sampleRate = speech.number('sampleRate');
  if (sampleRate === undefined) {
    if (speech.string('output') !== 'pcm') return undefined;
    throw speech.wrong('must be given for pcm, which does not say it itself: the samples of a second', 'sampleRate');
  }
  if (Number.isInteger(sampleRate) && sampleRate >= 4000 && sampleRate <= 192_000) return sampleRate;
  throw speech.wrong('must be a whole number from 4000 to 192000', 'sampleRate');
}

function readCommand(fields: Fields): CommandSettings {
  const transcription = fields.inner('transcription');
  const speech = fields.inner('speech');
  if (transcription === undefined && speech === undefined) throw fields.wrong('needs transcription, speech or both');
  const output = transcription?.oneOf('output', commandOutputs);
  if (transcription !== undefined && output === undefined) {
    throw transcription.wrong(`must be one of: ${commandOutputs.join(', ')}`, 'output');
  }
  return known({
    transcription:
      transcription === undefined || output === undefined
        ? undefined
        : known({
            arguments: readArguments(transcription),
            output,
            outputFile: transcription.string('outputFile'),
            inputFormats: transcription.list('inputFormats', mediaFormatNames),
            model: transcription.string('model'),
            language: transcription.string('language'),
          }),
    speech:
      speech === undefined
        ? undefined
        : known({
            arguments: readArguments(speech),
            output: speech.oneOf('output', speechOutputs),
            sampleRate: readSampleRate(speech),
            voice: speech.string('voice'),
            model: speech.string('model'),
          }),
  });
}

function readHeaders(fields: Fields): Readonly<Record<string, string>> | undefined {
  const headers = fields.texts('headers');
  for (const [header, value] of Object.entries(headers ?? {})) {
    if (/^(?:host|content-.*|transfer-encoding|connection)$/i.test(header)) {
      throw fields.wrong(`cannot set "${header}"`, 'headers');
    }
    try {
      new Headers().set(header, value);
    } catch {
      // The value may be a secret: it is not repeated.
      throw fields.wrong(`has a name or value that HTTP does not allow ("${header}")`, 'headers');
    }
  }
  return headers;
}

/**
 * Reads one entry of the setting; what it leaves out comes from the preset of the same name.
 * @param value Whatever stands in the settings.
 * @throws EarshotError `invalid-settings` naming the entry and the field.
 */
export function readProviderSettings(
  name: string,
  value: unknown,
  preset: ProviderSettings | undefined,
): ProviderSettings {
  const fields = new Fields(name, `"${name}"`, value ?? {});
  if (!/^[\w.-]+$/.test(name)) {
    throw fields.wrong('is not a name for a provider: use letters, digits, points, hyphens and underscores');
  }
  const kind = fields.oneOf('kind', providerKinds) ?? preset?.kind;
  if (kind === undefined) throw fields.wrong(`must be one of: ${providerKinds.join(', ')}`, 'kind');
  const models = fields.inner('models');
  const command = fields.inner('command');
  const read: Partial<ProviderSettings> = known({
    label: fields.string('label'),
    baseUrl: fields.string('baseUrl'),
    vendor: fields.oneOf('vendor', Object.keys(compatibleVendors)),
    headers: readHeaders(fields),
    models:
      models === undefined
        ? undefined
        : Object.fromEntries(
            models.keys().flatMap((id) => {
              const row = models.inner(id);
              return row === undefined ? [] : [[id, readCapabilities(row)]];
            }),
          ),
    command: command === undefined ? undefined : readCommand(command),
  });
  const mergedModels = { ...preset?.models, ...read.models };
  return { ...preset, ...read, kind, ...(Object.keys(mergedModels).length === 0 ? {} : { models: mergedModels }) };
}
