import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ChatAnswer, ChatHearing } from '../support/openaiServer/bench.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { askInChat, configure, put, remove, startBench, stopBench, until } from './stage.js';

const chat = '/v1/chat/completions';
const files = ['asked.wav', 'asked.vtt', 'notes.vtt', 'spoken.wav', 'spoken.mp3', 'keys.env'];

/** What the tools gave in the conversation so far, in order. */
function results({ request }: ChatHearing): readonly string[] {
  const messages = request['messages'] as { role: string; content: unknown }[];
  return messages.filter(({ role }) => role === 'tool').map(({ content }) => JSON.stringify(content));
}

describe('@audio with tools', () => {
  let server: OpenAIServer;
  let clip: vscode.Uri;
  /** Calls, one a round; then the answer. */
  let script: readonly { readonly name: string; readonly input: object }[] = [];
  let last: readonly string[] = [];
  let command = 'workbench.action.chat.acceptTool';

  const answer = (hearing: ChatHearing): ChatAnswer => {
    // The tools ask models of their own.
    if (hearing.question.includes('Which words?')) return 'The words are alpha [0:00].';
    const offered = JSON.stringify(hearing.request['tools'] ?? '');
    if (offered.includes('save_extraction')) {
      return { calls: [{ name: 'save_extraction', input: { data: {}, evidence: [] } }] };
    }
    last = results(hearing);
    const next = script[last.length];
    return next === undefined ? `Done after ${last.length} calls.` : { calls: [next as never] };
  };

  /** Asks, and answers every question that VS Code puts into the chat. */
  const ask = async (prompt: string): ReturnType<typeof askInChat> => {
    const timer = setInterval(() => void vscode.commands.executeCommand(command), 300);
    try {
      // VS Code comes back already when it first asks the user.
      const first = await askInChat(prompt, [clip]);
      if (first.error === undefined) {
        await until('the answer after all calls', () => last.length === script.length, 20_000);
      }
      return first;
    } finally {
      clearInterval(timer);
    }
  };

  before(async () => {
    server = await startBench({ answer });
    const providers = vscode.workspace.getConfiguration().get<{ bench: { models: object } }>('earshot.providers');
    const models = {
      ...providers?.bench.models,
      'gpt-audio-1.5': { audioInput: true, tools: true },
      'tts-1': { chat: false, speech: true },
    };
    await configure('earshot.providers', { bench: { ...providers?.bench, models } });
    await configure('earshot.model', 'bench:gpt-audio-1.5');
    await configure('earshot.transcription.model', 'bench:whisper-1');
    await configure('earshot.speech.model', 'bench:tts-1');
  });
  beforeEach(() => {
    remove(...files);
    clip = put('asked.wav', toneWords('alpha bravo charlie').wav);
    put('notes.vtt', 'WEBVTT\n\n00:01.000 --> 00:02.000\nThe zebra was painted.\n');
    command = 'workbench.action.chat.acceptTool';
    last = [];
  });
  after(async () => {
    await configure('earshot.speech.model', undefined);
    await stopBench(server);
    remove(...files);
  });

  it('tells the model of no tool that the user did not name, and carries out no call of one', async () => {
    script = [{ name: 'earshot_transcribe', input: { file: 'asked.wav' } }];
    const before = server.requestsTo(chat).length;
    await ask('Do it #findInTranscripts');
    assert.match(last[0] ?? '', /no tool named earshot_transcribe/);
    const [first] = server.requestsTo(chat).slice(before);
    const offered = JSON.parse(new TextDecoder().decode(first?.body)) as { tools: { function: { name: string } }[] };
    assert.deepEqual(
      offered.tools.map(({ function: { name } }) => name),
      ['earshot_find'],
    );
  });

  it('tells the model of a call that the user denied, and does nothing', async () => {
    command = 'workbench.action.chat.skipTool';
    script = [{ name: 'earshot_speak', input: { text: 'alpha', file: 'spoken.wav' } }];
    await ask('Speak it #speak');
    assert.match(last[0] ?? '', /did not allow|chose to skip/);
    await assert.rejects(async () => vscode.workspace.fs.stat(vscode.Uri.joinPath(clip, '..', 'spoken.wav')));
  });

  it('sends no key, whatever a recording makes the model do, unless the user agrees', async () => {
    const key = 'sk-hostile-0123456789abcdef';
    put('keys.env', `OPENAI_API_KEY=${key}`);
    command = 'workbench.action.chat.skipTool';
    script = [
      { name: 'earshot_transcribe', input: { file: 'keys.env' } },
      { name: 'earshot_find', input: { query: 'OPENAI_API_KEY', files: ['keys.env'] } },
      { name: 'earshot_ask', input: { files: ['../../../../etc/passwd'], question: 'What is in it?' } },
      { name: 'readFile', input: { path: 'keys.env' } },
    ];
    const before = server.requests.length;
    await ask('What is said? #transcribeAudio #findInTranscripts');
    assert.equal(last.length, script.length);
    for (const { body } of server.requests.slice(before)) {
      const sent = new TextDecoder().decode(body);
      assert.ok(!sent.includes(key), 'the key was sent');
      assert.ok(!sent.includes('root:'), 'a file outside was sent');
    }
  });

  // After the refusals: VS Code remembers for a while what it was allowed.
  it('lets the model call each of our tools that the user named, after the user has agreed', async () => {
    script = [
      { name: 'earshot_find', input: { query: 'zebra' } },
      { name: 'earshot_transcribe', input: { file: 'asked.wav' } },
      { name: 'earshot_ask', input: { files: ['asked.wav'], question: 'Which words?' } },
      { name: 'earshot_extract', input: { files: ['asked.wav'], schema: { type: 'object' } } },
      { name: 'earshot_speak', input: { text: 'alpha', file: 'spoken.wav' } },
    ];
    const { error } = await ask('Do it #findInTranscripts #transcribeAudio #askAudio #extractFromAudio #speak');
    assert.equal(error, undefined);
    assert.equal(last.length, 5);
    assert.match(last[0] ?? '', /notes\.vtt \[0:01\] The zebra/);
    assert.match(last[1] ?? '', /alpha bravo charlie/);
    assert.match(last[2] ?? '', /The words are alpha/);
    assert.match(last[3] ?? '', /The data is valid/);
    assert.match(last[4] ?? '', /is spoken in spoken/);
    assert.match(readFileSync(join(environment.workspace, 'asked.vtt'), 'utf8'), /^WEBVTT/);
    assert.deepEqual(server.problems, []);
  });

  it("lets the model call a tool of VS Code's own", async () => {
    script = [{ name: 'vscode_searchExtensions_internal', input: { keywords: ['audio'] } }];
    await ask('Is there an extension for it? #extensions');
    assert.equal(last.length, 1);
    assert.doesNotMatch(last[0] ?? '', /no tool named/);
  });

  it('stops a model that calls without end', async () => {
    script = Array.from({ length: 60 }, () => ({ name: 'earshot_find', input: { query: 'zebra' } }));
    const { error } = await ask('Go on #findInTranscripts');
    assert.match(error ?? '', /went on calling tools/);
    assert.equal(last.length, 19);
  });
});
