import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { configure, put, read, remove, startBench, stopBench, until } from './stage.js';

interface Result {
  readonly metadata?: {
    readonly answer: string;
    readonly way: string;
    readonly clips: readonly string[];
    readonly citations: readonly { readonly clip: string; readonly startSeconds: number; readonly place: string }[];
  };
  readonly errorDetails?: { readonly message: string };
}

async function say(query: string, attachFiles: readonly unknown[] = []): Promise<Result> {
  const result = await vscode.commands.executeCommand<Result | undefined>('workbench.action.chat.open', {
    query: `@audio ${query}`,
    attachFiles,
    blockOnResponse: true,
  });
  assert.ok(result, 'the chat gave no result');
  return result;
}

async function sayInNewChat(query: string, attachFiles: readonly unknown[] = []): Promise<Result> {
  await vscode.commands.executeCommand('workbench.action.chat.newChat');
  return say(query, attachFiles);
}

const vtt = (...cues: readonly string[]): string =>
  `WEBVTT\n\n${cues.map((text, index) => `00:00:0${index}.000 --> 00:00:0${index + 1}.000\n${text}\n`).join('\n')}`;

describe('@audio with slash commands and attachments of every kind', () => {
  let server: OpenAIServer;
  let first: vscode.Uri;
  let second: vscode.Uri;

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
    first = put('slash-first.wav', toneWords('alpha bravo charlie').wav);
    second = put('slash-second.wav', toneWords('delta echo foxtrot').wav);
  });
  beforeEach(async () => {
    server.reset();
    await configure('earshot.model', 'bench:gpt-audio-1.5');
  });
  after(async () => {
    remove('slash-first.wav', 'slash-second.wav', 'slash-first.vtt', 'slash-second.vtt', 'slash-folder');
    await stopBench(server);
  });

  const questions = (): string[] => server.requestsTo('/v1/chat/completions').map(({ json }) => JSON.stringify(json));

  it('/compare puts all recordings into one question, each with its number', async () => {
    const { metadata, errorDetails } = await sayInNewChat('/compare', [first, second]);
    assert.equal(errorDetails, undefined);
    assert.equal(metadata?.clips.length, 2);
    const [asked = ''] = questions();
    assert.match(
      asked,
      /Recording 1: \\"slash-first\.wav.*Recording 2: \\"slash-second\.wav.*Compare these recordings/,
    );
  });

  it('/transcribe writes a transcript beside the recording', async () => {
    const { metadata, errorDetails } = await sayInNewChat('/transcribe', [first]);
    assert.equal(errorDetails, undefined);
    assert.equal(metadata?.way, 'transcribe');
    const transcript = vscode.Uri.file(join(environment.workspace, 'slash-first.vtt'));
    assert.match(await read(transcript), /alpha bravo charlie/);
  });

  it('/find finds words in transcripts, and the next question reads only what is around them', async () => {
    put('slash-second.vtt', vtt('delta', 'the invoices came', 'foxtrot'));
    const found = await sayInNewChat('/find invoice');
    assert.equal(found.errorDetails, undefined);
    assert.match(found.metadata?.answer ?? '', /the invoices came/);
    assert.deepEqual(found.metadata?.clips, [second.toString()]);
    assert.equal(found.metadata.citations[0]?.startSeconds, 1);
    const asked = await say('What came?');
    assert.equal(asked.metadata?.way, 'transcript');
    assert.match(questions()[0] ?? '', /\[00:00:01\] the invoices came/);
    remove('slash-second.vtt');
  });

  it('/find says when nothing is found', async () => {
    const { metadata } = await sayInNewChat('/find zebra');
    assert.match(metadata?.answer ?? '', /Nothing found/);
  });

  it('/summarize streams a summary into the chat', async () => {
    await configure('earshot.model', 'bench:gpt-6-luna');
    const { metadata, errorDetails } = await sayInNewChat('/summarize', [first]);
    assert.equal(errorDetails, undefined);
    assert.equal(metadata?.way, 'summarize');
    assert.notEqual(metadata.answer, '');
  });

  it('keeps the times of an answer as citations, with those that cannot be right marked', async () => {
    server.setAnswer(() => 'Alpha [00:00.1], then silence, and [05:00].');
    const { metadata, errorDetails } = await sayInNewChat('When is it said?', [second]);
    assert.equal(errorDetails, undefined);
    assert.deepEqual(
      metadata?.citations.map(({ place, startSeconds }) => [startSeconds, place]),
      [
        [0.1, 'inside'],
        [300, 'outside'],
      ],
    );
  });

  it('takes the recordings of a folder', async () => {
    mkdirSync(join(environment.workspace, 'slash-folder'), { recursive: true });
    put('slash-folder/one.wav', toneWords('golf hotel').wav);
    put('slash-folder/two.wav', toneWords('india lima').wav);
    put('slash-folder/notes.txt', 'no recording');
    const folder = vscode.Uri.file(join(environment.workspace, 'slash-folder'));
    const { metadata, errorDetails } = await sayInNewChat('What is said?', [folder]);
    assert.equal(errorDetails, undefined);
    assert.deepEqual(
      metadata?.clips.map((uri) => uri.slice(uri.lastIndexOf('/') + 1)),
      ['one.wav', 'two.wav'],
    );
  });

  it('takes a selection in a transcript for that part of its recording', async () => {
    const transcript = put('slash-second.vtt', vtt('delta', 'echo'));
    const range = { startLineNumber: 3, startColumn: 1, endLineNumber: 4, endColumn: 3 };
    const { metadata, errorDetails } = await sayInNewChat('What is said?', [{ uri: transcript, range }]);
    assert.equal(errorDetails, undefined);
    assert.match(metadata?.clips[0] ?? '', /slash-second.*00\.00\.00.*to.*00\.00\.01/);
    remove('slash-second.vtt');
  });

  it('takes a recording that stands in the question, and does not send its address', async () => {
    const wav = Buffer.from(toneWords('kilo lima').wav).toString('base64');
    const { metadata, errorDetails } = await sayInNewChat(`What is said in data:audio/wav;base64,${wav} ?`);
    assert.equal(errorDetails, undefined);
    assert.match(metadata?.answer ?? '', /kilo lima[^]*What is said in pasted\.wav \?/);
    assert.doesNotMatch(questions()[0] ?? '', /data:audio/);
    const again = await say('And now?');
    assert.match(again.metadata?.answer ?? '', /kilo lima/);
  });

  it('refuses an address in the private network', async () => {
    const { errorDetails } = await sayInNewChat('What is said in https://127.0.0.1:9/talk.mp3?');
    assert.match(errorDetails?.message ?? '', /talk\.mp3/);
    assert.deepEqual(questions(), []);
  });

  it('plays the evidence in its order', async function () {
    this.timeout(40_000);
    const places = [
      { clip: first.toString(), startSeconds: 0.5, endSeconds: 1 },
      { clip: second.toString(), startSeconds: 0.2, endSeconds: 1 },
    ];
    assert.equal(await vscode.commands.executeCommand('earshot.playEvidence', places), 2);
  });

  it('saves an answer as a page whose times play', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>('earshot.saveAnswer', {
      prompt: 'When?',
      answer: 'At [00:01].',
      clips: [{ uri: first.toString(), number: 1 }],
    });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /# When\?[^]*At \[0:01\]\([a-z-]+:\/\/earshot\.earshot\/open\?file=.*&t=1\)/);
    await until('the page is shown', () => vscode.window.activeTextEditor?.document === document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
