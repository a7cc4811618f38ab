import { isJsonObject, isSameJson, type JsonObject } from './json.js';
import { annotations } from './schemaKeywords.js';

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** How two values of one keyword are both kept to; undefined where one schema without `allOf` cannot say it. */
const joins: Readonly<Record<string, (left: unknown, right: unknown) => unknown>> = {
  properties: (left, right) => {
    if (!isJsonObject(left) || !isJsonObject(right)) return undefined;
    const both = Object.keys(left).filter((name) => Object.hasOwn(right, name));
    const merged = both.map((name) => [name, joinSchemas(left[name], right[name])] as const);
    if (merged.some(([, schema]) => schema === undefined)) return undefined;
    return { ...left, ...right, ...Object.fromEntries(merged) };
  },
  required: (left, right) => [...new Set([...strings(left), ...strings(right)])],
  additionalProperties: (left, right) => (left === false || right === false ? false : undefined),
  minimum: (left, right) => Math.max(Number(left), Number(right)),
  maximum: (left, right) => Math.min(Number(left), Number(right)),
  minLength: (left, right) => Math.max(Number(left), Number(right)),
  maxLength: (left, right) => Math.min(Number(left), Number(right)),
  minItems: (left, right) => Math.max(Number(left), Number(right)),
  maxItems: (left, right) => Math.min(Number(left), Number(right)),
  uniqueItems: (left, right) => left === true || right === true,
  enum: (left, right) =>
    Array.isArray(left) && Array.isArray(right)
      ? left.filter((value) => right.some((other) => isSameJson(value, other)))
      : undefined,
};

function joinSchemas(left: unknown, right: unknown): JsonObject | undefined {
  if (!isJsonObject(left) || !isJsonObject(right)) return undefined;
  const joined: Record<string, unknown> = { ...left };
  for (const [keyword, value] of Object.entries(right)) {
    if (!(keyword in joined) || isSameJson(joined[keyword], value)) {
      joined[keyword] = value;
    } else if (annotations.has(keyword)) {
      // The first word on it stands.
      continue;
    } else {
      const both = joins[keyword]?.(joined[keyword], value);
      if (both === undefined) return undefined;
      joined[keyword] = both;
    }
  }
  return joined;
}

/** The schema itself, or, for a mere reference, the one that it refers to. */
function target(schema: unknown, definitions: Readonly<Record<string, JsonObject>>): unknown {
  if (!isJsonObject(schema)) return schema;
  const { $ref, ...rest } = schema;
  if (typeof $ref !== 'string') return schema;
  const found = definitions[$ref.replace('#/$defs/', '')];
  // A definition that is being walked right now is still empty.
  return found === undefined || Object.keys(found).length === 0 ? schema : { ...found, ...rest };
}

/** One schema that asks what all of `allOf` ask; the schema as it is where that cannot be said. */
export function mergeAllOf(schema: JsonObject, definitions: Readonly<Record<string, JsonObject>>): JsonObject {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return schema;
  let merged: JsonObject | undefined = own;
  for (const part of allOf) {
    const plain = target(part, definitions);
    // Alternatives and references beside other keywords are better left apart.
    const isPlain = isJsonObject(plain) && !('$ref' in plain);
    merged = merged === undefined || !isPlain ? undefined : joinSchemas(merged, plain);
  }
  if (merged === undefined) return schema;
  const only: unknown = allOf[0];
  return allOf.length === 1 && Object.keys(own).length === 0 && isJsonObject(only) ? only : merged;
}
