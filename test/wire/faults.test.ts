import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { text } from '../../src/core/conversation.js';
import { EarshotError } from '../../src/core/errors.js';
import { startFaultyProxy, type FaultyProxy } from '../support/faultyProxy.ts';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { aProvider, never, WireContext } from './askServer.ts';

/* A thousand requests over a bad line: nothing hangs, nothing is paid for twice, nothing that came is lost. */

const requestCount = 1000;
const seed = 20261121;
/** Two retries, each after at most the SDK's longest pause, and room for a busy machine. */
const ceilingMilliseconds = 30_000;
const clip = toneWords('three golf nine');
const answerText = 'Three, golf and nine are said, in this order, between 0:00 and 0:02.';

interface Outcome {
  readonly name: string;
  readonly said: string;
  readonly error: unknown;
  readonly milliseconds: number;
}

let server: OpenAIServer;
let proxy: FaultyProxy;
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  server = await startOpenAIServer({ recogniser: 'tones', answer: () => answerText });
  proxy = await startFaultyProxy(server.origin, seed, (body) => /request-\d+/.exec(body)?.[0]);
});
afterAll(async () => {
  await proxy.close();
  await server.close();
  process.off('unhandledRejection', note);
});

it('survives a thousand requests over a bad line', { timeout: 240_000 }, async () => {
  const context = new WireContext();
  const provider = aProvider({ kind: 'openai', baseUrl: `${proxy.origin}/v1` }, context);
  const ask = async function* (name: string): AsyncGenerator<string> {
    const content = [{ type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } }, text(name)] as const;
    const request = { model: 'gpt-audio-1.5', messages: [{ role: 'user', content }] } as const;
    for await (const event of provider.converse?.(request, never()) ?? []) if (event.type === 'text') yield event.text;
  };
  const hear = async function* (name: string): AsyncGenerator<string> {
    const audio = { bytes: clip.wav, format: 'wav', fileName: `${name}.wav` } as const;
    for await (const event of provider.transcribe?.({ model: 'whisper-1', audio }, never()) ?? []) {
      if (event.type === 'segment') yield ` ${event.segment.text}`;
    }
  };
  const run = async (index: number): Promise<Outcome> => {
    const name = `request-${index}`;
    const startedAt = performance.now();
    let said = '';
    let error: unknown;
    try {
      for await (const part of index % 2 === 0 ? ask(name) : hear(name)) said += part;
    } catch (thrown) {
      error = thrown;
    }
    return { name, said: said.trim(), error, milliseconds: performance.now() - startedAt };
  };
  const limit = pLimit(40);
  const outcomes = await Promise.all(Array.from({ length: requestCount }, (_, index) => limit(() => run(index))));

  // No hang, and no end without a reason.
  expect(Math.max(...outcomes.map(({ milliseconds }) => milliseconds))).toBeLessThan(ceilingMilliseconds);
  const failed = outcomes.filter(({ error }) => error !== undefined);
  const reasons = new Set(failed.map(({ error }) => (error instanceof EarshotError ? error.reason : String(error))));
  const allowed = [
    'answer-cut-off',
    'rate-limited',
    'overloaded',
    'vendor-failure',
    'unreachable',
    'malformed-response',
  ];
  expect([...reasons].filter((reason) => !allowed.includes(reason))).toEqual([]);

  // Whatever was not spoiled three times in a row came through, whole.
  const clean = outcomes.filter(({ error }) => error === undefined);
  expect(clean.length).toBeGreaterThan(0.9 * requestCount);
  for (const { name, said } of clean) {
    expect(said.toLowerCase(), name).toContain(
      Number(name.slice(8)) % 2 === 0 ? answerText.toLowerCase() : 'three golf nine',
    );
  }

  // An answer that had begun to arrive was never asked for again.
  const again = [...proxy.tales].filter(([, { askedAgain }]) => askedAgain > 0);
  expect(again).toEqual([]);

  // What came before the line was cut is kept, to the last whole event.
  let partCount = 0;
  for (const { name, said, error } of failed) {
    const { cutAfter } = proxy.tales.get(name) ?? {};
    if (!(error instanceof EarshotError) || error.reason !== 'answer-cut-off' || cutAfter === undefined) continue;
    if (Number(name.slice(8)) % 2 !== 0) continue;
    const events = cutAfter.split('\n\n').slice(0, -1);
    const sent = events
      .map(
        (event) =>
          (JSON.parse(event.replace(/^data: /, '')) as { choices: { delta?: { content?: string } }[] }).choices[0],
      )
      .map((choice) => choice?.delta?.content ?? '')
      .join('');
    expect(said, name).toBe(sent.trim());
    partCount += sent === '' ? 0 : 1;
  }
  expect(partCount).toBeGreaterThan(5);

  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(unhandled).toEqual([]);
  expect(server.problems).toEqual([]);
});
