import { describe, expect, it } from 'vitest';
import { wordsOf, type Message } from '../../../src/core/conversation.js';
import { EarshotError } from '../../../src/core/errors.js';
import { readCueFile } from '../../../src/core/formats/readCueFile.js';
import type { AnswerEvent } from '../../../src/providers/provider.js';
import type { KeptAnswers, Reader } from '../../../src/workflows/reader.js';
import { translate } from '../../../src/workflows/translate.js';
import { batchesOf, readTranslations } from '../../../src/workflows/translateAnswer.js';
import { passagesOf, withNote, withTranslations, type Passage } from '../../../src/workflows/translateCues.js';
import { thrownBy } from '../../support/fakes.js';

const language = { tag: 'de', name: 'German' };
const never = new AbortController().signal;

const vtt = `WEBVTT - a talk
Language: en

STYLE
::cue { color: red }

NOTE Transcribed by Earshot
source: talk.wav
checksum: 0123

intro
00:00:01.000 --> 00:00:02.000 align:start
<v Ann Lee>Hello, <i>dear</i> Bob &amp; all.</v>

NOTE a person's own

00:00:02.000 --> 00:00:03.000
<v Ann Lee>One thing.
<v Bob>And <00:00:02.500>another.

00:00:03.000 --> 00:00:04.000
<i>(a door)</i>

00:00:04.000 --> 00:00:05.000
♪ …
`;

const upper = (passages: readonly Passage[]): Map<number, string> =>
  new Map(passages.map(({ text }, number) => [number, text.toUpperCase()]));

describe('a file of cues in other words', () => {
  it('keeps everything but the words', () => {
    const file = readCueFile(vtt, 'vtt');
    const passages = passagesOf(file);
    expect(passages.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['Ann Lee', 'Hello, dear Bob & all.'],
      ['Ann Lee', 'One thing.'],
      ['Bob', 'And another.'],
      [undefined, '(a door)'],
    ]);
    expect(withTranslations(file, passages, upper(passages))).toBe(
      vtt
        .replace('Hello, <i>dear</i> Bob &amp; all.', 'HELLO, DEAR BOB &amp; ALL.')
        .replace('One thing.', 'ONE THING.')
        .replace('And <00:00:02.500>another.', 'AND ANOTHER.')
        .replace('(a door)', '(A DOOR)'),
    );
  });

  it('lets no translation end its cue or begin a tag', () => {
    const file = readCueFile('WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n', 'vtt');
    const passages = passagesOf(file);
    const content = withTranslations(file, passages, new Map([[0, 'a\n\n00:05.000 --> 00:06.000\n<v Eve>b & c']]));
    const again = readCueFile(content, 'vtt');
    expect(again.cues.map(({ text }) => text)).toEqual(['a\n00:05.000 --> 00:06.000\n<v Eve>b & c']);
  });

  it('keeps numbers, names and places in SRT, with its line breaks', () => {
    const srt =
      '1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}Ann: Hello there\r\nBob\r\n\r\n7\r\n00:00:03,000 --> 00:00:04,000\r\n<i>Fine.</i>\r\n';
    const file = readCueFile(srt, 'srt');
    const passages = passagesOf(file);
    const content = withTranslations(
      file,
      passages,
      new Map(passages.map(({ text }, number) => [number, `${text}\n\nja --> nein`])),
    );
    expect(content).toContain('<i>Fine.\r\nja → nein</i>\r\n');
    expect(content).toContain('1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}');
    expect(readCueFile(content, 'srt').cues).toHaveLength(2);
    const named = readCueFile(
      '1\n00:00:01,000 --> 00:00:02,000\nAnn: Hello\n\n2\n00:00:02,000 --> 00:00:03,000\nand on\n',
      'srt',
    );
    expect(passagesOf(named).map(({ speaker, text }) => [speaker, text])).toEqual([
      ['Ann', 'Hello'],
      [undefined, 'and on'],
    ]);
    expect(withTranslations(named, passagesOf(named), new Map([[0, 'Hallo']]))).toContain('\nAnn: Hallo\n');
  });

  it('says where it comes from, in the place of what Earshot said before', () => {
    const content = withNote(vtt, 'Translated by Earshot\nlanguage: de\n\nx --> y', 'de');
    expect(content).toContain('WEBVTT - a talk\nLanguage: de\n\nSTYLE');
    expect(content).toContain('NOTE Translated by Earshot\nlanguage: de\nx → y\n\nintro\n');
    expect(content).not.toContain('Transcribed by Earshot');
    expect(content).toContain("NOTE a person's own");
    expect(withNote('WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n', 'Translated by Earshot', 'de')).toBe(
      'WEBVTT\n\nNOTE Translated by Earshot\n\n00:01.000 --> 00:02.000\nHello\n',
    );
  });
});

