// What a user sees of providers, cost and privacy before and after a question.
import { afterAll, describe, expect, it } from 'vitest';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { until } from '../support/vscode/until.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

const clip = toneWords('kilo lima mike november', { sampleRate: 44_100, channels: 2 });

describe('providers, cost and privacy', () => {
  let server: OpenAIServer;
  const vscode = useVscode(async () => {
    server = await startOpenAIServer({ recogniser: 'tones', apiKey: null });
    return {
      files: { 'call.wav': clip.wav },
      settings: {
        'earshot.providers': {
          bench: {
            kind: 'openai-compatible',
            label: 'Bench server',
            baseUrl: server.baseUrl,
            models: {
              'gpt-audio-1.5': {
                audioInput: true,
                audioTokensPerSecond: 10,
                prices: { inputTextPerMillion: 2.5, inputAudioPerMillion: 32, outputTextPerMillion: 10 },
              },
              'whisper-1': {
                chat: false,
                transcription: true,
                transcriptTimes: 'segments',
                prices: { perAudioMinute: 0.006 },
                endDate: '2099-02-26',
              },
            },
          },
        },
        'earshot.model': 'bench:gpt-audio-1.5',
        'earshot.transcription.model': 'bench:whisper-1',
        'earshot.budget.askAbove': 0.00001,
      },
    };
  });
  afterAll(() => server.close());

  /** The text of the Markdown preview, which lies in frames within frames. */
  async function previewText(words: RegExp): Promise<string> {
    const { page } = vscode().workbench;
    return until(`a page with ${String(words)}`, async () => {
      for (const frame of page.frames()) {
        const text = await frame
          .locator('body')
          .innerText({ timeout: 500 })
          .catch(() => '');
        if (words.test(text) && frame !== page.mainFrame()) return text;
      }
      return undefined;
    });
  }

  it('asks before work that costs more than the user said, and sends nothing after a no', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('call.wav', 'Transcribe Audio');
    const dialog = workbench.page.getByRole('dialog').filter({ hasText: 'Send to Bench server?' });
    await dialog.waitFor();
    expect(await dialog.innerText()).toMatch(/transcribe call\.wav[\s\S]*It costs about \$0\.000\d/);
    await workbench.screenshot('ask-above');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await workbench.page.waitForTimeout(500);
    expect(server.requestsTo('/v1/audio/transcriptions')).toEqual([]);
    await workbench.explorer.chooseFromMenu('call.wav', 'Transcribe Audio');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await workbench.editors.waitForTab('call.vtt');
  });

  it('shows what it used and cost', async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Earshot: Show Usage and Cost');
    const page = await previewText(/Usage and Cost/);
    expect(page).toContain('bench:whisper-1');
    expect(page).toMatch(/This month: \$0\.000\d/);
    await workbench.screenshot('usage');
  });

  it('says of every provider what works and what is missing', async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Earshot: Check Providers');
    const page = await previewText(/Check Providers/);
    expect(page).toContain('Bench server: ✓ ready');
    expect(page).toContain('OpenAI: needs a key');
    expect(page).not.toMatch(/undefined|NaN|\[object/);
    await workbench.screenshot('check-providers');
  });

  it('lists models with what they can do and what an hour costs', async () => {
    const { workbench } = vscode();
    await workbench.runCommand('Earshot: Select Audio Model');
    await workbench.quickInput.wait(/Which model/);
    const all = await workbench.page.locator('.quick-input-widget:visible .quick-input-list').innerText();
    expect(all).toMatch(/hears audio/);
    expect(all).toMatch(/about \$0\.36 an hour of audio/);
    await workbench.screenshot('select-model-prices');
    await workbench.page.keyboard.press('Escape');
    expect((await workbench.statusBar()).join(' ')).toMatch(/gpt-audio-1\.5/);
  });
});
