import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { EarshotError } from '../../../src/core/errors.js';
import type { JsonObject } from '../../../src/core/extraction/json.js';
import type { AnswerEvent } from '../../../src/providers/provider.js';
import { extractFromClips, type Extraction, type ExtractionRequest } from '../../../src/workflows/extract.js';
import { schemaCases, type SchemaCase } from '../../support/extraction/schemas.ts';
import { rightAnswer, wrongAnswers } from '../../support/extraction/wrongAnswers.ts';
import { aClip, aModel, FakeEngine, FakeProvider, FakeShelf, thrownBy } from '../../support/fakes.js';

const hearing = { chat: true, audioInput: true, structuredOutput: true, tools: true, inputFormats: ['wav'] } as const;

function setUp(capabilities: object = hearing) {
  const model = aModel('fake', 'ear', { ...hearing, ...capabilities });
  const provider = new FakeProvider('fake', [model]);
  const engine = new FakeEngine();
  const shelf = new FakeShelf();
  const permitted: unknown[] = [];
  const ports = {
    engine,
    shelf,
    now: () => new Date(0),
    permit: (intention: unknown) => {
      permitted.push(intention);
      return Promise.resolve();
    },
  };
  const extract = (
    schema: JsonObject,
    more: Partial<ExtractionRequest> = {},
    clips = [aClip()],
    signal = new AbortController().signal,
  ): Promise<Extraction> =>
    extractFromClips(
      clips,
      {
        schema,
        schemaName: 'test.schema.json',
        extractor: { chosen: { provider, model } },
        findTranscriber: () => Promise.reject(new EarshotError('no-model', 'Nobody transcribes.')),
        hints: {},
        ...more,
      },
      ports,
      signal,
    );
  const answers = (...texts: readonly string[]): void => {
    provider.answerScripts = texts.map((text): readonly AnswerEvent[] => [
      { type: 'text', text },
      { type: 'usage', usage: { inputTokens: 100, inputAudioTokens: 80, outputTokens: 10 } },
      { type: 'finish', finish: 'stop' },
    ]);
  };
  return { provider, engine, shelf, permitted, extract, answers };
}

/** A second opinion, by a validator that is made here. */
function isTaken({ schema }: SchemaCase, value: unknown): boolean {
  const dialect = String(schema['$schema'] ?? '2020-12');
  const Validator = dialect.includes('draft-07') ? Ajv : dialect.includes('2019') ? Ajv2019 : Ajv2020;
  const ajv = new Validator({ strict: false, logger: false });
  addFormats.default(ajv);
  return ajv.validate({ ...schema }, value);
}

const simple: SchemaCase = {
  name: 'simple',
  schema: { type: 'object', properties: { day: { type: 'string' }, room: { type: 'string' } }, required: ['day'] },
  right: { day: 'Friday' },
  wrong: { day: 5 },
};

it('tests with forty schemas and ten ways to be wrong, each of which tells right from wrong', () => {
  expect(schemaCases).toHaveLength(40);
  expect(Object.keys(wrongAnswers)).toHaveLength(10);
  for (const one of schemaCases) {
    expect([one.name, isTaken(one, one.right), isTaken(one, one.wrong)]).toEqual([one.name, true, false]);
  }
});

describe.each(schemaCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('is right at last, however wrongly it begins', async () => {
    for (const [way, wrong] of Object.entries(wrongAnswers)) {
      const { extract, answers } = setUp();
      answers(wrong(one), rightAnswer(one));
      const { value, isValid, errors, attempts } = await extract(one.schema);
      expect([way, isValid, attempts, errors]).toEqual([way, true, 2, []]);
      expect(value).toEqual(one.right);
    }
  });

  it('is reported as invalid when it stays wrong', async () => {
    for (const [way, wrong] of Object.entries(wrongAnswers)) {
      const { extract, answers, provider } = setUp();
      answers(wrong(one), wrong(one), wrong(one), wrong(one));
      const result = await extract(one.schema);
      expect([way, result.isValid, result.attempts]).toEqual([way, false, 3]);
      expect(result.errors.length).toBeGreaterThan(0);
      expect(result.answer).toBe(wrong(one));
      expect(result.value === undefined || !isTaken(one, result.value)).toBe(true);
      expect(provider.questions).toHaveLength(3);
    }
  });
});