const passages = (count: number): Passage[] =>
  Array.from({ length: count }, (_, index) => ({
    span: { start: index * 10, end: index * 10 + 5 },
    text: `this is what cue number ${index} says`,
    ...(index % 2 === 0 ? { speaker: 'Ann' } : {}),
  }));

const three = batchesOf(passages(3), [0, 1, 2], { maxTokens: 1000 })[0];
const good = [
  { id: 1, text: 'eins' },
  { id: 2, text: 'zwei' },
  { id: 3, text: 'drei' },
];

describe('an answer with translations', () => {
  if (three === undefined) throw new Error('no batch');
  const read = (answer: unknown) => {
    const { accepted, problems } = readTranslations(
      typeof answer === 'string' ? answer : JSON.stringify(answer),
      three,
    );
    return { accepted: [...accepted.keys()], problems };
  };

  it('is taken when every cue is there once', () => {
    for (const answer of [{ cues: good }, good, `Sure!\n\`\`\`json\n${JSON.stringify({ cues: good })}\n\`\`\``]) {
      expect(read(answer)).toEqual({ accepted: [0, 1, 2], problems: [] });
    }
  });

  const wrong: [what: string, answer: unknown, accepted: number[], problem: RegExp][] = [
    ['no JSON at all', 'I am sorry, I cannot do that.', [], /not the JSON/],
    ['other JSON', { translation: 'eins zwei drei' }, [], /not the JSON/],
    ['a cue missing', { cues: good.slice(0, 2) }, [0, 1], /Cue 3 is missing/],
    ['a cue twice', { cues: [...good, { id: 2, text: 'noch einmal' }] }, [0, 2], /Cue 2 is there 2 times/],
    ['a cue too many', { cues: [...good, { id: 4, text: 'vier' }] }, [], /no cue 4/],
    ['counting from 0', { cues: good.map(({ id, text }) => ({ id: id - 1, text })) }, [], /no cue 0/],
    [
      'an empty cue',
      {
        cues: [
          { id: 1, text: 'eins zwei' },
          { id: 2, text: ' ' },
          { id: 3, text: '…' },
        ],
      },
      [0],
      /Cue 2 is empty/,
    ],
    [
      'a remark in a cue',
      { cues: [{ id: 1, text: `eins. ${'This means one. '.repeat(40)}` }, ...good.slice(1)] },
      [1, 2],
      /Cue 1 is far too long/,
    ],
    [
      'nothing translated',
      { cues: passages(3).map(({ text }, index) => ({ id: index + 1, text })) },
      [],
      /untranslated/,
    ],
    ['cut off in a cue', '{"cues":[{"id":1,"text":"eins"},{"id":2,"te', [0], /Cue 2 is missing/],
    ['a text that is none', { cues: [{ id: 1, text: 1 }, { id: 2 }, good[2]] }, [2], /no id or no text/],
    ['ids that are words', { cues: good.map(({ text }) => ({ id: text, text })) }, [], /no id or no text/],
  ];
  for (const [what, answer, accepted, problem] of wrong) {
    it(`with ${what} gives no more than is certain`, () => {
      const result = read(answer);
      expect(result.accepted).toEqual(accepted);
      expect(result.problems.join(' ')).toMatch(problem);
    });
  }
});

class Answers implements KeptAnswers {
  readonly kept = new Map<string, string>();
  readonly find = (key: string): Promise<string | undefined> => Promise.resolve(this.kept.get(key));
  readonly keep = (key: string, answer: string): Promise<void> => {
    this.kept.set(key, answer);
    return Promise.resolve();
  };
}

interface Asked {
  readonly before: string[];
  readonly cues: { readonly id: number; readonly text: string }[];
  readonly after: string[];
}

const askedIn = (messages: readonly Message[]): Asked =>
  JSON.parse(messages.at(-1)?.content.map(wordsOf).join('') ?? '') as Asked;
const inGerman = ({ cues }: Asked) => ({ cues: cues.map(({ id, text }) => ({ id, text: `DE ${text}` })) });

function aReader(answer: (asked: Asked, count: number) => unknown): Reader & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    label: 'Reader',
    asked,
    async *answer(messages): AsyncGenerator<AnswerEvent> {
      asked.push(askedIn(messages));
      const given = await Promise.resolve(answer(askedIn(messages), asked.length));
      if (given instanceof Error) throw given;
      yield { type: 'text', text: JSON.stringify(given) };
      yield { type: 'usage', usage: { outputTokens: 5 } };
    },
  };
}

