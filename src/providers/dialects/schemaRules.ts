import type { SchemaRules } from './schemaSubset.js';

const common = [
  'type',
  'title',
  'description',
  'enum',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'anyOf',
  '$ref',
];

/** OpenAI's guide to structured outputs, section on supported schemas. */
export const openaiStrictRules: SchemaRules = {
  keywords: new Set([...common, 'pattern', 'format', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum']),
  formats: new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']),
  // Regular expressions without looking around.
  takesPattern: (pattern) => !/\(\?[=!<]|\\[1-9]/.test(pattern),
  oneOfAs: 'anyOf',
  constAs: 'const',
  closesObjects: true,
  requiresAll: true,
  bareReferences: true,
};

/** Whatever says something goes along: the SDK puts what the API does not take into the descriptions. */
export const anthropicRules: SchemaRules = {
  keywords: new Set([
    ...openaiStrictRules.keywords,
    'minLength',
    'maxLength',
    'uniqueItems',
    'prefixItems',
    'minProperties',
    'maxProperties',
  ]),
  oneOfAs: 'anyOf',
  constAs: 'const',
  closesObjects: true,
  requiresAll: false,
  bareReferences: true,
};

/** The comment on `responseJsonSchema` in the types of @google/genai 3.1.0. */
export const geminiRules: SchemaRules = {
  keywords: new Set([...common, 'format', 'prefixItems', 'oneOf']),
  oneOfAs: 'anyOf',
  constAs: 'enum',
  enumTypes: new Set(['string', 'integer', 'number']),
  closesObjects: false,
  requiresAll: false,
  bareReferences: true,
};

/** What llama.cpp, which Ollama runs on, makes a grammar of: patterns have to span the whole text. */
export const ollamaRules: SchemaRules = {
  keywords: new Set([...common, 'format', 'pattern', 'prefixItems', 'minLength', 'maxLength']),
  formats: new Set(['date', 'time', 'date-time', 'uuid']),
  takesPattern: (pattern) => /^\^[^\\]*\$$/.test(pattern) && !pattern.includes('(?'),
  oneOfAs: 'anyOf',
  constAs: 'const',
  closesObjects: false,
  requiresAll: false,
  bareReferences: true,
};
