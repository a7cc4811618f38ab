import { strictUtf8 } from '../openaiServer/bytes.ts';
import type { Json, JsonObject } from '../openaiServer/json.ts';
import { isList, isObject, parseJson } from '../openaiServer/json.ts';
import type { RecordedRequest } from '../openaiServer/recorded.ts';

/** Says what is wrong with a request, in the vendor's words. */
export type Fail = (message: string) => Error;

export function readJson(request: RecordedRequest, fail: Fail): JsonObject {
  if (!/^application\/json(\s*;\s*charset=utf-8)?$/i.test(request.headers['content-type'] ?? '')) {
    throw fail(`content-type: ${request.headers['content-type'] ?? 'none'}`);
  }
  try {
    const json = parseJson(strictUtf8(request.body));
    if (isObject(json)) return json;
  } catch {
    // Said below.
  }
  throw fail('the body is not a valid JSON object');
}

export function objectAt(value: Json | undefined, at: string, fail: Fail): JsonObject {
  if (isObject(value)) return value;
  throw fail(`${at}: Input should be an object`);
}

export function listAt(value: Json | undefined, at: string, fail: Fail): readonly Json[] {
  if (isList(value)) return value;
  throw fail(`${at}: Input should be a valid list`);
}

export function textAt(object: JsonObject, name: string, at: string, fail: Fail): string {
  const value = object[name];
  if (typeof value === 'string') return value;
  throw fail(`${at}.${name}: Input should be a valid string`);
}

/** Only these fields, and all of those that are not optional (`name?`). */
export function checkFields(object: JsonObject, fields: string, at: string, fail: Fail): void {
  const known = fields.split(' ');
  for (const name of Object.keys(object)) {
    if (!known.includes(name) && !known.includes(`${name}?`)) {
      throw fail(`${at}${at === '' ? '' : '.'}${name}: Extra inputs are not permitted`);
    }
  }
  for (const name of known) {
    if (!name.endsWith('?') && object[name] === undefined)
      throw fail(`${at}${at === '' ? '' : '.'}${name}: Field required`);
  }
}

/** The least that obeys a schema: an answer of a model that was held to it. */
export function instanceOf(schema: Json | undefined, said: string): Json {
  if (!isObject(schema)) return null;
  const { type, properties, items } = schema;
  if (isList(schema['enum'])) return schema['enum'][0] ?? null;
  if (type === 'object' && isObject(properties)) {
    return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, instanceOf(inner, said)]));
  }
  if (type === 'array') return [instanceOf(items, said)];
  if (type === 'number' || type === 'integer') return 1;
  if (type === 'boolean') return true;
  return said;
}
