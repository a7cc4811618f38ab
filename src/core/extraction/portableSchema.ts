import { isJsonObject, type JsonObject } from './json.js';
import { formatPointer, parsePointer, valueAt } from './jsonPointer.js';
import { mergeAllOf } from './mergeAllOf.js';
import { annotations, isSchemaPlace, jsonTypeOf, schemaPlaces, typeOfKeyword } from './schemaKeywords.js';

/** A schema that can be put anywhere into another: every `$ref` in it is `#/$defs/<name>`, and these are given apart. */
export interface PortableSchema {
  readonly schema: JsonObject;
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

const annotationsOf = (schema: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => annotations.has(key) && key !== 'default'));

/** Of the keywords that stand for where a schema is and what it is called. */
const bookkeeping: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  'id',
  '$anchor',
  '$dynamicAnchor',
  '$recursiveAnchor',
  '$comment',
  '$vocabulary',
  '$defs',
  'definitions',
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
]);

/** Every `$anchor`, and where it stands. */
function anchorsIn(value: unknown, path: readonly (string | number)[] = []): Map<string, string> {
  const found = new Map<string, string>();
  const look = (inner: unknown, at: readonly (string | number)[]): void => {
    for (const [name, pointer] of anchorsIn(inner, at)) if (!found.has(name)) found.set(name, pointer);
  };
  if (Array.isArray(value))
    value.forEach((item, index) => {
      look(item, [...path, index]);
    });
  if (!isJsonObject(value)) return found;
  for (const keyword of ['$anchor', '$dynamicAnchor']) {
    const name = value[keyword];
    if (typeof name === 'string') found.set(name, formatPointer(path));
  }
  for (const [key, inner] of Object.entries(value)) look(inner, [...path, key]);
  return found;
}

/** One type where keywords or values tell it and `type` is missing: some vendors want it said. */
function inferredType(schema: JsonObject): JsonObject {
  if (schema['type'] !== undefined) return {};
  const values = Array.isArray(schema['enum']) ? schema['enum'] : 'const' in schema ? [schema['const']] : [];
  const types = new Set(
    values.length > 0 ? values.map(jsonTypeOf) : Object.keys(schema).flatMap((keyword) => typeOfKeyword[keyword] ?? []),
  );
  const [only, another] = [...types];
  if (only === undefined) return {};
  if (another === undefined) return { type: only };
  return values.length > 0 ? { type: [...types] } : {};
}

/**
 * Brings a schema of any of the drafts in use into one plain form, for models: references point to `#/$defs`, `allOf` is
 * merged where it can be, tuples are `prefixItems`, types that go without saying are said. What it cannot follow becomes a
 * schema that takes anything: the answer is held against the original anyway.
 */
export function portableSchema(original: JsonObject): PortableSchema {
  const definitions: Record<string, JsonObject> = {};
  const names = new Map<string, string>();
  const anchors = anchorsIn(original);

  const nameFor = (pointer: string): string => {
    const last = (parsePointer(pointer)?.at(-1) ?? 'root').replaceAll(/[^A-Za-z0-9_]/g, '_').slice(0, 40) || 'schema';
    const taken = new Set(names.values());
    for (let count = 1; ; count++) {
      const name = count === 1 ? last : `${last}_${count}`;
      if (!taken.has(name)) return name;
    }
  };

  const resolve = (reference: string): string | undefined => {
    const ownId = original['$id'];
    const local =
      typeof ownId === 'string' && reference.startsWith(`${ownId.replace(/#$/, '')}#`)
        ? reference.slice(reference.indexOf('#'))
        : reference === ownId
          ? '#'
          : reference;
    if (!local.startsWith('#')) return undefined;
    const path = parsePointer(local);
    return path === undefined ? anchors.get(local.slice(1)) : formatPointer(path);
  };

  const referTo = (reference: string): JsonObject => {
    const pointer = resolve(reference);
    if (pointer === undefined) return {};
    const known = names.get(pointer);
    if (known !== undefined) return { $ref: `#/$defs/${known}` };
    const target = valueAt(original, parsePointer(pointer) ?? [])?.value;
    if (!isJsonObject(target)) return {};
    const name = nameFor(pointer);
    // Named before it is walked, so that a schema may refer to itself.
    names.set(pointer, name);
    definitions[name] = {};
    definitions[name] = walk(target);
    return { $ref: `#/$defs/${name}` };
  };

  const walkAny = (schema: unknown): unknown => {
    if (schema === true) return {};
    if (schema === false) return { not: {} };
    return isJsonObject(schema) ? walk(schema) : {};
  };

  const walkPlace = (keyword: keyof typeof schemaPlaces, value: unknown): unknown => {
    switch (schemaPlaces[keyword]) {
      case 'one':
        // `false` closes an object, and says so more plainly than a schema that nothing fits.
        return typeof value === 'boolean' ? value : walkAny(value);
      case 'list':
        return Array.isArray(value) ? value.map(walkAny) : [];
      case 'named':
        return isJsonObject(value)
          ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walkAny(inner)]))
          : {};
    }
  };

  const walk = (schema: JsonObject): JsonObject => {
    const plain: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (bookkeeping.has(keyword)) continue;
      if (keyword === 'items' && Array.isArray(value)) plain['prefixItems'] = value.map(walkAny);
      else if (keyword === 'additionalItems') {
        if (Array.isArray(schema['items'])) plain['items'] = walkPlace('items', value);
      } else plain[keyword] = isSchemaPlace(keyword) ? walkPlace(keyword, value) : value;
    }
    const reference = schema['$ref'] ?? schema['$dynamicRef'] ?? schema['$recursiveRef'];
    const referred = typeof reference === 'string' ? referTo(reference) : undefined;
    const own = { ...inferredType(plain), ...plain };
    if (referred === undefined) return mergeAllOf(own, definitions);
    const asks = Object.keys(own).some((keyword) => !annotations.has(keyword));
    if (!asks) return { ...referred, ...annotationsOf(own) };
    const { allOf, ...rest } = own;
    return mergeAllOf(
      { ...rest, allOf: [referred, ...(Array.isArray(allOf) ? (allOf as unknown[]) : [])] },
      definitions,
    );
  };

  return { schema: walk(original), definitions };
}
