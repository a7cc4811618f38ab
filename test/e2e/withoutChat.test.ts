// People can switch VS Code's chat off; every question still gets its answer.
import { afterAll, describe, expect, it } from 'vitest';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

describe('with the chat switched off', () => {
  let server: OpenAIServer;
  const vscode = useVscode(async () => {
    server = await startOpenAIServer({ recogniser: 'tones', apiKey: null });
    return {
      files: { 'call.wav': toneWords('kilo lima mike').wav },
      settings: {
        'earshot.providers': { bench: { kind: 'openai-compatible', label: 'Bench server', baseUrl: server.baseUrl } },
      },
      userSettings: { 'chat.disableAIFeatures': true },
    };
  });
  afterAll(() => server.close());

  it('asks in an input box and answers in a document', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('call.wav', 'Ask About Audio…');
    await workbench.quickInput.answer('Which words are in it?', /Ask about call\.wav/);
    const untitled = async (): Promise<string | undefined> =>
      (await workbench.editors.tabs()).find((tab) => tab.includes('Which words'));
    await expect.poll(untitled, { timeout: 30_000 }).toBeDefined();
    await workbench.page.waitForTimeout(500);
    await workbench.screenshot('ask-in-document');
    const shown = await workbench.page.locator('.editor-group-container.active .view-lines').innerText();
    expect(shown.replaceAll('\u00a0', ' ')).toMatch(/# Which words are in it\?[\s\S]*kilo lima mike/);
  });
});
