import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { anthropicKey, startAnthropicServer } from '../support/anthropicServer/server.ts';
import { GeminiServer, geminiKey, streamPath } from '../support/geminiServer/server.ts';
import { startOllamaServer } from '../support/ollamaServer/server.ts';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { configure, put, remove, startBench, stopBench } from './stage.js';

type Form = 'audio' | 'transcript';

/** One question, what it is about, and in which form a model that both hears and reads gets that. */
interface Turn {
  readonly prompt: string;
  readonly attach?: string;
  readonly clips: readonly number[];
  readonly form: Form;
  /** What a model gets that answers only where it can listen; absent: the same. */
  readonly withoutReading?: Form;
}

const turns: readonly Turn[] = [
  { prompt: 'What is said?', attach: 'talk-a.wav', clips: [1], form: 'audio' },
  { prompt: 'And which word is the longest?', clips: [1], form: 'audio' },
  { prompt: 'Use the transcript: Which words are said?', clips: [1], form: 'transcript' },
  { prompt: 'Which word comes first?', clips: [1], form: 'transcript', withoutReading: 'audio' },
  { prompt: 'Does the voice go up?', clips: [1], form: 'audio' },
  { prompt: 'And what is said here?', attach: 'talk-b.wav', clips: [2], form: 'audio' },
  { prompt: 'How many words are in the first recording?', clips: [1], form: 'transcript', withoutReading: 'audio' },
  { prompt: 'Which words are in recordings 1 and 2?', clips: [1, 2], form: 'audio' },
  { prompt: 'What is said now?', attach: 'talk-c.wav', clips: [3], form: 'audio' },
  { prompt: 'Is there music in the second recording?', clips: [2], form: 'audio' },
  { prompt: 'Use the transcript: What do all recordings say?', clips: [1, 2, 3], form: 'transcript' },
  { prompt: 'How does talk-c.wav end?', clips: [3], form: 'transcript', withoutReading: 'audio' },
];

interface Asked {
  readonly body: Uint8Array;
  readonly audio: readonly unknown[];
}

/** A server whose model is asked, and what that model can. */
interface Wire {
  readonly model: string;
  readonly can: 'hear and read' | 'hear' | 'read';
  readonly asked: () => readonly Asked[];
  readonly problems: () => readonly unknown[];
  readonly stop: () => Promise<unknown>;
}

const wires: Readonly<Record<string, (bench: OpenAIServer) => Promise<Wire>>> = {
  OpenAI: (bench) =>
    Promise.resolve({
      model: 'bench:gpt-audio-1.5',
      can: 'hear',
      asked: () => bench.requestsTo('/v1/chat/completions'),
      problems: () => bench.problems,
      stop: () => Promise.resolve(),
    }),
  Gemini: async () => {
    const server = await new GeminiServer().start();
    await addProvider('gem', { kind: 'gemini', baseUrl: server.baseUrl }, geminiKey);
    return {
      model: 'gem:gemini-2.5-flash',
      can: 'hear and read',
      asked: () => server.requestsTo(streamPath('gemini-2.5-flash')),
      problems: () => server.problems,
      stop: () => server.close(),
    };
  },
  Anthropic: async () => {
    const server = await startAnthropicServer();
    await addProvider('ant', { kind: 'anthropic', baseUrl: server.origin }, anthropicKey);
    return {
      model: 'ant:claude-sonnet-5-5',
      can: 'read',
      asked: () => server.requestsTo('/v1/messages').filter(({ json }) => isStreamed(json)),
      problems: () => server.problems,
      stop: () => server.close(),
    };
  },
  Ollama: async () => {
    const server = await startOllamaServer();
    await addProvider('oll', { kind: 'ollama', baseUrl: server.origin });
    return {
      model: 'oll:gemma4:e4b',
      can: 'hear and read',
      asked: () => server.requestsTo('/api/chat'),
      problems: () => server.problems,
      stop: () => server.close(),
    };
  },
};

