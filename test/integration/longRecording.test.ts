import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { parseWebVtt } from '../../src/core/formats/webVtt.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWordList, toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { configure, put, read, remove, startBench, stopBench } from './stage.js';

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
});
