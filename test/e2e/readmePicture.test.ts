// The picture in the README: a recording, its transcript, and an answer about it, taken from the running product.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { out, screenshots } from '../../scripts/lib/paths.mjs';
import { samples } from '../../scripts/lib/samples.mjs';
import type { ChatHearing } from '../support/openaiServer/bench.ts';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { useVscode } from '../support/vscode/useVscode.ts';

/** Answers as a very small model might: with the words around the one that the question and the recording share. */
function quote({ clips, question }: ChatHearing): string {
  const words = clips.flatMap(({ heard }) => heard.words);
  const line = question.split('\n').at(-1) ?? '';
  const asked: readonly string[] = line.toLowerCase().match(/[a-z]{6,}/g) ?? [];
  const index = words.findIndex(({ word }) => asked.includes(word.toLowerCase()));
  const found = words[index];
  if (found === undefined) return 'The recording does not say.';
  const said = words.slice(Math.max(0, index - 1), index + 7).map(({ word }) => word);
  const time = `00:${String(Math.floor(found.start)).padStart(2, '0')}`;
  return `At **[${time}]** somebody says: “${said.join(' ')}”.`;
}

describe('the README', () => {
  let server: OpenAIServer;
  const vscode = useVscode(async () => {
    server = await startOpenAIServer({ apiKey: null, answer: quote });
    return {
      settings: {
        'earshot.providers': { bench: { kind: 'openai-compatible', baseUrl: server.baseUrl } },
        'earshot.transcription.model': 'command:pocketsphinx',
        // It has to listen: the picture shows what only the sound tells.
        'earshot.model': 'bench:gpt-audio-1.5',
      },
    };
  });
  afterAll(() => server.close());

  it('has its picture from the running product', async () => {
    const { workbench } = vscode();
    const [meeting] = samples;
    await workbench.explorer.chooseFromMenu(meeting?.file ?? '', 'Transcribe Audio');
    await workbench.editors.waitForTab('standup-meeting.vtt', 60_000);
    await workbench.explorer.chooseFromMenu(meeting?.file ?? '', 'Ask About Audio…');
    await expect.poll(() => workbench.chat.attachments(), { timeout: 20_000 }).toContain(meeting?.file);
    const answer = await workbench.chat.ask(`@audio ${meeting?.question ?? ''}`, 60_000);
    expect(answer.text).toMatch(/hospital needs more money for the library/);
    await workbench.screenshot('readme');
    const target = join(out, 'readme', 'ask-and-transcribe.png');
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(screenshots, 'readme.png'), target);
  });
});