function run(reader: Reader, count = 100, answers = new Answers()) {
  const ports = { permit: () => Promise.resolve(), answers };
  return translate({ name: 'talk.vtt', passages: passages(count), language, glossary: [] }, reader, ports, never);
}

describe('translating', () => {
  it('asks for every cue once, with what is said around it', async () => {
    const reader = aReader(inGerman);
    const { translations, stoppedBy, usage } = await run(reader);
    expect(stoppedBy).toBeUndefined();
    expect([...translations].sort(([one], [two]) => one - two)).toEqual(
      passages(100).map(({ text }, number) => [number, `DE ${text}`]),
    );
    expect(reader.asked.flatMap(({ cues }) => cues)).toHaveLength(100);
    expect(usage).toEqual({ outputTokens: 5 * reader.asked.length });
    expect(reader.asked[1]?.before.at(-1)).toContain('cue number 39');
    expect(reader.asked[0]?.after).toEqual(['Ann: this is what cue number 40 says', 'this is what cue number 41 says']);
  });

  it('asks again for what a model loses, and for nothing else', async () => {
    const reader = aReader((asked, count) => (count === 2 ? { cues: inGerman(asked).cues.slice(3) } : inGerman(asked)));
    const { translations, stoppedBy } = await run(reader);
    expect([translations.size, stoppedBy]).toEqual([100, undefined]);
    expect(reader.asked.flatMap(({ cues }) => cues)).toHaveLength(103);
  });

  it('gives up after three rounds, and keeps what is right', async () => {
    const reader = aReader(({ cues }) => ({
      cues: cues.flatMap(({ id, text }) => (text.includes('number 7 ') ? [] : [{ id, text: `DE ${text}` }])),
    }));
    const { translations, stoppedBy } = await run(reader);
    expect(translations.size).toBe(99);
    expect(stoppedBy).toMatchObject({ reason: 'malformed-response' });
    expect(stoppedBy?.message).toMatch(/1 of 100 cues of talk\.vtt/);
    expect(reader.asked.length).toBe(5);
  });

  it('ends after a bounded number of questions where every answer is wrong', async () => {
    const reader = aReader(() => ({ cues: [] }));
    expect(await thrownBy(run(reader, 30))).toMatchObject({ reason: 'malformed-response' });
    expect(reader.asked.length).toBe(1 + 3 + 10);
  });

  it('pays for nothing twice, after a failure as after a success', async () => {
    const answers = new Answers();
    const failing = aReader((asked, count) =>
      count === 2 ? new EarshotError('quota-exhausted', 'Empty.') : inGerman(asked),
    );
    const first = await run(failing, 200, answers);
    expect(first.stoppedBy).toMatchObject({ reason: 'quota-exhausted' });
    expect(first.translations.size).toBeGreaterThan(0);
    const second = aReader(inGerman);
    const { translations } = await run(second, 200, answers);
    expect(translations.size).toBe(200);
    expect(second.asked.flatMap(({ cues }) => cues)).toHaveLength(200 - first.translations.size);
    const third = aReader(inGerman);
    expect((await run(third, 200, answers)).translations.size).toBe(200);
    expect(third.asked).toHaveLength(0);
  });

  it('asks another model anew', async () => {
    const answers = new Answers();
    await run(aReader(inGerman), 50, answers);
    const other = { ...aReader(inGerman), label: 'Other' };
    await run(other, 50, answers);
    expect(other.asked.length).toBeGreaterThan(0);
  });

  it('goes on after a question that a model refuses', async () => {
    const reader = aReader((asked, count) => (count === 1 ? new EarshotError('refused', 'No.') : inGerman(asked)));
    expect((await run(reader)).translations.size).toBe(100);
  });

  it('waits for a server that has had too much', async () => {
    const tooMuch = new EarshotError('rate-limited', 'Slowly.', { retryAfterSeconds: 0.01 });
    const reader = aReader((asked, count) => (count === 1 ? tooMuch : inGerman(asked)));
    expect((await run(reader)).translations.size).toBe(100);
  });

  it('lets a model that keeps to a schema do so', async () => {
    const plain = aReader(() => new Error('not this way'));
    let schema = '';
    const reader: Reader = {
      ...plain,
      async *answerJson(messages, given): AsyncGenerator<AnswerEvent> {
        schema = given.name;
        yield await Promise.resolve({ type: 'text', text: JSON.stringify(inGerman(askedIn(messages))) });
      },
    };
    expect((await run(reader)).translations.size).toBe(100);
    expect(schema).toBe('translation');
  });
});
