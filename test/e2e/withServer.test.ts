// A user with a model server and a key: sets it up through the palette, asks, and meets every kind of trouble.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { benchKey, startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

const wrongKey = 'sk-wrong-abcdefghijklmnopqrstuvwxyz';
const clip = toneWords('kilo lima mike november oscar papa', { sampleRate: 44_100, channels: 2 });

describe('with a model server and a key', () => {
  let server: OpenAIServer;
  const vscode = useVscode(async () => {
    server = await startOpenAIServer({ recogniser: 'tones' });
    return {
      files: { 'call.wav': clip.wav },
      settings: {
        'earshot.providers': {
          bench: {
            kind: 'openai-compatible',
            label: 'Bench server',
            baseUrl: server.baseUrl,
            models: {
              'gpt-audio-1.5': { audioInput: true },
              'whisper-1': { chat: false, transcription: true, transcriptTimes: 'segments' },
            },
          },
        },
        'earshot.model': 'bench:gpt-audio-1.5',
        'earshot.transcription.model': 'bench:whisper-1',
      },
    };
  });
  afterAll(() => server.close());

  async function enterKey(key: string): Promise<void> {
    const { workbench } = vscode();
    await workbench.runCommand('Earshot: Set API Key…');
    await workbench.quickInput.wait('Pick a provider');
    await workbench.quickInput.pick(/Bench server/);
    await workbench.quickInput.wait(/API Key for Bench server/);
    expect((await workbench.quickInput.describe()).isPassword).toBe(true);
    await workbench.quickInput.type(key);
  }

  it('asks nobody anything while nobody asks it', async () => {
    const { workbench } = vscode();
    await workbench.chat.waitForModel(/Earshot|gpt/);
    await workbench.page.waitForTimeout(3000);
    expect(server.requests).toEqual([]);
  });

  it('says what is missing and offers to set the key when there is none', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('call.wav', 'Transcribe Audio');
    const { text, buttons } = await workbench.notifications.wait(/key/i);
    await workbench.screenshot('missing-key');
    expect(text).toMatch(/Bench server/);
    expect(buttons).toContain('Set API Key');
    await workbench.notifications.dismiss(/key/i);
    expect(server.requestsTo('/v1/audio/transcriptions').every(({ headers }) => !headers['authorization'])).toBe(true);
  });

  it('tries a wrong key, does not keep it, and does not show it', async () => {
    const { workbench } = vscode();
    await enterKey(wrongKey);
    await workbench.screenshot('set-key');
    await workbench.quickInput.accept();
    const { text, buttons } = await workbench.notifications.wait(/not kept/);
    await workbench.screenshot('wrong-key');
    expect(text).not.toContain(wrongKey);
    expect(buttons).toEqual(expect.arrayContaining(['Keep It Anyway', 'Enter Another']));
    await workbench.notifications.press(/not kept/, 'Enter Another');
    // VS Code shows no more than three messages in 0.8 s; nobody types a key that fast.
    await workbench.page.waitForTimeout(1000);
    await workbench.quickInput.answer(benchKey, /API Key for Bench server/);
    await workbench.notifications.wait(/key for Bench server is set/);
  });

  it('transcribes through the server', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('call.wav', 'Transcribe Audio');
    await workbench.editors.waitForTab('call.vtt', 60_000);
    expect(await workbench.editors.text('call.vtt')).toMatch(/kilo lima mike november oscar papa/);
    await workbench.screenshot('transcript-from-server');
    expect(server.problems).toEqual([]);
  });

  it('streams an answer about the attached recording, with what it used', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('call.wav', 'Ask About Audio…');
    await expect.poll(() => workbench.chat.attachments(), { timeout: 20_000 }).toContain('call.wav');
    await workbench.chat.waitForModel(/Earshot|gpt/);
    server.failNext('/v1/chat/completions', { kind: 'slow-stream', milliseconds: 150 });
    const before = workbench.chat.ask('@audio Which words do you hear?');
    await expect.poll(async () => (await workbench.chat.lastAnswer()).text, { timeout: 30_000 }).toMatch(/I heard/);
    await workbench.screenshot('answer-streaming');
    const answer = await before;
    await workbench.screenshot('answer');
    expect(answer.error).toBeUndefined();
    expect(answer.text).toMatch(/kilo lima mike november oscar papa/);
    expect(answer.text).toMatch(/tokens in \(\d+ audio\)/);
    expect(server.problems).toEqual([]);
  });

  it('lists the models of the server in the chat’s own picker, and uses the one that is picked', async () => {
    const { workbench } = vscode();
    const models = await workbench.chat.models();
    await workbench.screenshot('chat-models');
    expect(models).toEqual(expect.arrayContaining(['Earshot: auto', 'gpt-audio-mini']));
    await workbench.chat.chooseModel('gpt-6-luna');
    const answer = await workbench.chat.ask('@audio And what is written?');
    await workbench.screenshot('answer-from-transcript');
    expect(answer.text).toMatch(/reads text only/);
    expect(server.requestsTo('/v1/chat/completions').at(-1)?.json).toMatchObject({ model: 'gpt-6-luna' });
    await workbench.chat.chooseModel('Earshot: auto');
  });

  it('shows an error in the chat with the way on, and keeps what had come', async () => {
    const { workbench } = vscode();
    server.failNext('/v1/chat/completions', { kind: 'cut-stream', afterEvents: 3 }, 3);
    const answer = await workbench.chat.ask('@audio Once more?');
    await workbench.screenshot('answer-cut-off');
    expect(answer.error).toMatch(/Bench server/);
    expect(answer.text).toMatch(/I heard|I/);
  });

  it('leaves no key in any log, setting, document or the package', () => {
    const { server: vscodeServer, workspace } = vscode();
    expect(vscodeServer.extensionHostLog()).toMatch(/\[invalid-key\]/);
    const everything = [vscodeServer.extensionHostLog(), ...filesUnder(workspace), ...filesUnder(vscodeServer.home)];
    for (const key of [benchKey, wrongKey]) {
      expect(everything.filter((text) => text.includes(key))).toEqual([]);
    }
  });
});

/** The contents of every file below a folder, as text. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}
