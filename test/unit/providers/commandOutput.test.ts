import { describe, expect, it } from 'vitest';
import { parseSrt, parseVtt } from '../../../src/providers/command/captions.js';
import { eventStream } from '../../../src/providers/command/eventStream.js';
import { fillArguments } from '../../../src/providers/command/fillArguments.js';
import { parseWhisperJson } from '../../../src/providers/command/whisperJson.js';
import { splitAtPauses, wordTimesReader } from '../../../src/providers/command/wordTimes.js';

describe('parseSrt', () => {
  it('reads what programs write', () => {
    const content =
      '\uFEFF1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>\r\n{\\an8}world\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nBye\r\n';
    expect(parseSrt(content)).toEqual([
      { startSeconds: 1, endSeconds: 2.5, text: 'Hello\nworld' },
      { startSeconds: 3, endSeconds: 4, text: 'Bye' },
    ]);
  });

  it('reads what people make of it', () => {
    const content =
      '00:01.5 --> 00:02.5\nno number\n\n00:00:03.000 --> 00:00:04.000\n42\n\n3\n00:00:05,000 --> 00:00:06,000\n\n4\n120:00:07,000 --> 120:00:08,000 X1:0\na\n\nb\n\n5\n00:00:09,000 --> 00:00:08,000\n2 < 3 & 5 --> 4';
    expect(parseSrt(content)).toEqual([
      { startSeconds: 1.5, endSeconds: 2.5, text: 'no number' },
      { startSeconds: 3, endSeconds: 4, text: '42' },
      { startSeconds: 432007, endSeconds: 432008, text: 'a\nb' },
      { startSeconds: 9, endSeconds: 9, text: '2 < 3 & 5 --> 4' },
    ]);
  });

  it('finds nothing in nothing', () => {
    expect(parseSrt('')).toEqual([]);
    expect(parseVtt('nothing')).toBeUndefined();
    expect(parseVtt('WEBVTT\n')).toEqual([]);
  });
});

describe('parseWhisperJson', () => {
  it('reads whisper.cpp, also with tokens', () => {
    const token = (text: string, from: number, to: number) => ({ text, p: 0.5, offsets: { from, to } });
    const tokens = [
      token('[_BEG_]', 0, 0),
      token(' And', 0, 300),
      token(' as', 300, 400),
      token('k', 400, 500),
      token('.', 500, 510),
    ];
    const body = {
      result: { language: 'en' },
      transcription: [
        { timestamps: {}, offsets: { from: 0, to: 510 }, text: ' And ask.', tokens },
        { offsets: { from: 510, to: 600 }, text: ' ' },
        { text: 'no times' },
      ],
    };
    const words = [
      { text: 'And', startSeconds: 0, endSeconds: 0.3, confidence: 0.5 },
      { text: 'ask.', startSeconds: 0.3, endSeconds: 0.51, confidence: 0.5 },
    ];
    expect(parseWhisperJson(JSON.stringify(body))).toEqual([
      { type: 'language', language: 'en' },
      { type: 'segment', segment: { startSeconds: 0, endSeconds: 0.51, text: 'And ask.', words } },
    ]);
  });

  it('reads the Python programs', () => {
    const words = [{ word: ' Hi', start: 0.1, end: 0.4, probability: 0.9 }];
    const body = { text: ' Hi', language: 'german', segments: [{ id: 0, start: 0, end: 0.5, text: ' Hi', words }] };
    expect(parseWhisperJson(JSON.stringify(body))).toEqual([
      { type: 'language', language: 'de' },
      {
        type: 'segment',
        segment: {
          startSeconds: 0,
          endSeconds: 0.5,
          text: 'Hi',
          words: [{ text: 'Hi', startSeconds: 0.1, endSeconds: 0.4, confidence: 0.9 }],
        },
      },
    ]);
  });

  it.each(['', 'nonsense', '[]', '{}', 'null', '{"segments":3}'])('refuses %j', (content) => {
    expect(parseWhisperJson(content)).toBeUndefined();
  });
});

