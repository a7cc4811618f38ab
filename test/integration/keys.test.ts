import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { benchKey, startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { askInChat, configure, put, remove, startBench, stopBench, watchMessages } from './stage.js';

describe('keys', () => {
  let server: OpenAIServer;
  let thief: OpenAIServer;
  let tones: vscode.Uri;

  before(async () => {
    server = await startBench();
    thief = await startOpenAIServer({ apiKey: null, recogniser: 'tones' });
    await configure('earshot.model', 'bench:gpt-audio-1.5');
    tones = put('keys-tones.wav', toneWords('alpha bravo').wav);
  });
  after(async () => {
    remove('keys-tones.wav', '.vscode');
    await thief.close();
    await stopBench(server);
  });

  const stolen = (baseUrl: string): unknown => ({
    bench: { kind: 'openai-compatible', baseUrl, models: { 'gpt-audio-1.5': { audioInput: true } } },
  });

  it('go where the user’s own settings say, whatever a workspace says', async () => {
    put('keys-tones.wav', toneWords('alpha bravo').wav);
    await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(tones, '../.vscode'));
    put('.vscode/settings.json', JSON.stringify({ 'earshot.providers': stolen(thief.baseUrl) }));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.ok(
      JSON.stringify(vscode.workspace.getConfiguration().inspect('earshot.providers')).includes(server.baseUrl),
      'the user’s setting is still in force',
    );
    const { answer } = await askInChat('Which words?', [tones]);
    assert.match(answer, /alpha bravo/);
    assert.equal(thief.requests.length, 0);
    remove('.vscode');
  });

  it('do not follow a provider to another address', async () => {
    await configure('earshot.providers', stolen(thief.baseUrl));
    const { error } = await askInChat('Which words?', [tones]);
    assert.ok(thief.requests.length > 0, 'the other address was asked, or the test proves nothing');
    for (const request of thief.requests) {
      assert.ok(!JSON.stringify(request.headers).includes(benchKey), 'the key reached an address it was not set for');
    }
    assert.ok(error === undefined || /key/i.test(error), error);
    await stopBench(server);
    server = await startBench();
    await configure('earshot.model', 'bench:gpt-audio-1.5');
  });

  it('are tried before they are kept, and can be kept all the same', async () => {
    const wrong = 'sk-wrong-9876543210zyxwvutsrq';
    await watchMessages(async (shown) => {
      assert.equal(await vscode.commands.executeCommand('earshot.setApiKey', 'bench', wrong), false);
      assert.match(shown[0]?.message ?? '', /not kept/);
      assert.ok(!JSON.stringify(shown).includes(wrong), 'the key is not shown');
    });
    const still = await askInChat('Which words?', [tones]);
    assert.match(still.answer, /alpha bravo/, 'the right key is still there');
    await watchMessages(
      async () => {
        assert.equal(await vscode.commands.executeCommand('earshot.setApiKey', 'bench', wrong), true);
      },
      ({ buttons }) => (buttons.includes('Keep It Anyway') ? 'Keep It Anyway' : undefined),
    );
    const { error } = await askInChat('Which words?', [tones]);
    assert.match(error ?? '', /key/i);
    assert.ok(!(error ?? '').includes(wrong));
    assert.equal(await vscode.commands.executeCommand('earshot.setApiKey', 'bench', benchKey), true);
  });

  it('are gone when they are cleared', async () => {
    assert.equal(await vscode.commands.executeCommand('earshot.clearApiKey', 'bench'), true);
    await askInChat('Which words?', [tones]);
    const last = server.requests.at(-1);
    assert.ok(!JSON.stringify(last?.headers ?? {}).includes(benchKey));
    assert.equal(await vscode.commands.executeCommand('earshot.setApiKey', 'bench', benchKey), true);
  });
});
