import { describe, expect, it } from 'vitest';
import { JsonObjectReader } from '../../../src/core/formats/jsonObjects.js';

function read(text: string, size = 3): unknown[] {
  const reader = new JsonObjectReader();
  const found = [];
  for (let at = 0; at < text.length; at += size) found.push(...reader.push(text.slice(at, at + size)));
  return [...found, ...reader.end()].map((object) => ('value' in object ? object.value : object.broken));
}

describe('objects in a text that comes in crumbs', () => {
  it.each([1, 2, 7, 1000])('are found whatever the size of the crumbs: %i', (size) => {
    const text = 'Sure! ```json\n{"a":"x } y","b":"\\"{"}\n,{"a":2}``` Bye {not json} and {"c":3}';
    expect(read(text, size)).toEqual([{ a: 'x } y', b: '"{' }, { a: 2 }, '{not json}', { c: 3 }]);
  });

  it('are given as soon as they are closed, also inside of another one', () => {
    const reader = new JsonObjectReader();
    expect(reader.push('{"language":"en","segments":[{"t":1}')).toEqual([
      { value: { language: 'en', segments: [] } },
      { value: { t: 1 } },
    ]);
    expect(reader.isOpen).toBe(true);
    expect(reader.push(',{"t":2}],"mood":"calm"}')).toEqual([{ value: { t: 2 } }, { value: { mood: 'calm' } }]);
    expect(reader.isOpen).toBe(false);
  });

  it('are found behind a line that is broken', () => {
    expect(read('{"text":"5" tape"}\n{"text":"next"}')).toEqual(['{"text":"5" tape"}', { text: 'next' }]);
    expect(read('[\n{"text":"a "b" c"},\n{"text":"next"}\n]')).toEqual(['{"text":"a "b" c"}', { text: 'next' }]);
  });

  it('that were cut off are told apart from those that were never begun', () => {
    expect(read('{"a":1}\n{"a":')).toEqual([{ a: 1 }, '{"a":']);
    expect(read('{"a":1}\n')).toEqual([{ a: 1 }]);
  });
});
