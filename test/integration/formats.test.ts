import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { samples } from '../../scripts/lib/samples.mjs';
import { environment } from './environment.js';
import { read, remove, shareOfWords } from './stage.js';

/** How ffmpeg packs the sample recording, by the extension of what people have. */
const packings: readonly (readonly [name: string, ...packing: string[]])[] = [
  ['memo.m4a', '-c:a', 'aac', '-b:a', '64k', '-ar', '44100'],
  ['lossless.m4a', '-c:a', 'alac'],
  ['podcast.mp3', '-b:a', '64k', '-ar', '44100', '-ac', '2'],
  ['archive.flac'],
  ['voice.opus', '-b:a', '24k'],
  ['old.ogg', '-c:a', 'libvorbis'],
  ['browser.webm', '-c:a', 'libopus'],
  ['stream.aac', '-c:a', 'aac'],
  ['studio.aiff'],
  ['call.wav', '-c:a', 'pcm_mulaw', '-ar', '16000'],
  ['video.mp4', '-f', 'lavfi', '-i', 'color=size=64x64:rate=5', '-shortest', '-c:v', 'libx264', '-c:a', 'aac'],
];

describe('Transcribe Audio of every format', () => {
  const [, sample] = samples;
  const path = (name: string): string => join(environment.workspace, name);

  for (const [name, ...packing] of packings) {
    it(`hears the words of ${name}`, async function () {
      this.timeout(90_000);
      assert.ok(sample);
      const target = path(`fmt-${name}`);
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', path(sample.file), ...packing, target]);
      const [result] = await vscode.commands.executeCommand<{ transcript: vscode.Uri }[]>(
        'earshot.transcribe',
        vscode.Uri.file(target),
      );
      assert.ok(result, 'a transcript');
      const content = await read(result.transcript);
      const share = shareOfWords(sample.text, content);
      assert.ok(share >= 0.7, `${Math.round(share * 100)} %: ${content}`);
      remove(`fmt-${name}`, result.transcript.path.split('/').at(-1) ?? '');
    });
  }
});
