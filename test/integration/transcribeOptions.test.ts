import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { configure, put, read, remove, startBench, stopBench, watchMessages } from './stage.js';

const path = '/v1/audio/transcriptions';

describe('How a transcript is asked for and written', () => {
  let server: OpenAIServer;
  let uri: vscode.Uri;
  const written = ['shape.srt', 'shape.new.srt', 'shape.md', 'shape.txt', 'shape.json', 'shape.vtt'];

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
  });
  beforeEach(() => {
    server.reset();
    remove(...written);
    uri = put('shape.wav', toneWords('alpha bravo charlie').wav);
  });
  after(async () => {
    remove('shape.wav', '.earshot', ...written);
    await configure('earshot.transcription.format', undefined);
    await stopBench(server);
  });

  async function transcribe(options?: object): Promise<{ readonly name: string; readonly content: string }> {
    const results = await vscode.commands.executeCommand<readonly { readonly transcript: vscode.Uri }[]>(
      'earshot.transcribe',
      uri,
      undefined,
      options,
    );
    const [result] = results;
    assert.ok(result);
    return { name: result.transcript.path.split('/').at(-1) ?? '', content: await read(result.transcript) };
  }

  it('is in the format of the setting, or of the command', async () => {
    await configure('earshot.transcription.format', 'srt');
    const srt = await transcribe();
    assert.equal(srt.name, 'shape.srt');
    assert.match(srt.content, /^1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\nalpha bravo charlie\n/);
    const markdown = await transcribe({ format: 'md' });
    assert.equal(markdown.name, 'shape.md');
    assert.match(markdown.content, /alpha bravo charlie/);
    assert.match(markdown.content, /\(\w[\w-]*:\/\/earshot\.earshot\/open\?file=/);
    const text = await transcribe({ format: 'txt' });
    assert.match(text.content, /^alpha bravo charlie$/m);
    const json = await transcribe({ format: 'json' });
    assert.equal(json.name, 'shape.json');
    assert.match(JSON.stringify(JSON.parse(json.content)), /alpha bravo charlie/);
    const vtt = await transcribe({ format: 'vtt' });
    assert.match(vtt.content, /^WEBVTT/);
    // Paid for once, however it is written.
    assert.equal(server.requestsTo(path).length <= 1, true);
  });

  it('never takes the place of a file that may not be Earshot’s', async () => {
    const first = await transcribe({ format: 'srt' });
    assert.equal((await transcribe({ format: 'srt' })).name, 'shape.srt');
    const edited = first.content.replace('alpha', 'Alfa');
    put('shape.srt', edited);
    await watchMessages(async (shown) => {
      assert.equal((await transcribe({ format: 'srt' })).name, 'shape.new.srt');
      assert.match(shown.map(({ message }) => message).join(), /shape\.srt was there before and is left as it is/);
    });
    assert.equal(await read(vscode.Uri.file(join(environment.workspace, 'shape.srt'))), edited);
  });

  it('tells the model the terms of the workspace, as they are now', async () => {
    await vscode.commands.executeCommand('earshot.clearCache');
    mkdirSync(join(environment.workspace, '.earshot'), { recursive: true });
    put('.earshot/glossary.txt', '# people\nAnn-Kathrin\n\nZürich\n');
    await configure('earshot.transcription.glossary', ['Earshot', 'Zürich']);
    const prompts = (): readonly unknown[] =>
      server.requestsTo(path).map(({ form }) => form?.fields.find(({ name }) => name === 'prompt')?.value);
    try {
      await transcribe();
      assert.deepEqual(prompts(), ['Earshot, Zürich, Ann-Kathrin']);
      put('.earshot/glossary.txt', `Ann-Kathrin\n${'x'.repeat(120)}\n`);
      await watchMessages(async (shown) => {
        await transcribe();
        assert.match(
          shown.map(({ message }) => message).join(),
          /1 term of the glossary with more than 100 characters/,
        );
      });
      // The same terms, so that nothing is asked for again.
      assert.equal(prompts().length, 1);
      put('.earshot/glossary.txt', 'Uri\n');
      await transcribe();
      assert.deepEqual(prompts().slice(1), ['Earshot, Zürich, Uri']);
    } finally {
      await configure('earshot.transcription.glossary', undefined);
      remove('.earshot');
    }
  });
});
