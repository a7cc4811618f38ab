import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { askInChat, configure, put, remove, startBench, stopBench, watchMessages } from './stage.js';

const listen = '/v1/audio/transcriptions';

describe('Privacy, budget and the doctor', () => {
  let server: OpenAIServer;
  let tones: vscode.Uri;

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
    await configure('earshot.model', 'bench:gpt-audio-1.5');
    tones = put('spending-tones.wav', toneWords('alpha bravo').wav);
  });
  afterEach(async () => {
    for (const key of ['privacy.localOnly', 'budget.monthlyLimit', 'budget.askAbove']) {
      await configure(`earshot.${key}`, undefined);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(async () => {
    remove('spending-tones.wav', 'spending-tones.vtt', '.vscode');
    await stopBench(server);
  });

  it('what was asked and what it used stands in Show Usage and Cost', async () => {
    await vscode.commands.executeCommand('earshot.transcribe', tones);
    await vscode.commands.executeCommand('earshot.showUsage');
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('earshot-report:/Usage and Cost.md'));
    const page = document.getText();
    assert.match(
      page,
      /\| bench:whisper-1 \| \d+ \| [\d,]+ s of audio \| (?:unknown|\$[\d.]+, and \d+ of unknown cost) \|/,
    );
    assert.match(page, new RegExp(`${new Date().toISOString().slice(0, 10)} · bench`));
  });

  it('a limit of nothing lets nothing be sent', async () => {
    await configure('earshot.budget.monthlyLimit', 0);
    const before = server.requestsTo(listen).length;
    await watchMessages(async (shown) => {
      remove('spending-tones.vtt');
      await vscode.commands.executeCommand('earshot.transcribe', tones);
      const texts = shown.map(({ message }) => message);
      assert.ok(
        texts.some((message) => /This month \$[\d.]+ of \$0 are spent/.test(message)),
        texts.join('\n'),
      );
    });
    assert.equal(server.requestsTo(listen).length, before);
  });

  it('a server on this machine may be asked when nothing may leave it, and one elsewhere may not', async () => {
    await configure('earshot.privacy.localOnly', true);
    const here = await askInChat('Which words?', [tones]);
    assert.match(here.answer, /alpha bravo/);
    await configure('earshot.model', 'openai:gpt-audio-1.5');
    try {
      const elsewhere = await askInChat('Which words?', [tones]);
      assert.match(elsewhere.error ?? '', /localOnly/);
    } finally {
      await configure('earshot.model', 'bench:gpt-audio-1.5');
    }
  });

  it('a workspace can forbid that anything leaves, and cannot allow it', async () => {
    await configure('earshot.privacy.localOnly', true);
    await configure('earshot.privacy.localOnly', false, vscode.ConfigurationTarget.Workspace);
    await configure('earshot.model', 'openai:gpt-audio-1.5');
    try {
      const { error } = await askInChat('Which words?', [tones]);
      assert.match(error ?? '', /localOnly/);
    } finally {
      await configure('earshot.model', 'bench:gpt-audio-1.5');
      await configure('earshot.privacy.localOnly', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('Check Providers says what works, and lets the models listen when it is told to', async () => {
    const page = String(await vscode.commands.executeCommand('earshot.checkProviders'));
    assert.match(page, /## bench: ✓ ready/);
    assert.match(page, /127\.0\.0\.1:\d+, key set; \d+ models/);
    assert.match(page, /## OpenAI: needs a key/);
    const probed = String(await vscode.commands.executeCommand('earshot.checkProviders', true));
    // The server of the tests hears tones, not speech: a model that answers without having heard is found out.
    assert.match(probed, /`bench:whisper-1` transcribed a spoken "one, two, three"/);
    assert.ok(!probed.includes('sk-bench-'), 'no key on the page');
  });
});
