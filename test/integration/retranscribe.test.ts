import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { serialiseTranscript } from '../../src/core/formats/transcriptFile.js';
import type { Segment } from '../../src/core/transcript.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { configure, put, read, remove, startBench, stopBench, until, watchMessages } from './stage.js';

const digest = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const clip = toneWords('alpha bravo charlie delta echo foxtrot golf hotel india juliet', { gapSeconds: 0.5 });
const at = (index: number): number => clip.words[index]?.start ?? 0;
const path = '/v1/chat/completions';

function aTranscript(segments: readonly Segment[], sha256 = digest(clip.wav)): string {
  const provenance = { sourceName: 'talk.wav', sourceSha256: sha256, model: 'a:b', createdAt: '2026-11-21T10:00:00Z' };
  return serialiseTranscript({ segments, provenance }, digest);
}

const segments = [
  { startSeconds: 0, endSeconds: at(3) - 0.1, text: 'Alpha bravo, Charlie.', speaker: 'Ann' },
  { startSeconds: at(3) - 0.1, endSeconds: at(5) - 0.1, text: 'Something that nobody said.', speaker: 'Bob' },
  { startSeconds: at(5) - 0.1, endSeconds: at(6) - 0.1, text: 'Nor this.', speaker: 'Bob' },
  { startSeconds: at(6) - 0.1, endSeconds: clip.durationSeconds, text: 'Golf and so on.', speaker: 'Ann' },
];

describe('Re-transcribe This Part', () => {
  let server: OpenAIServer;
  // VS Code holds a closed document for a while: the next of that name may begin with its text.
  let count = 0;

  before(async () => {
    server = await startBench();
  });
  beforeEach(() => {
    server.reset();
    count += 1;
    put('talk.wav', clip.wav);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    remove('talk.wav', `talk-${count}.vtt`);
  });
  after(() => stopBench(server));

  const again = (...given: readonly unknown[]): Thenable<number | undefined> =>
    vscode.commands.executeCommand('earshot.retranscribePart', ...given);
  const open = async (content: string): Promise<vscode.TextEditor> =>
    vscode.window.showTextDocument(await vscode.workspace.openTextDocument(put(`talk-${count}.vtt`, content)));

  it('replaces just the selected cues by what the model hears there, in one step, and keeps the names', async () => {
    const editor = await open(aTranscript(segments));
    const { document } = editor;
    const before = document.getText();
    editor.selection = new vscode.Selection(
      document.positionAt(before.indexOf('Something')),
      document.positionAt(before.indexOf('Nor this') + 3),
    );
    const cueCount = await again(undefined, undefined, undefined, { model: 'bench:whisper-1' });
    const after = document.getText();
    assert.ok((cueCount ?? 0) >= 1);
    assert.match(after, /<v Bob>delta echo foxtrot/i);
    assert.match(after, /<v Ann>Alpha bravo, Charlie\.\n/);
    assert.match(after, /<v Ann>Golf and so on\.\n$/);
    assert.doesNotMatch(after, /nobody said|Nor this/);
    const [sent] = server.requestsTo('/v1/audio/transcriptions');
    const heardSeconds = sent?.audio[0]?.durationSeconds ?? 0;
    assert.ok(Math.abs(heardSeconds - (at(6) - at(3))) < 0.7, `${heardSeconds} seconds were sent`);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
    assert.deepEqual(server.problems, []);
  });

  it('is the quick fix of text that repeats itself', async () => {
    const step = clip.durationSeconds / 12;
    const loop = Array.from({ length: 12 }, (_, index) => ({
      startSeconds: index * step,
      endSeconds: (index + 1) * step,
      text: 'Thank you very much.',
    }));
    await configure('earshot.transcription.model', 'bench:whisper-1');
    const { document } = await open(aTranscript(loop));
    await until('the problem is shown', () =>
      vscode.languages.getDiagnostics(document.uri).some(({ code }) => code === 'repeats'),
    );
    const [problem] = vscode.languages.getDiagnostics(document.uri).filter(({ code }) => code === 'repeats');
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
      'quickfix',
    );
    const fix = actions.find(({ title }) => title === 'Re-transcribe this part');
    assert.ok(fix?.command);
    const [uri, start, end] = (fix.command.arguments ?? []) as unknown[];
    assert.ok((await again(uri, start, end, { model: 'bench:whisper-1' })) !== undefined);
    assert.match(document.getText(), /alpha bravo charlie/i);
    assert.doesNotMatch(document.getText(), /Thank you/);
    await until('the problem is gone', () => vscode.languages.getDiagnostics(document.uri).length === 0);
  });

  it('asks before it takes a recording that has changed, and changes nothing when the user turns away', async () => {
    const { document } = await open(aTranscript(segments, 'ab'.repeat(32)));
    const before = document.getText();
    await watchMessages(async (shown) => {
      assert.equal(await again(document.uri, at(3), at(6), { model: 'bench:whisper-1' }), undefined);
      assert.match(shown[0]?.message ?? '', /talk\.wav is not the recording that talk-\d+\.vtt was made from/);
    });
    assert.equal(document.getText(), before);
    assert.equal(server.requests.length, 0);
  });

  it('sends nothing of a part in which there is nothing to hear', async () => {
    const quiet = toneWords('alpha', { leadSeconds: 5 });
    put('talk.wav', quiet.wav);
    const { document } = await open(aTranscript(segments, digest(quiet.wav)));
    await watchMessages(async (shown) => {
      assert.equal(await again(document.uri, 1, 3, { model: 'bench:whisper-1' }), undefined);
      await until('the reason is shown', () => shown.length > 0);
      assert.match(
        shown[0]?.message ?? '',
        /^There is nothing to hear in talk\.wav from 0:0\d to 0:0\d, and nothing was sent/,
      );
    });
    assert.equal(server.requestsTo('/v1/audio/transcriptions').length, 0);
  });
});

