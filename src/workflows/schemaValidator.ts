import type { ErrorObject, Options } from 'ajv';
import { EarshotError } from '../core/errors.js';
import { isJsonObject, type JsonObject } from '../core/extraction/json.js';
import type { Violation } from '../core/extraction/refusedNulls.js';

/** Holds values against a JSON Schema. An empty list: the value is valid. */
export type SchemaValidator = (value: unknown) => readonly Violation[];

const options = {
  // Real schemas say things that a strict reading of them dislikes.
  strict: false,
  allErrors: true,
  logger: false,
} as const satisfies Options;

/** The drafts that are understood, by what `$schema` says. Once bundled, these packages have a default export only. */
const drafts = [
  { name: '2020-12', says: /\/draft\/2020-12\//, load: async () => (await import('ajv/dist/2020.js')).default },
  { name: '2019-09', says: /\/draft\/2019-09\//, load: async () => (await import('ajv/dist/2019.js')).default },
  { name: 'draft-07', says: /\/draft-0[67]\//, load: async () => (await import('ajv')).default },
] as const;

type Draft = (typeof drafts)[number];

function draftsOf(schema: JsonObject, name: string): readonly Draft[] {
  const { $schema } = schema;
  // Without a word on it the newest holds, unless it cannot be that: tuples are written in another way there.
  if ($schema === undefined) return [drafts[0], drafts[2]];
  const known = drafts.find(({ says }) => typeof $schema === 'string' && says.test($schema));
  if (known !== undefined) return [known];
  throw invalid(
    name,
    `it is written in ${JSON.stringify($schema)}, and only the drafts 2020-12, 2019-09, 07 and 06 are understood`,
    'Write it in one of these.',
  );
}

function invalid(name: string, why: string, next: string, cause?: unknown): EarshotError {
  return new EarshotError('invalid-schema', `${name} cannot be used as a JSON Schema: ${why}. ${next}`, { cause });
}

/** What ajv says of one fault, with what it leaves to its parameters. */
function wordsOf({ keyword, message = 'is not valid', params }: ErrorObject): string {
  const given = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case 'enum':
      return `must be one of ${JSON.stringify(given['allowedValues'])}`;
    case 'const':
      return `must be ${JSON.stringify(given['allowedValue'])}`;
    case 'additionalProperties':
      return `must not have the property ${JSON.stringify(given['additionalProperty'])}`;
    case 'unevaluatedProperties':
      return `must not have the property ${JSON.stringify(given['unevaluatedProperty'])}`;
    case 'propertyNames':
      return `must not have a property of the name ${JSON.stringify(given['propertyName'])}`;
    default:
      return message;
  }
}

async function compileAs(draft: Draft, schema: JsonObject): Promise<SchemaValidator> {
  const [Validator, { default: addFormats }] = await Promise.all([draft.load(), import('ajv-formats')]);
  const ajv = new Validator(options);
  addFormats(ajv);
  // Whatever else a schema of draft 06 or 07 calls its dialect, it is read as draft 07.
  const { $schema, ...rest } = schema;
  const validate = ajv.compile(draft.name === 'draft-07' && $schema !== undefined ? rest : schema);
  // The validator's own extension: it would answer with a promise, which is neither yes nor no.
  if ('$async' in validate) throw new Error('"$async" is no keyword of JSON Schema');
  return (value) => {
    if (validate(value)) return [];
    const seen = new Set<string>();
    return (validate.errors ?? [])
      .map((error) => ({ pointer: error.instancePath, message: wordsOf(error) }))
      .filter(({ pointer, message }) => {
        const key = `${pointer} ${message}`;
        return seen.has(key) ? false : seen.add(key);
      });
  };
}

/** The address of a `$ref` that leads out of the schema. Nothing is fetched. */
function missingReference(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('missingRef' in error)) return undefined;
  // As it is written, where the message tells; else as it was made absolute.
  return /reference (\S+) from/.exec(error.message)?.[1] ?? String(error.missingRef);
}

/** Many recordings go by one schema. */
const compiled = new WeakMap<JsonObject, Promise<SchemaValidator>>();

/**
 * Prepares a JSON Schema of the drafts 2020-12, 2019-09, 07 or 06. Loads the validator when it is first needed.
 * @param name Of the schema, for messages.
 * @throws EarshotError `invalid-schema` saying what is wrong with it, also for a `$ref` to anywhere outside: none is fetched.
 */
export async function compileSchema(schema: unknown, name: string): Promise<SchemaValidator> {
  if (!isJsonObject(schema)) throw invalid(name, 'it is no object', 'Pick another file.');
  const validator = compiled.get(schema) ?? compile(schema, name);
  compiled.set(schema, validator);
  return validator;
}

async function compile(schema: JsonObject, name: string): Promise<SchemaValidator> {
  let first: unknown;
  for (const draft of draftsOf(schema, name)) {
    try {
      return await compileAs(draft, schema);
    } catch (error) {
      first ??= error;
    }
  }
  const reference = missingReference(first);
  if (reference !== undefined) {
    throw invalid(
      name,
      `its $ref "${reference}" leads to nothing in it, and nothing is fetched from elsewhere`,
      'Copy what it refers to into "$defs".',
      first,
    );
  }
  const why = first instanceof Error ? first.message.replace(/\.$/, '') : String(first);
  throw invalid(name, why, 'Correct it and try again.', first);
}
