import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { text, type Message } from '../../src/core/conversation.js';
import type { AnswerStep } from '../../src/workflows/answerQuestion.js';
import { ask } from '../../src/workflows/ask.js';
import { surveyProviders } from '../../src/workflows/chooseModel.js';
import { anthropicKey, startAnthropicServer, type AnthropicServer } from '../support/anthropicServer/server.ts';
import { FakeProvider, FakeShelf, aModel } from '../support/fakes.js';
import { startOllamaServer, type OllamaServer } from '../support/ollamaServer/server.ts';
import { encodeWav } from '../support/openaiServer/wav.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { aBytesSource, bytesEngine } from '../unit/audio/support/sources.js';
import { aProvider, collect, never, WireContext } from './askServer.ts';

/* Whole questions, from the recording to the bill: engine, workflow, adapter, SDK and server, only the shelf is a fake. */

let anthropic: AnthropicServer;
let ollama: OllamaServer;
const context = new WireContext();

beforeAll(async () => {
  anthropic = await startAnthropicServer();
  ollama = await startOllamaServer();
});
beforeEach(() => {
  anthropic.reset();
  ollama.reset();
  context.key = anthropicKey;
});
afterAll(async () => {
  await anthropic.close();
  await ollama.close();
});

const words = 'alpha bravo charlie delta echo foxtrot golf hotel india juliet'.split(' ');
/** Over a minute at 44.1 kHz in stereo, with a pause after each ten words. */
const long = toneWords(
  Array.from({ length: 90 }, (_, index) => words[index % 10] ?? ''),
  { sampleRate: 44_100, channels: 2, toneSeconds: 0.4, gapSeconds: 0.4 },
);

/** Of two signals that begin together. */
function correlation(left: Float32Array, right: Float32Array): number {
  let [both, ofLeft, ofRight] = [0, 0, 0];
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [one, two] = [left[index] ?? 0, right[index] ?? 0];
    both += one * two;
    ofLeft += one * one;
    ofRight += two * two;
  }
  return both / Math.sqrt(ofLeft * ofRight);
}

const textIn = (steps: readonly AnswerStep[], type: 'text' | 'notice' | 'bill'): string =>
  steps.map((step) => (step.type === type ? step.text : '')).join('');

function asking(model: string, prompt: string, bytes: Uint8Array, history: readonly Message[] = []) {
  const [provider = '', ...id] = model.split(':');
  const clip = { uri: 'file:///meeting.wav', name: 'meeting.wav', source: aBytesSource(bytes) };
  return {
    prompt,
    clips: [clip],
    history,
    hints: {},
    model: { ours: { provider, model: id.join(':') } },
    transcriptionModel: undefined,
  };
}

describe('a question to a model that only reads', () => {
  it('rests on a transcript, says so, and is cheap to follow up', async () => {
    const claude = aProvider(
      { kind: 'anthropic', baseUrl: anthropic.origin, label: 'Anthropic' },
      context,
      'anthropic',
    );
    const scribe = new FakeProvider('scribe', [aModel('scribe', 'ear', { chat: false, transcription: true })]);
    const segments = Array.from({ length: 60 }, (_, index) => ({
      type: 'segment' as const,
      segment: { startSeconds: index, endSeconds: index + 1, text: `we ship number ${index} on friday` },
    }));
    scribe.transcriptionScripts = [segments];
    const states = await surveyProviders([claude, scribe]);
    const ports = {
      engine: bytesEngine,
      shelf: new FakeShelf(),
      now: () => new Date(0),
      permit: () => Promise.resolve(),
    };
    const clip = toneWords('alpha bravo');
    const question = (prompt: string, history: readonly Message[] = []) =>
      collect(
        ask(
          {
            ...asking('anthropic:claude-sonnet-5-5', prompt, clip.wav, history),
            // This gateway also has a model that hears, which would be asked for the transcript before a third party.
            transcriptionModel: { provider: 'scribe', model: 'ear' },
          },
          states,
          ports,
          never(),
        ),
      );
    const first = await question('When do we ship?');
    expect(textIn(first, 'text')).toContain('transcript: "we ship number');
    expect(textIn(first, 'notice')).toMatch(/Claude Sonnet 5\.5 reads text only: this answer rests on a transcript by/);
    expect(textIn(first, 'bill')).toMatch(/Claude Sonnet 5\.5 · [\d,]+ tokens in.*\$0\.0/);
    const second = await question('Who says so?', [
      { role: 'user', content: [text('When do we ship?')] },
      { role: 'assistant', content: [text('On Friday.')] },
    ]);
    expect(scribe.transcriptions.length).toBe(1);
    const usage = second.flatMap((step) => (step.type === 'usage' ? [step.usage] : []))[0];
    expect(usage?.cachedInputTokens).toBeGreaterThan(500);
    expect(anthropic.requestsTo('/v1/messages').flatMap(({ audio }) => audio)).toEqual([]);
    expect(anthropic.problems).toEqual([]);
  });
});

describe('a question to a model that hears half a minute at a time', () => {
  it('sends a longer recording in parts of 16 kHz mono that lose nothing, and says so', async () => {
    const local = aProvider({ kind: 'ollama', baseUrl: ollama.origin, label: 'Ollama' }, context, 'ollama');
    context.key = undefined;
    const states = await surveyProviders([local]);
    const ports = {
      engine: bytesEngine,
      shelf: new FakeShelf(),
      now: () => new Date(0),
      permit: () => Promise.resolve(),
    };
    const steps = await collect(ask(asking('ollama:gemma4:e4b', 'What is said?', long.wav), states, ports, never()));
    const heard = /I heard: (.*)/.exec(textIn(steps, 'text'))?.[1]?.replaceAll(' | ', ' ');
    expect(heard).toBe(long.text);
    expect(textIn(steps, 'notice')).toMatch(/hears 0:30 at a time: it got meeting\.wav in \d parts/);
    const { audio = [] } = ollama.requestsTo('/api/chat')[0] ?? {};
    expect(audio.length).toBeGreaterThan(2);
    for (const { durationSeconds, sampleRate, channels } of audio) {
      expect([sampleRate, channels]).toEqual([16_000, 1]);
      expect(durationSeconds).toBeLessThanOrEqual(30);
    }
    const whole = toneWords(long.text, { toneSeconds: 0.4, gapSeconds: 0.4 });
    const joined = new Float32Array(audio.flatMap(({ samples }) => [...samples]));
    expect(correlation(joined, whole.pcm.channels[0] ?? new Float32Array())).toBeGreaterThan(0.99);
    expect(textIn(steps, 'bill')).toMatch(/\$0$/);
    expect(ollama.problems).toEqual([]);
  });

  it('makes 16 kHz of a recording with another rate', async () => {
    const clip = toneWords('alpha bravo', { sampleRate: 8000 });
    const local = aProvider({ kind: 'ollama', baseUrl: ollama.origin }, context, 'ollama');
    context.key = undefined;
    const states = await surveyProviders([local]);
    const ports = {
      engine: bytesEngine,
      shelf: new FakeShelf(),
      now: () => new Date(0),
      permit: () => Promise.resolve(),
    };
    const steps = await collect(ask(asking('ollama:gemma4:e4b', 'What?', encodeWav(clip.pcm)), states, ports, never()));
    expect(textIn(steps, 'text')).toContain('I heard: alpha bravo');
    expect(ollama.problems).toEqual([]);
  });
});
