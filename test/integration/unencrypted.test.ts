import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { benchKey, startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { askInChat, configure, put, remove, stopBench, watchMessages, type Shown } from './stage.js';

describe('a server with http:// that is not on this machine', () => {
  let server: OpenAIServer;
  let tones: vscode.Uri;
  const allow = 'Use Without Encryption';
  const agree = ({ buttons }: Shown): string | undefined => (buttons.includes(allow) ? allow : undefined);
  const run = (): Thenable<boolean> => vscode.commands.executeCommand('earshot.allowUnencrypted', 'far');
  const pointAt = (host: string): Promise<void> =>
    configure('earshot.providers', {
      far: {
        kind: 'openai-compatible',
        // This machine by an address that is not one of loopback.
        baseUrl: server.baseUrl.replace('127.0.0.1', host),
        models: { 'gpt-audio-1.5': { audioInput: true } },
      },
    });

  before(async () => {
    server = await startOpenAIServer({ recogniser: 'tones' });
    await pointAt('0.0.0.0');
    await configure('earshot.model', 'far:gpt-audio-1.5');
    tones = put('unencrypted-tones.wav', toneWords('alpha bravo').wav);
  });
  after(async () => {
    remove('unencrypted-tones.wav');
    await vscode.commands.executeCommand('earshot.clearApiKey', 'far');
    await stopBench(server);
  });

  it('gets neither recording nor key before the user allows it', async () => {
    const { error } = await askInChat('Which words?', [tones]);
    assert.match(error ?? '', /not encrypted/);
    await watchMessages(async (shown) => {
      assert.equal(await run(), false);
      assert.equal(await vscode.commands.executeCommand('earshot.setApiKey', 'far', benchKey), false);
      assert.ok(
        shown.some(({ message }) => message.includes('unencrypted')),
        JSON.stringify(shown),
      );
    });
    assert.equal(server.requests.length, 0);
  });

  it('is used once the user has allowed it, which is asked once', async () => {
    await watchMessages(async (shown) => {
      assert.equal(await vscode.commands.executeCommand('earshot.setApiKey', 'far', benchKey), true);
      assert.equal(await run(), true);
      assert.equal(shown.filter(({ buttons }) => buttons.includes(allow)).length, 1);
    }, agree);
    // That recordings leave this machine at all is a question of its own.
    const send = ({ buttons }: Shown): string | undefined => (buttons.includes('Send') ? 'Send' : undefined);
    const { answer } = await watchMessages(() => askInChat('Which words?', [tones]), send);
    assert.match(answer, /alpha bravo/);
  });

  it('must be allowed again when its address has changed, also when it changes back', async () => {
    await pointAt('127.0.0.1');
    await vscode.commands.executeCommand('earshot.checkProviders');
    await pointAt('0.0.0.0');
    const before = server.requests.length;
    const { error } = await askInChat('Which words?', [tones]);
    assert.match(error ?? '', /not encrypted/);
    assert.equal(server.requests.length, before);
  });
});
