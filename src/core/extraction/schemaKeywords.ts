/** Where schemas stand inside a schema: one, a list of them, or one for each name. */
export const schemaPlaces = {
  additionalItems: 'one',
  additionalProperties: 'one',
  allOf: 'list',
  anyOf: 'list',
  contains: 'one',
  dependentSchemas: 'named',
  else: 'one',
  if: 'one',
  items: 'one',
  not: 'one',
  oneOf: 'list',
  patternProperties: 'named',
  prefixItems: 'list',
  properties: 'named',
  propertyNames: 'one',
  then: 'one',
  unevaluatedItems: 'one',
  unevaluatedProperties: 'one',
} as const satisfies Record<string, 'one' | 'list' | 'named'>;

export type SchemaPlace = keyof typeof schemaPlaces;

export function isSchemaPlace(keyword: string): keyword is SchemaPlace {
  return Object.hasOwn(schemaPlaces, keyword);
}

/** What says something about a schema without asking anything of a value. */
export const annotations: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** The type that a keyword without `type` beside it speaks of. */
export const typeOfKeyword: Readonly<Record<string, string>> = {
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  patternProperties: 'object',
  propertyNames: 'object',
  items: 'array',
  prefixItems: 'array',
  minItems: 'array',
  maxItems: 'array',
  uniqueItems: 'array',
  contains: 'array',
  pattern: 'string',
  format: 'string',
  minLength: 'string',
  maxLength: 'string',
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
};

/** `null`, `integer` and so on, as JSON Schema calls it. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