describe('Transcribe Audio with a model that only chats', () => {
  let server: OpenAIServer;

  before(async () => {
    server = await startBench();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    remove('chat.wav', 'chat.vtt');
  });
  after(() => stopBench(server));

  const transcribe = async (): Promise<string> => {
    const uri = put('chat.wav', clip.wav);
    const [result] = await vscode.commands.executeCommand<{ transcript: vscode.Uri }[]>(
      'earshot.transcribe',
      uri,
      undefined,
      {
        model: 'bench:gpt-audio-1.5',
      },
    );
    assert.ok(result);
    return read(result.transcript);
  };

  it('writes down what it heard, with its times and speakers', async () => {
    server.setAnswer(({ clips }) =>
      (clips[0]?.heard.words ?? [])
        .map(({ word, start, end }, index) =>
          JSON.stringify({ start, end, speaker: index < 5 ? 'A' : 'B', text: word }),
        )
        .join('\n'),
    );
    const content = await transcribe();
    assert.match(content, /^model: bench:gpt-audio-1\.5$/m);
    assert.doesNotMatch(content, /^times:/m);
    assert.match(content, /<v A>alpha\n/);
    assert.match(content, /<v B>juliet\n/);
    assert.equal(server.requestsTo(path).length, 1);
    assert.deepEqual(server.problems, []);
  });

  it('sets its words to where somebody speaks when it gives no times, and says so in the hover', async () => {
    server.setAnswer(() => '{"text":"Alpha bravo charlie delta echo."}\n{"text":"Foxtrot golf hotel india juliet."}');
    const content = await transcribe();
    assert.match(content, /^times: estimated$/m);
    const [, second] = [...content.matchAll(/^(\d\d):(\d\d):(\d\d\.\d{3}) --> /gm)].map(([, , , seconds]) =>
      Number(seconds),
    );
    assert.ok(Math.abs((second ?? 0) - at(5)) < 0.5, `${second} instead of ${at(5)}`);
    const uri = vscode.Uri.file(join(environment.workspace, 'chat.vtt'));
    const line = content.split('\n').findIndex((one) => one.includes('-->'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      new vscode.Position(line, 3),
    );
    const words = hovers
      .flatMap(({ contents }) => contents)
      .map((one) => (one instanceof vscode.MarkdownString ? one.value : ''))
      .join(' ')
      .replaceAll('&nbsp;', ' ')
      .replaceAll('\\', '');
    assert.match(words, /estimated from the pauses in the recording/);
  });
});
