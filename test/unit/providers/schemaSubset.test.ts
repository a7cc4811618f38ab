import { describe, expect, it } from 'vitest';
import { envelopeSchema } from '../../../src/core/extraction/envelope.js';
import {
  anthropicRules,
  geminiRules,
  ollamaRules,
  openaiStrictRules,
} from '../../../src/providers/dialects/schemaRules.js';
import { schemaSubset } from '../../../src/providers/dialects/schemaSubset.js';
import { schemaCases } from '../../support/extraction/schemas.ts';
import { strictSchemaFault } from '../../support/openaiServer/strictSchema.ts';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, description: 'Who' },
    kind: { const: 'call' },
    level: { type: 'string', enum: ['low', 'high'] },
    when: { oneOf: [{ type: 'string', format: 'date' }, { type: 'integer' }] },
    person: { $ref: '#/$defs/person', description: 'Somebody' },
    both: { type: ['object', 'null'], properties: { a: { type: 'string' } } },
  },
  required: ['name', 'gone'],
  $defs: { person: { type: 'object', properties: { id: { type: 'integer' } } } },
};

describe('the part of a schema that a vendor takes', () => {
  it('is closed for OpenAI, with everything required and null for what was not', () => {
    expect(schemaSubset(schema, openaiStrictRules)).toEqual({
      isTooNarrow: false,
      schema: {
        type: 'object',
        properties: {
          name: { type: 'string', description: 'Who' },
          kind: { anyOf: [{ const: 'call' }, { type: 'null' }] },
          level: { type: ['string', 'null'], enum: ['low', 'high', null] },
          when: { anyOf: [{ type: 'string', format: 'date' }, { type: 'integer' }, { type: 'null' }] },
          person: { anyOf: [{ $ref: '#/$defs/person' }, { type: 'null' }] },
          both: {
            anyOf: [
              {
                type: 'object',
                properties: { a: { type: ['string', 'null'] } },
                required: ['a'],
                additionalProperties: false,
              },
              { type: 'null' },
            ],
          },
        },
        required: ['name', 'kind', 'level', 'when', 'person', 'both'],
        additionalProperties: false,
        $defs: {
          person: {
            type: 'object',
            properties: { id: { type: ['integer', 'null'] } },
            required: ['id'],
            additionalProperties: false,
          },
        },
      },
    });
  });

  it('has for Gemini only the words that it knows, and required names that are there', () => {
    expect(schemaSubset(schema, geminiRules).schema).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Who' },
        kind: { enum: ['call'] },
        level: { type: 'string', enum: ['low', 'high'] },
        when: { anyOf: [{ type: 'string', format: 'date' }, { type: 'integer' }] },
        person: { $ref: '#/$defs/person' },
        both: { anyOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'null' }] },
      },
      required: ['name'],
      $defs: { person: { type: 'object', properties: { id: { type: 'integer' } } } },
    });
    expect(schemaSubset({ enum: [true, 'x'] }, geminiRules).schema).toEqual({ type: ['boolean', 'string'] });
  });

  it('has for Ollama only patterns that span the text', () => {
    const patterns = ['^a+$', 'a', '^(?=b)c$', String.raw`^\d$`].map((pattern) => ({ type: 'string', pattern }));
    expect(patterns.map((one) => 'pattern' in schemaSubset(one, ollamaRules).schema)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it.each([
    ['names that are open', { type: 'object', additionalProperties: { type: 'string' } }],
    ['an object of which nothing is said', { type: 'object', properties: { a: { type: 'object' } } }],
    ['anything at all', { type: 'object', properties: { a: { description: 'Anything' } } }],
    ['a list of anything', { type: 'array' }],
    ['names by pattern', { type: 'object', properties: { a: { type: 'object', patternProperties: { a: {} } } } }],
  ])('is told to be too narrow with %s, where objects have to be closed', (_, open) => {
    expect(schemaSubset(open, openaiStrictRules).isTooNarrow).toBe(true);
    expect(schemaSubset(open, anthropicRules).isTooNarrow).toBe(true);
    expect(schemaSubset(open, ollamaRules).isTooNarrow).toBe(false);
  });

  it('keeps to the rules of strict mode for every schema that it can be said of', () => {
    const said = schemaCases.flatMap((one) => {
      const wrapped = envelopeSchema(one.schema, { evidence: true, recordingCount: 1 });
      const { schema: strict, isTooNarrow } = schemaSubset(wrapped, openaiStrictRules);
      return isTooNarrow ? [] : [[one.name, strictSchemaFault(strict)]];
    });
    expect(said.filter(([, fault]) => fault !== undefined)).toEqual([]);
    expect(said.length).toBeGreaterThan(30);
  });
});
