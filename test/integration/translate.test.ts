import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ChatAnswer, ChatHearing } from '../support/openaiServer/bench.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { configure, put, read, remove, startBench, stopBench, until, watchMessages } from './stage.js';

const cue = (index: number): string =>
  `00:00:${String(index).padStart(2, '0')}.000 --> 00:00:${String(index + 1).padStart(2, '0')}.000\n<v Ann>This is what cue ${index} says.\n`;
const vtt = `WEBVTT

NOTE Transcribed by Earshot
source: spoken.wav
source-sha256: ${'0'.repeat(64)}
model: bench:whisper-1
date: 2026-11-21T10:00:00Z

${Array.from({ length: 50 }, (_, index) => cue(index)).join('\n')}`;

interface Question {
  readonly cues: readonly { readonly id: number; readonly text: string }[];
}

function translated({ question }: ChatHearing): ChatAnswer {
  const { cues } = JSON.parse(question) as Question;
  return JSON.stringify({ cues: cues.map(({ id, text }) => ({ id, text: `Auf Deutsch: ${text}` })) });
}

describe('Translate Audio…', () => {
  let server: OpenAIServer;
  let source: vscode.Uri;
  let answer: (hearing: ChatHearing) => ChatAnswer = translated;
  const run = (...given: readonly unknown[]): Thenable<{ readonly translation: vscode.Uri }[]> =>
    vscode.commands.executeCommand('earshot.translate', ...given);
  const toGerman = (uri: vscode.Uri) => run(uri, undefined, { language: 'de' });
  const asked = (): number => server.requestsTo('/v1/chat/completions').length;

  before(async () => {
    server = await startBench({ answer: (hearing) => answer(hearing) });
    await configure('earshot.model', 'bench:gpt-6-luna');
    await configure('earshot.transcription.model', 'bench:whisper-1');
  });
  beforeEach(async () => {
    answer = translated;
    source = put('spoken.vtt', vtt);
    server.reset();
    await vscode.commands.executeCommand('earshot.clearCache');
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const names = ['vtt', 'de.vtt', 'de-2.vtt', 'fr.vtt', 'srt', 'de.srt'].map((extension) => `spoken.${extension}`);
    remove(...names, 'spoken-tones.wav', 'spoken-tones.vtt', 'spoken-tones.de.vtt');
  });
  after(() => stopBench(server));

  it('writes the same cues in another language beside the transcript, and opens them', async () => {
    const [result] = await toGerman(source);
    assert.ok(result);
    assert.ok(result.translation.path.endsWith('/spoken.de.vtt'));
    const content = await read(result.translation);
    assert.match(content, /^WEBVTT\n\nNOTE Translated by Earshot\nfrom: spoken\.vtt\nsource: spoken\.wav\n/);
    assert.match(content, /\nmodel: bench:gpt-6-luna\nlanguage: de\n/);
    const cues = vtt.slice(vtt.indexOf('00:00:00')).replaceAll('>This', '>Auf Deutsch: This');
    assert.equal(content.slice(content.indexOf('00:00:00')), cues);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), result.translation.toString());
    assert.deepEqual(server.problems, []);
  });

  it('pays for nothing twice, and leaves alone what a person edited', async () => {
    const [first] = await toGerman(source);
    assert.ok(first);
    const questions = asked();
    const [again] = await toGerman(source);
    assert.equal(again?.translation.toString(), first.translation.toString());
    assert.equal(asked(), questions);
    put('spoken.de.vtt', `${await read(first.translation)}\nNOTE mine\n`);
    await watchMessages(async (shown) => {
      const [third] = await toGerman(source);
      assert.ok(third);
      assert.ok(third.translation.path.endsWith('/spoken.de-2.vtt'));
      assert.match(shown.map(({ message }) => message).join(), /spoken\.de\.vtt is left as it is/);
    });
    assert.match(await read(first.translation), /NOTE mine/);
    assert.equal(asked(), questions);
  });

  it('keeps what was translated before a failure, and goes on from there', async () => {
    let count = 0;
    answer = (hearing) => {
      count++;
      return count === 1 ? translated(hearing) : 'I would rather not.';
    };
    await watchMessages(async (shown) => {
      const [part] = await toGerman(source);
      assert.ok(part);
      const content = await read(part.translation);
      assert.match(content, /Auf Deutsch: This is what cue 0 says/);
      assert.match(content, /<v Ann>This is what cue 49 says/);
      assert.match(content, /\nuntranslated: 10 of 50 cues\n/);
      await until('a message', () => shown.length > 0);
      assert.match(shown[0]?.message ?? '', /40 of 50 cues are translated in spoken\.de\.vtt/);
      assert.ok(shown[0]?.buttons.includes('Show Log'), JSON.stringify(shown));
    });
    answer = translated;
    server.reset();
    const [whole] = await toGerman(source);
    assert.ok(whole);
    assert.ok(whole.translation.path.endsWith('/spoken.de.vtt'));
    assert.doesNotMatch(await read(whole.translation), /untranslated|>This/);
    assert.equal(asked(), 1);
  });

  it('translates SRT into SRT', async () => {
    const srt = put('spoken.srt', '1\n00:00:01,000 --> 00:00:02,000\nAnn: Hello to all of you.\n');
    const [result] = await toGerman(srt);
    assert.ok(result);
    assert.ok(result.translation.path.endsWith('/spoken.de.srt'));
    assert.equal(
      await read(result.translation),
      '1\n00:00:01,000 --> 00:00:02,000\nAnn: Auf Deutsch: Hello to all of you.\n',
    );
  });

  it('transcribes a recording first', async () => {
    const recording = put('spoken-tones.wav', toneWords('oscar papa quebec').wav);
    const [result] = await toGerman(recording);
    assert.ok(result);
    assert.ok(result.translation.path.endsWith('/spoken-tones.de.vtt'));
    assert.match(await read(result.translation), /Auf Deutsch: oscar papa quebec/);
    assert.match(await read(vscode.Uri.joinPath(recording, '..', 'spoken-tones.vtt')), /oscar papa quebec/);
    server.reset();
    await run(recording, undefined, { language: 'fr' });
    assert.equal(server.requestsTo('/v1/audio/transcriptions').length, 0);
    remove('spoken-tones.fr.vtt');
  });

  it('asks for the language, and offers the last one first', async () => {
    const window = vscode.window as { showQuickPick: unknown };
    const original = window.showQuickPick;
    const firsts: string[] = [];
    window.showQuickPick = (items: readonly vscode.QuickPickItem[]) => {
      firsts.push(items[0]?.label ?? '');
      return Promise.resolve(items.find(({ label }) => label === 'French'));
    };
    try {
      const [result] = await run(source);
      assert.ok(result);
      assert.ok(result.translation.path.endsWith('/spoken.fr.vtt'));
      await run(source);
      assert.equal(firsts[1], 'French');
    } finally {
      window.showQuickPick = original;
    }
  });
});