const isStreamed = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && Reflect.get(json, 'stream') === true;

async function addProvider(name: string, entry: object, key?: string): Promise<void> {
  const providers = vscode.workspace.getConfiguration().get<object>('earshot.providers');
  await configure('earshot.providers', { ...providers, [name]: entry });
  if (key !== undefined) await vscode.commands.executeCommand('earshot.setApiKey', name, key);
}

interface Metadata {
  readonly answer: string;
  readonly way: string;
  readonly clips: readonly string[];
}

async function say(prompt: string, attach: readonly vscode.Uri[]): Promise<Metadata> {
  const result = await vscode.commands.executeCommand<{
    readonly metadata?: Metadata;
    readonly errorDetails?: { readonly message: string };
  }>('workbench.action.chat.open', { query: `@audio ${prompt}`, attachFiles: [...attach], blockOnResponse: true });
  assert.equal(result.errorDetails?.message, undefined, prompt);
  assert.ok(result.metadata);
  return result.metadata;
}

const names = ['talk-a.wav', 'talk-b.wav', 'talk-c.wav'];

describe('a conversation of twelve turns about three recordings', () => {
  let bench: OpenAIServer;
  const words = ['oscar papa', 'one two', 'four five'];
  const firstWords = ['alpha', 'bravo', 'charlie', 'delta'];

  before(async () => {
    bench = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
  });
  after(async () => {
    remove(...names);
    await stopBench(bench);
  });

  for (const [index, [vendor, start]] of Object.entries(wires).entries()) {
    it(`sends ${vendor} what each turn is about, in the right form, with what was said before`, async function () {
      this.timeout(180_000);
      bench.reset();
      // Other bytes for each vendor, so that no transcript is there from the one before.
      const spoken = words.map((said) => `${firstWords[index]} ${said}`);
      const files = names.map((name, clip) => put(name, toneWords(spoken[clip] ?? '').wav));
      const wire = await start(bench);
      try {
        await configure('earshot.model', wire.model);
        await vscode.commands.executeCommand('workbench.action.chat.newChat');
        const earlier: string[] = [];
        for (const [turn, { prompt, attach, clips, form, withoutReading }] of turns.entries()) {
          const attached = files.filter((_file, clip) => names[clip] === attach);
          const { way, answer, clips: about } = await say(prompt, attached);
          const expected = wire.can === 'read' ? 'transcript' : wire.can === 'hear' ? (withoutReading ?? form) : form;
          const what = `turn ${turn + 1}: ${prompt}`;
          assert.equal(way, expected, what);
          assert.deepEqual(
            about.map((uri) => names.findIndex((name) => uri.endsWith(name)) + 1),
            clips,
            what,
          );
          const requests = wire.asked();
          assert.equal(requests.length, turn + 1, what);
          const sent = requests.at(-1);
          assert.ok(sent);
          const body = new TextDecoder().decode(sent.body);
          assert.equal(sent.audio.length, expected === 'audio' ? clips.length : 0, what);
          for (const [clip, name] of names.entries()) {
            const isHere = clips.includes(clip + 1);
            const label = `Recording ${clip + 1}: \\"${name}\\"`;
            const isSent = body.includes(label) && !body.includes(`${label} is not sent again`);
            assert.equal(isSent, isHere, `${what}: ${name}`);
            const transcript = spoken[clip] ?? '';
            if (isHere && expected === 'audio') assert.ok(answer.includes(transcript), `${what}: ${answer}`);
            if (isHere && expected === 'transcript') assert.ok(body.includes(transcript), what);
          }
          // What was asked and answered before, in its order.
          let at = 0;
          for (const said of earlier) {
            at = body.indexOf(JSON.stringify(said).slice(1, -1), at);
            assert.ok(at >= 0, `${what}: ${said} is missing`);
          }
          earlier.push(prompt.replace('Use the transcript: ', ''), answer);
        }
        assert.deepEqual(wire.problems(), []);
      } finally {
        await wire.stop();
      }
    });
  }
});
