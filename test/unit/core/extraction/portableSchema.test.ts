import { describe, expect, it } from 'vitest';
import { envelopeSchema } from '../../../../src/core/extraction/envelope.js';
import { flatCsv, flatten } from '../../../../src/core/extraction/flatten.js';
import { portableSchema } from '../../../../src/core/extraction/portableSchema.js';

describe('a schema made portable', () => {
  it('refers to definitions by name only, from wherever it was referred to', () => {
    const { schema, definitions } = portableSchema({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'https://example.org/a.json',
      type: 'object',
      properties: {
        one: { $ref: '#/definitions/a~1b', description: 'The first' },
        two: { $ref: 'https://example.org/a.json#/definitions/a~1b' },
        self: { $ref: '#' },
        far: { $ref: 'https://elsewhere.example/x.json' },
      },
      definitions: { 'a/b': { type: 'string' } },
    });
    expect(schema).toEqual({
      type: 'object',
      properties: {
        one: { $ref: '#/$defs/a_b', description: 'The first' },
        two: { $ref: '#/$defs/a_b' },
        self: { $ref: '#/$defs/root' },
        far: {},
      },
    });
    expect(Object.keys(definitions)).toEqual(['a_b', 'root']);
    expect(definitions['root']).toEqual(schema);
  });

  it('merges allOf where one schema can say it, and leaves it where not', () => {
    const base = { $ref: '#/$defs/base' };
    const $defs = { base: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } };
    const more = { properties: { name: { type: 'string' } }, required: ['name'] };
    expect(portableSchema({ allOf: [base, more], $defs }).schema).toEqual({
      type: 'object',
      properties: { id: { type: 'integer' }, name: { type: 'string' } },
      required: ['id', 'name'],
    });
    const apart = portableSchema({ allOf: [{ type: 'string' }, { type: 'integer' }] }).schema;
    expect(apart).toEqual({ allOf: [{ type: 'string' }, { type: 'integer' }] });
  });

  it('says the types that go without saying', () => {
    const { schema } = portableSchema({ properties: { a: { enum: ['x', null] }, b: { minimum: 1 }, c: true } });
    expect(schema).toEqual({
      type: 'object',
      properties: { a: { type: ['string', 'null'], enum: ['x', null] }, b: { type: 'number', minimum: 1 }, c: {} },
    });
  });

  it('is put into an envelope with its definitions at the top', () => {
    const schema = { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } };
    expect(envelopeSchema(schema, { evidence: false, recordingCount: 1 })).toEqual({
      type: 'object',
      properties: { data: { $ref: '#/$defs/a' } },
      required: ['data'],
      additionalProperties: false,
      $defs: { a: { type: 'string' } },
    });
    const several = envelopeSchema({ type: 'object' }, { evidence: true, recordingCount: 2 });
    expect(several).toMatchObject({
      properties: { evidence: { items: { required: ['pointer', 'recording', 'startSeconds', 'endSeconds'] } } },
    });
  });
});

describe('a value as a row', () => {
  it('has a column for every leaf, and lists of words in one cell', () => {
    const rows = [
      flatten({ title: 'A "b"', tags: ['x', 'y'], items: [{ who: 'Ada' }, { who: null, done: true }], none: [] }),
      flatten({ title: '=1+1', extra: -2 }),
      flatten('only a text'),
    ];
    expect(flatCsv(rows)).toBe(
      [
        'title,tags,items[0].who,items[1].done,none,extra,value',
        '"A ""b""",x; y,Ada,true,,,',
        `'=1+1,,,,,-2,`,
        ',,,,,,only a text',
        '',
      ].join('\r\n'),
    );
  });
});
