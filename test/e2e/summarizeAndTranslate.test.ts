// What can be made of recordings and transcripts from the Explorer's menu: a summary, a translation, a folder of transcripts.
import { afterAll, describe, expect, it } from 'vitest';
import type { ChatAnswer, ChatHearing } from '../support/openaiServer/bench.ts';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

const spoken = [
  ['Ann', 'We said we would ship on Friday.'],
  ['Bob', 'Friday is fine if the printer has the cover by Wednesday.'],
  ['Ann', 'Then you call the printer, and I write to the authors.'],
  ['Bob', 'Who pays for the extra pages?'],
] as const;
const transcript = [
  'WEBVTT\n\nNOTE Transcribed by Earshot\nsource: planning.wav\nmodel: bench:whisper-1\nlanguage: en\n',
  ...spoken.map(
    ([name, text], index) => `00:00:0${2 * index}.000 --> 00:00:0${2 * index + 2}.000\n<v ${name}>${text}\n`,
  ),
].join('\n');

const summary = `## Gist
Ann and Bob plan when the book ships [00:00:00].

## Decisions
- It ships on Friday [00:00:00]

## Action items
- [ ] **Bob**: calls the printer, by Wednesday [00:00:04]
- [ ] **Ann**: writes to the authors [00:00:04]

## Open questions
- Who pays for the extra pages? [00:09:00]
`;

function answer({ question }: ChatHearing): ChatAnswer {
  if (!question.startsWith('{')) return summary;
  const { cues } = JSON.parse(question) as { cues: { id: number; text: string }[] };
  return JSON.stringify({ cues: cues.map(({ id, text }) => ({ id, text: `(auf Deutsch) ${text}` })) });
}

describe('from recordings and transcripts', () => {
  let server: OpenAIServer;
  const vscode = useVscode(async () => {
    server = await startOpenAIServer({ recogniser: 'tones', apiKey: null, answer });
    return {
      files: {
        'planning.vtt': transcript,
        'calls/monday.wav': toneWords('alpha bravo').wav,
        'calls/tuesday.wav': toneWords('charlie delta').wav,
        'calls/broken.mp3': 'This is a letter.',
      },
      settings: {
        'earshot.providers': {
          bench: {
            kind: 'openai-compatible',
            label: 'Bench server',
            baseUrl: server.baseUrl,
            models: {
              'gpt-6-luna': { chat: true },
              'whisper-1': { chat: false, transcription: true, transcriptTimes: 'segments' },
            },
          },
        },
        'earshot.model': 'bench:gpt-6-luna',
        'earshot.transcription.model': 'bench:whisper-1',
      },
    };
  });
  afterAll(() => server.close());

  it('a summary comes as a document whose times are links', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('planning.vtt', 'Summarize Audio');
    await expect
      .poll(async () => (await workbench.editors.tabs()).join(), { timeout: 30_000 })
      .toMatch(/Summary of planning|Untitled/);
    await expect
      .poll(() => workbench.page.locator('.view-lines').first().innerText(), { timeout: 30_000 })
      .toMatch(/Open\s+questions/);
    await workbench.screenshot('summary');
  });

  it('a translation comes beside the transcript', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('planning.vtt', 'Translate Audio…');
    await workbench.quickInput.wait(/Into which language/);
    await workbench.screenshot('translate-language');
    await workbench.quickInput.type('German');
    await workbench.quickInput.accept();
    await workbench.editors.waitForTab('planning.de.vtt', 30_000);
    await workbench.screenshot('translation');
    expect(await workbench.editors.text('planning.de.vtt')).toContain('<v Bob>(auf Deutsch) Friday is fine');
  });

  it('a folder is estimated, transcribed and reported on', async () => {
    const { workbench } = vscode();
    await workbench.explorer.chooseFromMenu('calls', 'Transcribe Folder…');
    expect(await workbench.notifications.waitForDialog()).toMatch(/Transcribe 2 recordings in calls\?/);
    await workbench.screenshot('folder-estimate');
    await workbench.notifications.pressInDialog('Transcribe');
    const { buttons } = await workbench.notifications.wait(/2 transcribed, 1 failed/, 30_000);
    expect(buttons).toEqual(expect.arrayContaining(['Retry', 'Show Report']));
    await workbench.webview().getByText('What went wrong').waitFor();
    await workbench.webview().getByRole('link', { name: 'monday.wav' }).waitFor();
    await workbench.screenshot('folder-report');
  });
});
