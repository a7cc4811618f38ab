import type { JsonObject } from '../../../src/core/extraction/json.js';

/** A schema as people write them, a value that it takes, and one that looks alike and that it does not take. */
export interface SchemaCase {
  readonly name: string;
  readonly schema: JsonObject;
  readonly right: unknown;
  readonly wrong: unknown;
}

const object = (
  properties: JsonObject,
  required: readonly string[] = Object.keys(properties),
  more: JsonObject = {},
) => ({
  type: 'object',
  properties,
  required,
  ...more,
});
const text = { type: 'string' };
const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#' };
const draft2020 = { $schema: 'https://json-schema.org/draft/2020-12/schema' };

function one(name: string, schema: JsonObject, right: unknown, wrong: unknown): SchemaCase {
  return { name, schema, right, wrong };
}

const field = (schema: JsonObject, right: unknown, wrong: unknown, name: string): SchemaCase =>
  one(name, object({ field: schema }), { field: right }, { field: wrong });

export const schemaCases: readonly SchemaCase[] = [
  // Single values of every type and with every constraint that is common.
  field(text, 'Ada', 7, 'a text'),
  field({ type: 'integer' }, 3, 3.5, 'a whole number'),
  field({ type: 'number', minimum: 0, maximum: 1 }, 0.25, 25, 'a number between bounds'),
  field({ type: 'integer', exclusiveMinimum: 0, multipleOf: 5 }, 15, 12, 'a multiple'),
  field({ type: 'boolean' }, true, 'yes', 'a truth'),
  field({ type: ['string', 'null'] }, null, 0, 'a nullable text'),
  field({ enum: ['low', 'medium', 'high'] }, 'low', 'urgent', 'a choice without a type'),
  field({ type: ['string', 'null'], enum: ['yes', 'no', null] }, null, 'maybe', 'a choice with null'),
  field({ enum: [1, 2, 3] }, 2, '2', 'a choice of numbers'),
  field({ enum: ['all', 0, false] }, false, true, 'a choice of several types'),
  field({ const: 'meeting' }, 'meeting', 'Meeting', 'a constant'),
  field({ type: 'string', minLength: 3, maxLength: 5 }, 'four', 'too long', 'a length'),
  field({ type: 'string', pattern: '^[A-Z]{2}-\\d{3}$' }, 'AB-123', 'ab-123', 'a pattern'),
  field({ type: 'string', pattern: '^(?!Q)[A-Z]\\d$' }, 'W4', 'Q4', 'a pattern that looks ahead'),
  field({ type: 'string', format: 'date' }, '2026-11-21', 'next Friday', 'a date'),
  field({ type: 'string', format: 'date-time' }, '2026-11-21T10:00:00Z', '2026-11-21 10:00', 'a time'),
  field({ type: 'string', format: 'email' }, 'ada@example.org', 'ada at example', 'an address'),
  field({ type: 'string', format: 'uri' }, 'https://example.org/a', 'example', 'a link'),
  field({ type: 'string', format: 'uuid' }, '0f8fad5b-d9cb-469f-a165-70867728950e', '12', 'an identifier'),
  field({ type: 'string', format: 'phone-number' }, '+49 30 1234', 49, 'a format that nobody knows'),
  // Lists.
  field({ type: 'array', items: text }, ['a', 'b'], 'a, b', 'a list'),
  field({ type: 'array', items: text, minItems: 2, maxItems: 3, uniqueItems: true }, ['a', 'b'], ['a', 'a'], 'a set'),
  field({ type: 'array', items: { type: 'array', items: { type: 'number' } } }, [[1], [2, 3]], [[1], '2'], 'a table'),
  one(
    'a tuple of draft 07',
    { ...draft7, ...object({ range: { type: 'array', items: [text, { type: 'integer' }], additionalItems: false } }) },
    { range: ['a', 1] },
    { range: [1, 'a'] },
  ),
  one(
    'a tuple of 2020-12',
    { ...draft2020, ...object({ range: { type: 'array', prefixItems: [text, { type: 'integer' }], items: false } }) },
    { range: ['a', 1] },
    { range: ['a', 1, 2] },
  ),
  field({ type: 'array', contains: { const: 'chair' } }, ['chair', 'clerk'], ['clerk'], 'a list that has to contain'),
  one('a list at the top', { type: 'array', items: object({ task: text }) }, [{ task: 'call' }], { task: 'call' }),
  // Objects.
  one(
    'an object in an object in an object',
    object({ a: object({ b: object({ c: { type: 'integer' } }) }) }),
    { a: { b: { c: 1 } } },
    { a: { b: { c: '1' } } },
  ),
  one(
    'optional properties, closed',
    object({ name: text, age: { type: 'integer' }, note: text }, ['name'], { additionalProperties: false }),
    { name: 'Ada' },
    { name: 'Ada', nickname: 'A' },
  ),
  one(
    'properties of any name',
    { type: 'object', additionalProperties: { type: 'number' }, minProperties: 1 },
    { alpha: 1, beta: 2.5 },
    { alpha: 'one' },
  ),
  one(
    'properties by a pattern of their names',
    object({
      votes: { type: 'object', patternProperties: { '^[a-z]+$': { type: 'integer' } }, additionalProperties: false },
    }),
    { votes: { ada: 3 } },
    { votes: { Ada: 3 } },
  ),
  one(
    'a property that asks for another',
    object({ card: text, code: text }, [], {
      dependentRequired: { card: ['code'] },
      minProperties: 1,
      additionalProperties: false,
    }),
    { card: '1', code: '2' },
    { card: '1' },
  ),
  // References.
  one(
    'references to definitions of draft 07',
    {
      ...draft7,
      ...object({
        owner: { $ref: '#/definitions/person' },
        others: { type: 'array', items: { $ref: '#/definitions/person' } },
      }),
      definitions: { person: object({ name: text }) },
    },
    { owner: { name: 'Ada' }, others: [{ name: 'Bob' }] },
    { owner: { name: 'Ada' }, others: ['Bob'] },
  ),
  one(
    'a schema that refers to itself',
    {
      ...draft2020,
      $ref: '#/$defs/node',
      $defs: { node: object({ topic: text, parts: { type: 'array', items: { $ref: '#/$defs/node' } } }, ['topic']) },
    },
    { topic: 'a', parts: [{ topic: 'b', parts: [{ topic: 'c' }] }] },
    { topic: 'a', parts: [{ topic: 'b', parts: [{ title: 'c' }] }] },
  ),
  one(
    'references by anchor and by its own address, and into its properties',
    {
      ...draft2020,
      $id: 'https://example.org/call.schema.json',
      ...object({
        caller: { $ref: '#person' },
        callee: { $ref: 'https://example.org/call.schema.json#/$defs/someone' },
        third: { $ref: '#/properties/caller', description: 'Who else was there' },
      }),
      $defs: { someone: { $anchor: 'person', ...object({ name: text }) } },
    },
    { caller: { name: 'Ada' }, callee: { name: 'Bob' }, third: { name: 'Eve' } },
    { caller: { name: 'Ada' }, callee: 'Bob', third: { name: 'Eve' } },
  ),
  // Alternatives.
  one(
    'one of several shapes',
    object({
      contact: {
        oneOf: [
          object({ kind: { const: 'mail' }, mail: { type: 'string', format: 'email' } }),
          object({ kind: { const: 'phone' }, phone: text }),
        ],
      },
    }),
    { contact: { kind: 'phone', phone: '030' } },
    { contact: { kind: 'phone', mail: 'ada@example.org' } },
  ),
  one(
    'any of several types, or nothing',
    object({ when: { anyOf: [{ type: 'string', format: 'date' }, { type: 'integer' }, { type: 'null' }] } }),
    { when: null },
    { when: 'soon' },
  ),
  one(
    'all of a base and more',
    {
      ...draft7,
      allOf: [{ $ref: '#/definitions/base' }, object({ amount: { type: 'number' } })],
      definitions: { base: object({ id: { type: 'integer' } }) },
    },
    { id: 1, amount: 2 },
    { id: 1 },
  ),
  one(
    'a condition',
    object({ state: { enum: ['open', 'closed'] }, reason: text }, ['state'], {
      if: { properties: { state: { const: 'closed' } } },
      then: { required: ['reason'] },
    }),
    { state: 'closed', reason: 'done' },
    { state: 'closed' },
  ),
  one(
    'what must not be, in the dialect of 2019-09',
    {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      ...object({ name: { type: 'string', not: { enum: ['unknown', 'n/a'] } } }),
      unevaluatedProperties: false,
    },
    { name: 'Ada' },
    { name: 'unknown' },
  ),
];