describe('wordTimesReader', () => {
  it('leaves out silence, noise and second pronunciations, utterance by utterance', () => {
    const reader = wordTimesReader();
    const lines = [
      'take the(2) train',
      '<s> 0.000 0.140 0.999700',
      'take 0.150 0.400 1.000100',
      '[NOISE] 0.400 0.500 0.9',
      '++UH++ 0.500 0.600 0.9',
      'the(2) 0.600 0.700 0.936686',
      '<sil> 0.700 0.800 0.9',
      "o'clock 0.900 1.200 0.5",
    ];
    expect(lines.flatMap((line) => reader.line(line))).toEqual([]);
    const [segment] = reader.line('</s> 1.210 1.500 1.000000');
    expect(segment).toMatchObject({ startSeconds: 0.15, endSeconds: 1.2, text: "take the o'clock" });
    expect(segment?.words?.map(({ confidence }) => confidence)).toEqual([1, 0.936686, 0.5]);
    expect(reader.line('next 2.0 2.5 0.5')).toEqual([]);
    // A recogniser that is stopped leaves its last utterance open.
    expect(reader.end().map(({ text }) => text)).toEqual(['next']);
    expect(reader.end()).toEqual([]);
  });

  it('cuts long speech at its pauses into what can be read', () => {
    const words = Array.from({ length: 60 }, (_, index) => {
      const startSeconds = index * 0.5 + Math.floor(index / 10) * 0.8;
      return { text: `word${index}`, startSeconds, endSeconds: startSeconds + 0.45 };
    });
    const segments = splitAtPauses(words);
    expect(segments.length).toBe(6);
    expect(segments.map(({ words: part }) => part?.[0]?.text)).toEqual([
      'word0',
      'word10',
      'word20',
      'word30',
      'word40',
      'word50',
    ]);
    expect(segments.flatMap(({ words: part }) => part ?? [])).toEqual(words);
  });

  it('cuts speech without a pause as well', () => {
    const words = Array.from({ length: 500 }, (_, index) => ({
      text: 'word',
      startSeconds: index * 0.3,
      endSeconds: index * 0.3 + 0.3,
    }));
    const segments = splitAtPauses(words);
    for (const { startSeconds, endSeconds, text } of segments) {
      expect(endSeconds - startSeconds).toBeLessThanOrEqual(7);
      expect(endSeconds - startSeconds).toBeGreaterThan(1);
      expect(text.length).toBeLessThanOrEqual(84);
    }
    expect(splitAtPauses([])).toEqual([]);
  });
});

describe('fillArguments', () => {
  it('fills in one pass', () => {
    const values = { text: '{output} {text}', output: 'o' };
    expect(
      fillArguments(['{text}', 'a{output}b{other}', ['-l', '{language}'], ['-o', '{output}']], values, 'X'),
    ).toEqual(['{output} {text}', 'aob{other}', '-o', 'o']);
  });

  it('names what is missing', () => {
    expect(() => fillArguments(['-m', '{model}'], {}, 'My Program')).toThrow(/My Program uses \{model\}/);
  });
});

describe('eventStream', () => {
  const signal = new AbortController().signal;

  it('gives everything, then the error', async () => {
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      const stream = eventStream<number>(async (push) => {
        push(1);
        push(2);
        await Promise.resolve();
        push(3);
        throw new Error('end');
      }, signal);
      for await (const value of stream) seen.push(value);
    };
    await expect(read()).rejects.toThrow('end');
    expect(seen).toEqual([1, 2, 3]);
  });

  it('stops the work when nobody listens on, and waits for its end', async () => {
    let ended = false;
    const stream = eventStream<number>(async (push, stop) => {
      push(1);
      await new Promise((resolve) => {
        stop.addEventListener('abort', resolve);
      });
      await Promise.resolve();
      ended = true;
    }, signal);
    for await (const value of stream) {
      expect(value).toBe(1);
      break;
    }
    expect(ended).toBe(true);
  });
});
