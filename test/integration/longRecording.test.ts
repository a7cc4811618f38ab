import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { parseWebVtt } from '../../src/core/formats/webVtt.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWordList, toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { configure, put, read, remove, startBench, stopBench, until, watchMessages } from './stage.js';

describe('Transcribe Audio of a long m4a', () => {
  let server: OpenAIServer;
  const minutes = 20;
  const words = Array.from({ length: (minutes * 60) / 0.8 }, (_, index) => toneWordList[(index * 7) % 36] ?? '');
  const clip = toneWords(words, { gapSeconds: 0.5 });
  const name = 'long-meeting.m4a';

  before(async () => {
    server = await startBench();
    const { baseUrl } = server;
    await configure('earshot.providers', {
      bench: {
        kind: 'openai-compatible',
        baseUrl,
        models: { 'whisper-1': { chat: false, transcription: true, transcriptTimes: 'words', maxInputSeconds: 240 } },
      },
    });
    await configure('earshot.transcription.model', 'bench:whisper-1');
    const wav = put('long-meeting.wav', clip.wav);
    const target = join(environment.workspace, name);
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', wav.fsPath, '-c:a', 'aac', '-b:a', '48k', target]);
    remove('long-meeting.wav');
  });
  after(async () => {
    remove(name, 'long-meeting.vtt');
    await stopBench(server);
  });

  it('goes in parts, and comes back as one transcript with every word at its time', async function () {
    this.timeout(120_000);
    const uri = vscode.Uri.file(join(environment.workspace, name));
    const results = await vscode.commands.executeCommand<{ transcript: vscode.Uri }[]>('earshot.transcribe', uri);
    assert.equal(results.length, 1);
    const content = await read(results[0]?.transcript ?? uri);
    assert.deepEqual(server.problems, []);
    const requests = server.requestsTo('/v1/audio/transcriptions');
    assert.ok(requests.length >= 5, `${requests.length} parts`);
    const sent = requests.map(({ audio }) => audio[0]);
    assert.ok(sent.every((audio) => audio?.format === 'mp4' && audio.durationSeconds <= 240));
    const heard = sent.reduce((sum, audio) => sum + (audio?.durationSeconds ?? 0), 0);
    assert.ok(Math.abs(heard - clip.durationSeconds) < 0.1, `${heard} of ${clip.durationSeconds} s were sent`);

    const cues = parseWebVtt(content)?.cues ?? [];
    assert.equal(cues.map(({ text }) => text).join(' '), clip.text);
    const last = cues.at(-1)?.endSeconds ?? 0;
    assert.ok(Math.abs(last - (clip.words.at(-1)?.end ?? 0)) < 0.1, `the last cue ends at ${last} s`);
  });

  it('goes on where it was cancelled: no part is asked for twice, and the file is the same', async function () {
    this.timeout(180_000);
    const path = '/v1/audio/transcriptions';
    const uri = vscode.Uri.file(join(environment.workspace, name));
    const transcribe = async (): Promise<string> => {
      const [result] = await vscode.commands.executeCommand<{ transcript: vscode.Uri }[]>('earshot.transcribe', uri);
      return read(result?.transcript ?? uri);
    };
    /** All but the date and what is computed from it. */
    const undated = (content: string): string => content.replaceAll(/^(date|checksum): .*$/gm, '');
    server.reset();
    const undisturbed = await transcribe();
    const partCount = server.requestsTo(path).length;
    await vscode.commands.executeCommand('earshot.clearCache');
    remove('long-meeting.vtt');
    server.reset();

    // Three parts are answered, and the next get no answer until the user has enough.
    server.failNext(path, { kind: 'delay', milliseconds: 1 }, 3);
    server.failAlways(path, { kind: 'hang' });
    const source = new vscode.CancellationTokenSource();
    const window = vscode.window as { withProgress: unknown };
    const originalProgress = window.withProgress;
    window.withProgress = (_options: unknown, task: (...given: unknown[]) => unknown) =>
      task({ report: () => undefined }, source.token);
    try {
      await watchMessages(async () => {
        const work = transcribe();
        await until('the fourth part is on its way', () => server.requestsTo(path).length > 3, 60_000);
        await until('three are answered', () => answered().length === 3, 60_000);
        await new Promise((resolve) => setTimeout(resolve, 500));
        source.cancel();
        assert.match(await work, /\npartial: /);
      });
    } finally {
      window.withProgress = originalProgress;
    }
    server.reset();
    assert.equal(undated(await transcribe()), undated(undisturbed));
    assert.equal(server.requestsTo(path).length, partCount - 3);

    server.reset();
    const before = await read(vscode.Uri.file(join(environment.workspace, 'long-meeting.vtt')));
    assert.equal(await transcribe(), before);
    assert.equal(server.requests.length, 0);

    assert.ok((await vscode.commands.executeCommand<number>('earshot.clearCache')) > 0);
    await transcribe();
    assert.equal(server.requestsTo(path).length, partCount);

    function answered(): readonly unknown[] {
      return server.requestsTo(path).filter(({ outcome }) => outcome === 'answered');
    }
  });
});
