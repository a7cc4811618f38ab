import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from './json.ts';
import { isList, isObject, parseJson } from './json.ts';

export type SchemaName =
  | 'CreateChatCompletionRequest'
  | 'CreateChatCompletionResponse'
  | 'CreateChatCompletionStreamResponse'
  | 'CreateTranscriptionRequest'
  | 'CreateTranscriptionResponseJson'
  | 'CreateTranscriptionResponseVerboseJson'
  | 'CreateTranscriptionResponseDiarizedJson'
  | 'CreateTranscriptionResponseStreamEvent'
  | 'CreateSpeechRequest'
  | 'CreateSpeechResponseStreamEvent'
  | 'ListModelsResponse'
  | 'ErrorResponse';

/** Says what is wrong with a value by OpenAI's published schema; undefined when nothing is. */
export type SchemaCheck = (name: SchemaName, value: unknown) => string | undefined;

const fileName = 'openai-audio-openapi.json';

/** OpenAI's published document, beside the repository or where the environment says; not everyone has it. */
export function findSchemaFile(): string | undefined {
  const candidates = [process.env['EARSHOT_OPENAI_SCHEMA'], resolve(`../shared/data/${fileName}`)];
  return candidates.find((file) => file !== undefined && existsSync(file));
}

const compiled = new Map<string, Promise<SchemaCheck>>();

/** A check by the schemas of this file; without a file, one that finds nothing wrong. */
export async function loadSchemaCheck(file: string | undefined): Promise<SchemaCheck> {
  if (file === undefined) return () => undefined;
  const known = compiled.get(file) ?? compile(file);
  compiled.set(file, known);
  return known;
}

async function compile(file: string): Promise<SchemaCheck> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const document = plain(parseJson(readFileSync(file, 'utf8')));
  if (!isObject(document)) throw new Error(`${file} is not an OpenAPI document`);
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  ajv.addSchema({ $id: 'openai', components: document['components'] });
  const validators = new Map<SchemaName, ValidateFunction>();
  return (name, value) => {
    const validate = validators.get(name) ?? ajv.compile({ $ref: `openai#/components/schemas/${name}` });
    validators.set(name, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'body' });
  };
}

/** OpenAPI's `nullable` said in JSON Schema, and its `discriminator`, which says nothing to it, left out. */
function plain(value: Json | undefined): Json {
  if (isList(value)) return value.map((item) => plain(item));
  if (!isObject(value)) return value ?? null;
  const result: Record<string, Json> = {};
  for (const [name, item] of Object.entries(value)) {
    if (!(name === 'discriminator' && isObject(item)) && name !== 'nullable') result[name] = plain(item);
  }
  return isNullable(value) ? { anyOf: [result, { type: 'null' }] } : result;
}

function isNullable(value: JsonObject): boolean {
  return value['nullable'] === true;
}
