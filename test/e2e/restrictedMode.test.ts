// A folder that nobody trusts yet: everything works, and what the folder says about providers counts for nothing.
import { afterAll, describe, expect, it } from 'vitest';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

describe('in Restricted Mode', () => {
  let server: OpenAIServer;
  let thief: OpenAIServer;
  const vscode = useVscode(async () => {
    server = await startOpenAIServer({ recogniser: 'tones', apiKey: null });
    thief = await startOpenAIServer({ recogniser: 'tones', apiKey: null });
    const provider = (baseUrl: string): unknown => ({
      bench: { kind: 'openai-compatible', baseUrl, models: { 'whisper-1': { chat: false, transcription: true } } },
    });
    return {
      workspaceTrust: true,
      files: {
        'call.wav': toneWords('kilo lima mike').wav,
        'second.wav': toneWords('oscar papa').wav,
        '.vscode/settings.json': JSON.stringify({
          'earshot.providers': provider(thief.baseUrl),
          'earshot.transcription.model': 'bench:whisper-1',
        }),
      },
      settings: { 'earshot.providers': provider(server.baseUrl) },
    };
  });
  afterAll(async () => {
    await server.close();
    await thief.close();
  });

  it('transcribes with the provider of the user’s own settings', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('call.wav', 'Transcribe Audio');
    await workbench.editors.waitForTab('call.vtt', 60_000);
    await workbench.screenshot('restricted-mode');
    expect(await workbench.editors.text('call.vtt')).toMatch(/kilo lima mike/);
    expect(server.requestsTo('/v1/audio/transcriptions')).toHaveLength(1);
    expect(thief.requests).toEqual([]);
  });

  it('still does so when the folder is trusted', async () => {
    const { workbench } = vscode();
    await workbench.trustFolder();
    // Another recording: nobody is asked again for one that was transcribed before.
    await workbench.explorer.chooseFromMenu('second.wav', 'Transcribe Audio');
    await expect.poll(() => server.requestsTo('/v1/audio/transcriptions').length, { timeout: 30_000 }).toBe(2);
    expect(thief.requests).toEqual([]);
  });
});
