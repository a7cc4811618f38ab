// What somebody sees who has just installed Earshot and has no key, no account and no network: only a speech program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { samples } from '../../scripts/lib/samples.mjs';
import { startOpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { useVscode } from '../support/vscode/useVscode.ts';
import { shareOfWords } from '../support/shareOfWords.ts';

const [meeting, memo] = samples;
const transcriptOf = (file: string): string => file.replace(/\.wav$/, '.vtt');

describe('the first five minutes, with nothing but a speech program', () => {
  const vscode = useVscode({
    files: {
      'list.wav': 'milk, bread, two lemons',
      'beep.wav': toneWords('alpha').wav,
      'silence.wav': toneWords('alpha', { amplitude: 0 }).wav,
    },
  });

  it('transcribes from the Explorer and opens the transcript', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu(meeting?.file ?? '', 'Transcribe Audio');
    const name = transcriptOf(meeting?.file ?? '');
    await workbench.editors.waitForTab(name, 120_000);
    const text = await workbench.editors.text(name);
    await workbench.screenshot('transcript');
    expect(text).toMatch(/^WEBVTT/);
    expect(shareOfWords(meeting?.text ?? '', text)).toBeGreaterThanOrEqual(0.8);
  });

  it('transcribes from the title of an open recording', async () => {
    const { workbench } = vscode();
    await workbench.explorer.open(memo?.file ?? '');
    await workbench.editors.waitForTab(memo?.file ?? '');
    await expect
      .poll(() => workbench.editors.titleActions())
      .toEqual(
        expect.arrayContaining([expect.stringMatching(/^Ask About Audio/), expect.stringMatching(/^Transcribe Audio/)]),
      );
    await workbench.screenshot('audio-preview');
    await workbench.editors.pressTitleAction('Transcribe Audio');
    await workbench.editors.waitForTab(transcriptOf(memo?.file ?? ''), 60_000);
  });

  it('asks for recordings when it is called from the palette', async () => {
    const { workbench } = vscode();
    await workbench.editors.focus(transcriptOf(memo?.file ?? ''));
    await workbench.runCommand('Earshot: Transcribe Audio');
    await workbench.quickInput.wait('Pick one or more recordings');
    const items = await workbench.quickInput.items();
    await workbench.screenshot('pick-recordings');
    expect(items.join('\n')).toMatch(/standup-meeting\.wav/);
    await workbench.quickInput.cancel();
  });

  it('names the file, what it found and the next step when a file is no audio', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('list.wav', 'Transcribe Audio');
    const { text, severity } = await workbench.notifications.wait(/list\.wav holds/);
    await workbench.screenshot('not-audio');
    expect(severity).toBe('error');
    expect(text).toMatch(/list\.wav.*(text|audio)/i);
    await workbench.notifications.dismiss(/list\.wav holds/);
  });

  it('says so when nothing is said', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('silence.wav', 'Transcribe Audio');
    const { text, buttons } = await workbench.notifications.wait(/silence\.wav is silent/, 60_000);
    expect(text).toMatch(/nothing was sent/);
    expect(buttons).toEqual(['Send Anyway', 'Cancel']);
    await workbench.notifications.dismiss(/silence\.wav is silent/);
  });

  it('opens the chat with the recording attached from the Explorer', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu(meeting?.file ?? '', 'Ask About Audio…');
    await expect.poll(() => workbench.chat.attachments(), { timeout: 20_000 }).toContain(meeting?.file);
    await expect.poll(() => workbench.chat.input(), { timeout: 20_000 }).toMatch(/^@audio/);
    await workbench.screenshot('ask-attached');
  });

  it('answers in the chat with the transcript, says that no model is set up, and offers ways to get one', async () => {
    const { workbench } = vscode();
    await workbench.chat.waitForModel('Earshot: auto');
    const answer = await workbench.chat.ask(`@audio ${meeting?.question ?? ''}`, 120_000);
    await workbench.screenshot('answer-without-model');
    expect(answer.error).toBeUndefined();
    expect(answer.text).toMatch(/No language model is set up/);
    expect(shareOfWords(meeting?.text ?? '', answer.text)).toBeGreaterThanOrEqual(0.8);
    expect(answer.buttons).toEqual(['Set API Key…', 'Select Audio Model', 'Point at a Server…']);
  });

  it('shows every choice and every way to get more in the model picker', async () => {
    const { workbench } = vscode();
    await workbench.chat.press('Select Audio Model');
    await workbench.quickInput.wait('Select Audio Model');
    const items = (await workbench.quickInput.items()).join('\n');
    await workbench.screenshot('select-model');
    expect(items).toMatch(/Auto/);
    expect(items).toMatch(/PocketSphinx/i);
    expect(items).toMatch(/Set an API key/);
    expect(items).toMatch(/Point at a server/);
    await workbench.quickInput.cancel();
  });

  it('leaves a transcript alone that a person edited', async () => {
    const { workbench, workspace } = vscode();
    const name = transcriptOf(memo?.file ?? '');
    await workbench.editors.type(name, 'Corrected by hand. ');
    await workbench.page.keyboard.press('ControlOrMeta+S');
    await expect
      .poll(() => readFileSync(join(workspace, name), 'utf8'), { timeout: 20_000 })
      .toMatch(/Corrected by hand/);
    const edited = readFileSync(join(workspace, name), 'utf8');
    await workbench.explorer.chooseFromMenu(memo?.file ?? '', 'Transcribe Audio');
    await workbench.editors.waitForTab(name.replace('.vtt', '.new.vtt'), 60_000);
    expect(readFileSync(join(workspace, name), 'utf8')).toBe(edited);
    await workbench.notifications.press(/was edited by hand/, 'Compare');
    await expect.poll(async () => (await workbench.editors.tabs()).join(), { timeout: 20_000 }).toContain('↔');
    await workbench.screenshot('compare-with-edited');
  });

  it('transcribes a selection of several recordings', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu([meeting?.file ?? '', memo?.file ?? ''], 'Transcribe Audio');
    await workbench.notifications.wait(/Transcribing 2 recordings/);
    await workbench.screenshot('transcribing-two');
    await expect
      .poll(async () => (await workbench.notifications.all()).some(({ text }) => text.includes('Transcribing 2')), {
        timeout: 60_000,
      })
      .toBe(false);
  });

  it('sets up a server from its address alone, and then answers', async () => {
    const { workbench } = vscode();
    const server = await startOpenAIServer({ apiKey: null, recogniser: 'tones' });
    try {
      await workbench.runCommand('Earshot: Select Audio Model');
      await workbench.quickInput.wait('Select Audio Model');
      await workbench.quickInput.pick(/Point at a server/);
      await workbench.quickInput.answer(server.baseUrl, 'Point at a Server');
      await workbench.notifications.wait(/is set up, with \d+ models/);
      await workbench.screenshot('server-set-up');
      await workbench.explorer.chooseFromMenu('beep.wav', 'Ask About Audio…');
      await expect.poll(() => workbench.chat.attachments(), { timeout: 20_000 }).toContain('beep.wav');
      const answer = await workbench.chat.ask('@audio What is that?', 60_000);
      expect(answer.error).toBeUndefined();
      expect(answer.text).toMatch(/I heard: alpha/);
    } finally {
      await server.close();
    }
  });

  it('forgets a file that nobody can listen to, and remembers the last good one', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('list.wav', 'Ask About Audio…');
    await expect.poll(() => workbench.chat.attachments(), { timeout: 20_000 }).toContain('list.wav');
    const refused = await workbench.chat.ask('@audio And this?', 60_000);
    expect(refused.error).toMatch(/list\.wav holds text/);
    const next = await workbench.chat.ask('@audio And the one before?', 60_000);
    expect(next.error ?? '').not.toMatch(/list\.wav/);
  });
});
