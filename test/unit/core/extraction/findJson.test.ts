import { describe, expect, it } from 'vitest';
import { findJson } from '../../../../src/core/extraction/findJson.js';

describe('JSON in what a model wrote', () => {
  it.each([
    ['{"a":1}'],
    [' \n{"a":1}\n'],
    ['```json\n{"a":1}\n```'],
    ['Sure [1]:\n```\n{"a":1}\n```\nDone.'],
    ['The answer is {"a":1}, as said in [2].'],
    ['{"a":1} and again {"a": 1}'],
    ['A smile :-} and {braces} and {"a":1}'],
  ])('is found in %j', (written) => {
    expect(findJson(written)).toEqual({ value: { a: 1 } });
  });

  it('keeps brackets and fences that stand inside of texts', () => {
    expect(findJson('It is {"a":"} ] \\" {"}.')).toEqual({ value: { a: '} ] " {' } });
  });

  it.each([
    ['', /no JSON/],
    ['Nothing was said.', /no JSON/],
    ['{"a":1', /breaks off/],
    ["{'a':1}", /breaks/],
    ['{"a":1,}', /breaks/],
    ['{"a":1} or {"a":2}', /several/],
    ['```\n{"a":1}\n```\n```\n{"a":2}\n```', /several/],
  ])('is none in %j', (written, problem) => {
    expect(findJson(written)).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  it('gives up on a hundred thousand open brackets in no time', () => {
    const started = process.cpuUsage();
    expect(findJson('{'.repeat(100_000))).toHaveProperty('problem');
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(2);
  });
});
