import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ChatAnswer, ChatHearing } from '../support/openaiServer/bench.js';
import { foretellAnswer, foretellTranscription } from '../../src/features/tools/foretell.js';
import type { Services } from '../../src/host/services.js';
import { surveyProviders } from '../../src/workflows/chooseModel.js';
import { aClip, aModel, FakeEngine, FakeProvider, FakeShelf } from '../support/fakes.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { configure, put, read, remove, startBench, stopBench, watchMessages } from './stage.js';

interface Result {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** As an extension without a chat calls a tool. VS Code's tests answer its own question with yes. */
async function call(name: string, input: object): Promise<Result> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const [text, data] = content;
  assert.ok(text instanceof vscode.LanguageModelTextPart && data instanceof vscode.LanguageModelDataPart);
  assert.equal(data.mimeType, 'application/json');
  return { text: text.value, data: JSON.parse(new TextDecoder().decode(data.data)) as Result['data'] };
}

describe('Tools for other models', () => {
  let server: OpenAIServer;
  let outside: string;
  let answer: (hearing: ChatHearing) => ChatAnswer = () => 'Calm [0:00].';
  const made = [
    'tool.wav',
    'tool.vtt',
    'tool-long.vtt',
    'said.wav',
    'said-2.wav',
    'said.mp3',
    'said-2.mp3',
    'tool-link.wav',
  ];

  before(async () => {
    server = await startBench({ answer: (hearing): ChatAnswer => answer(hearing) });
    const providers = vscode.workspace.getConfiguration().get<{ bench: { models: object } }>('earshot.providers');
    const models = { ...providers?.bench.models, 'tts-1': { chat: false, speech: true } };
    await configure('earshot.providers', { bench: { ...providers?.bench, models } });
    await configure('earshot.model', 'bench:gpt-audio-1.5');
    await configure('earshot.transcription.model', 'bench:whisper-1');
    await configure('earshot.speech.model', 'bench:tts-1');
    outside = mkdtempSync(join(tmpdir(), 'earshot-outside-'));
    writeFileSync(join(outside, 'secret.wav'), toneWords('kilo lima').wav);
  });
  beforeEach(() => {
    remove(...made);
    put('tool.wav', toneWords('alpha bravo charlie delta').wav);
  });
  after(async () => {
    await configure('earshot.speech.model', undefined);
    await stopBench(server);
    remove(...made);
    rmSync(outside, { recursive: true });
  });

  const posts = (): number => server.requests.filter(({ method }) => method === 'POST').length;

  it('are all there, described, and named as people refer to them', () => {
    const names = vscode.lm.tools.filter(({ name }) => name.startsWith('earshot_')).map(({ name }) => name);
    assert.deepEqual(
      names.sort(),
      ['ask', 'extract', 'find', 'speak', 'transcribe'].map((key) => `earshot_${key}`),
    );
    for (const { name, description } of vscode.lm.tools) {
      if (name.startsWith('earshot_')) assert.ok(description.length > 80, name);
    }
  });

  it('transcribe, save beside the recording, and pay once', async () => {
    const first = await call('earshot_transcribe', { file: 'tool.wav' });
    assert.match(first.text, /\[0:00\] alpha/);
    assert.match(first.text, /nothing in it is an instruction/);
    assert.equal(first.data['transcript'], 'tool.vtt');
    assert.match(await read(vscode.Uri.file(join(environment.workspace, 'tool.vtt'))), /^WEBVTT/);
    const before = posts();
    const again = await call('earshot_transcribe', { file: './sub/../tool.wav' });
    assert.equal(again.data['transcript'], 'tool.vtt');
    assert.equal(posts(), before);
  });

  it('answer questions with the moments they refer to', async () => {
    answer = () => 'Calm [0:00-0:01].';
    const { text, data } = await call('earshot_ask', { files: ['tool.wav'], question: 'What is the mood?' });
    assert.match(text, /Calm \[0:00-0:01\]\./);
    assert.deepEqual(data['citations'], [{ file: 'tool.wav', startSeconds: 0, endSeconds: 1, isInside: true }]);
    assert.equal(data['way'], 'audio');
  });

  it('extract data, and say where it is not valid', async () => {
    const schema = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] };
    const give = (count: unknown): void => {
      answer = () => ({ calls: [{ name: 'save_extraction', input: { data: { count }, evidence: [] } as never }] });
    };
    give(4);
    const good = await call('earshot_extract', { files: ['tool.wav'], schema });
    assert.deepEqual([good.data['isValid'], good.data['value']], [true, { count: 4 }]);
    give('four');
    const bad = await call('earshot_extract', { files: ['tool.wav'], schema });
    assert.equal(bad.data['isValid'], false);
    assert.match(bad.text, /NOT valid/);
  });

  it('find places in transcripts and send nothing', async () => {
    put(
      'tool.vtt',
      'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>The zebra crossing was painted.\n\n00:03.000 --> 00:04.000\nNothing.\n',
    );
    const before = server.requests.length;
    const { data, text } = await call('earshot_find', { query: 'zebra crossings' });
    assert.deepEqual((data['hits'] as object[])[0], {
      transcript: 'tool.vtt',
      time: '0:01',
      startSeconds: 1,
      endSeconds: 2,
      speaker: 'Ann',
      text: 'The zebra crossing was painted.',
    });
    assert.match(text, /tool\.vtt \[0:01\] Ann: The zebra/);
    assert.equal(server.requests.length, before);
  });

  it('give the beginning of a long transcript, and the file for the rest', async () => {
    const wav = toneWords('alpha bravo').wav;
    put('tool.wav', wav);
    await call('earshot_transcribe', { file: 'tool.wav' });
    const file = vscode.Uri.file(join(environment.workspace, 'tool.vtt'));
    const cues = Array.from({ length: 900 }, (_, index) => {
      const time = `00:${String(Math.floor(index / 60)).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;
      return `${time}.000 --> ${time}.900\nThis is sentence number ${index} of a long talk.\n`;
    });
    const head = (await read(file)).split('\n\n').slice(0, 2).join('\n\n');
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(`${head}\n\n${cues.join('\n')}`));
    const { text, data } = await call('earshot_transcribe', { file: 'tool.wav' });
    assert.ok(text.length < 18_000, String(text.length));
    assert.match(text, /the first \d+ of 900 segments.* in tool\.vtt/);
    assert.ok((data['shownSegmentCount'] as number) < 900);
  });

  it('speak into a file of the workspace, and write over nothing', async () => {
    const first = await call('earshot_speak', { text: 'alpha bravo', file: 'said.wav' });
    const second = await call('earshot_speak', { text: 'alpha bravo', file: 'said.wav' });
    assert.notEqual(first.data['file'], second.data['file']);
    assert.match(String(second.data['file']), /^said-2\./);
    await assert.rejects(call('earshot_speak', { text: 'alpha', file: '../said.wav' }), /outside of the workspace/);
  });

  it('ask before they read outside of the workspace, by whatever way it is reached', async () => {
    symlinkSync(join(outside, 'secret.wav'), join(environment.workspace, 'tool-link.wav'));
    const before = posts();
    const ways = [join(outside, 'secret.wav'), `file://${join(outside, 'secret.wav')}`, 'tool-link.wav'];
    for (const file of ways) {
      await watchMessages(async (shown) => {
        await assert.rejects(call('earshot_transcribe', { file }));
        assert.equal(shown.length, 1, file);
        assert.match(shown[0]?.message ?? '', /secret\.wav/);
      });
    }
    assert.equal(posts(), before);
    const { text, data } = await watchMessages(
      () => call('earshot_transcribe', { file: 'tool-link.wav' }),
      () => 'Allow',
    );
    assert.match(text, /kilo lima/);
    assert.equal(data['transcript'], undefined);
  });

  it('say before they run what goes where, how long it is and what it costs', async () => {
    const prices = { perAudioMinute: 0.06, inputTextPerMillion: 1, outputTextPerMillion: 1, inputAudioPerMillion: 10 };
    const provider = new (class extends FakeProvider {
      readonly destination = { origin: 'https://far.example', isLoopback: false };
    })('far', [
      aModel('far', 'scribe', { chat: false, transcription: true, prices }),
      aModel('far', 'ears', { chat: true, audioInput: true, audioTokensPerSecond: 10, prices }),
    ]);
    const engine = new FakeEngine();
    engine.probed = { container: 'wav', codec: 'pcm-s16', byteLength: 4_000_000, durationSeconds: 750 };
    const services = {
      engine,
      shelf: new FakeShelf(),
      openClip: () => Promise.resolve(aClip('a*b.wav')),
      survey: () => surveyProviders([provider]),
    } as unknown as Services;
    const file = { uri: vscode.Uri.file('/a*b.wav'), shown: 'a*b.wav', isOutside: false };
    await configure('earshot.transcription.model', undefined);
    await configure('earshot.model', undefined);
    try {
      const { signal } = new AbortController();
      const { lines } = await foretellTranscription(file, services, signal);
      assert.deepEqual(lines, [
        '**a\\*b.wav** (12:30, 4.0 MB)',
        '**scribe** of far transcribes it at https://far.example: what is sent leaves this machine. It costs about $0.75.',
      ]);
      const [, answered] = await foretellAnswer([file], 'answers', 3, services, signal);
      assert.match(
        answered ?? '',
        /^\*\*ears\*\* of far answers at https:\/\/far\.example: .* about \$0\.07\d*\. It may be asked up to 3 times\.$/,
      );
    } finally {
      await configure('earshot.model', 'bench:gpt-audio-1.5');
      await configure('earshot.transcription.model', 'bench:whisper-1');
    }
  });

  it('refuse addresses and inputs that they do not take', async () => {
    await assert.rejects(call('earshot_transcribe', { file: 'https://example.org/a.wav' }), /no path of a file/);
    await assert.rejects(call('earshot_transcribe', { file: 'nowhere.wav' }), /is not there/);
    await assert.rejects(call('earshot_ask', { files: [], question: 'What?' }));
    assert.deepEqual(server.problems, []);
  });
});
