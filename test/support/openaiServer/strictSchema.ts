import { isList, isObject, textOf, type Json } from './json.ts';

/** What OpenAI's guide to structured outputs lists for strict schemas. */
const keywords = new Set(
  '$defs $ref additionalProperties anyOf const description enum exclusiveMaximum exclusiveMinimum format items maxItems maximum minItems minimum multipleOf pattern properties required title type'.split(
    ' ',
  ),
);
const formats = new Set('date-time time date duration email hostname ipv4 ipv6 uuid'.split(' '));
const maxDepth = 10;

/** Why a schema would be refused with `strict: true`; undefined when it would not. */
export function strictSchemaFault(schema: unknown): string | undefined {
  const root = schema as Json;
  if (!isObject(root) || root['type'] !== 'object') return 'schema must be a JSON Schema of type "object"';
  if (root['anyOf'] !== undefined) return 'anyOf is not permitted at the root';
  const definitions = isObject(root['$defs']) ? root['$defs'] : {};
  const references = new Set(Object.keys(definitions).map((name) => `#/$defs/${name}`)).add('#');
  const faults = [root, ...Object.values(definitions)].map((each) => faultIn(each ?? null, references, 0));
  return faults.find((fault) => fault !== undefined);
}

function faultIn(schema: Json, references: ReadonlySet<string>, depth: number): string | undefined {
  if (!isObject(schema)) return 'a schema must be an object';
  if (depth > maxDepth) return `more than ${maxDepth} levels of nesting`;
  const unknown = Object.keys(schema).find((keyword) => !keywords.has(keyword));
  if (unknown !== undefined) return `'${unknown}' is not permitted`;
  const reference = textOf(schema['$ref']);
  if (reference !== undefined) {
    if (!references.has(reference)) return `reference to component '${reference}' which was not found in the schema`;
    return Object.keys(schema).length > 1 ? '$ref cannot have keywords beside it' : undefined;
  }
  if (['type', 'enum', 'const', 'anyOf'].every((keyword) => schema[keyword] === undefined)) {
    return "schema must have a 'type' key";
  }
  const format = textOf(schema['format']);
  if (format !== undefined && !formats.has(format)) return `'${format}' is not a valid format`;
  const inner: (Json | undefined)[] = [...(isList(schema['anyOf']) ? schema['anyOf'] : [])];
  const types = isList(schema['type']) ? schema['type'] : [schema['type']];
  if (types.includes('object')) {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    if (schema['additionalProperties'] !== false)
      return "'additionalProperties' is required to be supplied and to be false";
    const required = isList(schema['required']) ? schema['required'] : [];
    const names = Object.keys(properties);
    if (required.length !== names.length || names.some((name) => !required.includes(name))) {
      return "'required' is required to be supplied and to be an array including every key in properties";
    }
    inner.push(...Object.values(properties));
  }
  if (types.includes('array')) {
    if (!isObject(schema['items'])) return 'array schema missing items';
    inner.push(schema['items']);
  }
  return inner.map((each) => faultIn(each ?? null, references, depth + 1)).find((fault) => fault !== undefined);
}
