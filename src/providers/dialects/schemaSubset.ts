import { isSchemaPlace, jsonTypeOf, schemaPlaces } from '../../core/extraction/schemaKeywords.js';
import type { JsonSchema } from '../provider.js';
import { isRecord } from './wire.js';

/** What a vendor's constrained output knows of JSON Schema, and how it wants it said. */
export interface SchemaRules {
  /** Those it takes as they are. What it does not know is left out, so that more fits than should. */
  readonly keywords: ReadonlySet<string>;
  /** Absent: any. */
  readonly formats?: ReadonlySet<string>;
  /** Whether a pattern may go along; absent: any that `keywords` lets pass. */
  readonly takesPattern?: (pattern: string) => boolean;
  readonly oneOfAs: 'oneOf' | 'anyOf';
  readonly constAs: 'const' | 'enum';
  /** The types that the values of an `enum` may have; absent: any. */
  readonly enumTypes?: ReadonlySet<string>;
  /** Every object says that nothing else may be in it. */
  readonly closesObjects: boolean;
  /** Every property is required, and one that was not takes null. */
  readonly requiresAll: boolean;
  /** Nothing but annotations may stand beside a `$ref`. */
  readonly bareReferences: boolean;
}

export interface SchemaSubset {
  readonly schema: JsonSchema;
  /** True when answers that the original takes could not be given any more: names of properties were open, for example. */
  readonly isTooNarrow: boolean;
}

function isOpenMap(schema: JsonSchema): boolean {
  const { properties, additionalProperties, patternProperties } = schema;
  if (isRecord(additionalProperties) || isRecord(patternProperties)) return true;
  return additionalProperties !== false && (!isRecord(properties) || Object.keys(properties).length === 0);
}

/** Whether anything at all says what it is. */
function saysNothing(schema: JsonSchema): boolean {
  return !['type', 'enum', 'const', 'anyOf', 'oneOf', '$ref'].some((keyword) => keyword in schema);
}

/** Objects and lists among several types, each said by itself: a mixture of them is what vendors understand least. */
function splitTypes(schema: JsonSchema): JsonSchema {
  const { type, title, description, ...rest } = schema;
  if (!Array.isArray(type) || type.length < 2 || !type.some((one) => one === 'object' || one === 'array'))
    return schema;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    anyOf: type.map((one: unknown) => (one === 'null' ? { type: one } : { type: one, ...rest })),
  };
}

function withNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  const types = Array.isArray(type) ? type : typeof type === 'string' ? [type] : undefined;
  if (types?.includes('null') === true) return schema;
  const isPlain = !['$ref', 'anyOf', 'oneOf', 'const', 'properties', 'items'].some((keyword) => keyword in schema);
  if (types !== undefined && isPlain) {
    return {
      ...schema,
      type: [...(types as unknown[]), 'null'],
      ...(Array.isArray(values) && !values.includes(null) ? { enum: [...(values as unknown[]), null] } : {}),
    };
  }
  if (Array.isArray(schema['anyOf'])) {
    const hasNull = schema['anyOf'].some((one) => isRecord(one) && one['type'] === 'null');
    return hasNull ? schema : { ...schema, anyOf: [...(schema['anyOf'] as unknown[]), { type: 'null' }] };
  }
  const { description, title, ...rest } = schema;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    anyOf: [rest, { type: 'null' }],
  };
}

/** The part of a schema that a vendor's constrained output takes. References stay as they are. */
export function schemaSubset(original: JsonSchema, rules: SchemaRules): SchemaSubset {
  let isTooNarrow = false;

  const each = (value: unknown): unknown[] => (Array.isArray(value) ? value.map(adapt) : []);

  const adaptPlace = (keyword: keyof typeof schemaPlaces, value: unknown): unknown => {
    switch (schemaPlaces[keyword]) {
      case 'one':
        return typeof value === 'boolean' ? value : adapt(value);
      case 'list':
        return each(value);
      case 'named':
        return isRecord(value)
          ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, adapt(inner)]))
          : {};
    }
  };

  const adaptObject = (given: JsonSchema, adapted: Record<string, unknown>): void => {
    if (isOpenMap(given)) isTooNarrow ||= rules.closesObjects || !rules.keywords.has('additionalProperties');
    if (rules.closesObjects) adapted['additionalProperties'] = false;
    const properties = isRecord(adapted['properties']) ? adapted['properties'] : undefined;
    const required = Array.isArray(given['required']) ? given['required'] : [];
    if (properties === undefined) {
      if (rules.closesObjects) adapted['properties'] = {};
      if (rules.requiresAll) adapted['required'] = [];
    } else if (rules.requiresAll) {
      adapted['properties'] = Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [
          name,
          required.includes(name) || !isRecord(schema) ? schema : withNull(schema),
        ]),
      );
      adapted['required'] = Object.keys(properties);
    } else if (Array.isArray(adapted['required'])) {
      adapted['required'] = required.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
    }
  };

  const adaptValues = (given: JsonSchema, adapted: Record<string, unknown>): void => {
    if ('const' in given && !('enum' in given))
      adapted[rules.constAs] = rules.constAs === 'enum' ? [given['const']] : given['const'];
    const values = adapted['enum'];
    if (!Array.isArray(values) || rules.enumTypes === undefined) return;
    // Values of other types cannot be listed; their type alone says less, and more fits.
    if (values.every((value) => rules.enumTypes?.has(jsonTypeOf(value)) === true)) return;
    delete adapted['enum'];
    adapted['type'] ??= [...new Set(values.map(jsonTypeOf))];
  };

  const adapt = (given: unknown): JsonSchema => {
    if (!isRecord(given)) return {};
    const schema = splitTypes(given);
    if (typeof schema['$ref'] === 'string' && rules.bareReferences) return { $ref: schema['$ref'] };
    const adapted: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === 'oneOf' || keyword === 'anyOf') {
        const name = keyword === 'oneOf' ? rules.oneOfAs : keyword;
        // Two sets of alternatives beside each other: one of them has to do.
        if (!(name in adapted)) adapted[name] = each(value);
      } else if (keyword === 'const' || !rules.keywords.has(keyword)) {
        continue;
      } else if (keyword === 'format') {
        if (typeof value === 'string' && (rules.formats?.has(value) ?? true)) adapted[keyword] = value;
      } else if (keyword === 'pattern') {
        if (typeof value === 'string' && (rules.takesPattern?.(value) ?? true)) adapted[keyword] = value;
      } else {
        adapted[keyword] = isSchemaPlace(keyword) ? adaptPlace(keyword, value) : value;
      }
    }
    adaptValues(schema, adapted);
    if (saysNothing(schema)) isTooNarrow ||= rules.closesObjects;
    if (schema['type'] === 'object') adaptObject(schema, adapted);
    if (schema['type'] === 'array' && !isRecord(adapted['items'])) isTooNarrow ||= rules.closesObjects;
    return adapted;
  };

  const { $defs, ...rest } = original;
  const definitions = isRecord($defs)
    ? { $defs: Object.fromEntries(Object.entries($defs).map(([name, inner]) => [name, adapt(inner)])) }
    : {};
  return { schema: { ...adapt(rest), ...definitions }, isTooNarrow };
}
