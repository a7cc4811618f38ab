// `npm start -- --check`: the main job, done in VS Code as a user does it. A recording is transcribed by the speech
// program of this machine from the Explorer's menu, and a question about it is answered in chat by a model server.
import assert from 'node:assert/strict';
import { samples } from '../../../scripts/lib/samples.mjs';
import { startOpenAIServer, type OpenAIServer } from '../openaiServer/server.ts';
import { openVscode, type Session } from './session.ts';

async function main(): Promise<void> {
  const modelServer = await startOpenAIServer({
    apiKey: null,
    models: [{ id: 'gpt-audio-1.5', chat: true, audioInput: true, audioOutput: true, needsAudio: true }],
  });
  let session: Session | undefined;
  try {
    session = await openVscode({ settings: providerSettings(modelServer) });
    await mainJob(session);
    assert.deepEqual(modelServer.problems, [], 'the model server found fault with a request');
  } catch (error) {
    console.error(`\nCheck failed. ${(await session?.diagnose('check', error)) ?? String(error)}`);
    process.exitCode = 1;
  } finally {
    await session?.close();
    await modelServer.close();
  }
}

/** A language model that hears, on loopback; it answers from what it was sent. */
function providerSettings(modelServer: OpenAIServer): Record<string, unknown> {
  return {
    'earshot.providers': {
      loopback: { kind: 'openai-compatible', label: 'Model server on this machine', baseUrl: modelServer.baseUrl },
    },
  };
}

async function mainJob({ workbench }: Session): Promise<void> {
  const sample = samples[0];
  assert.ok(sample, 'there is no sample recording');
  const { explorer, editors, chat } = workbench;

  console.log(`\nTranscribing ${sample.file} (Explorer > Transcribe Audio)\n`);
  await explorer.chooseFromMenu(sample.file, 'Transcribe Audio');
  const transcriptName = sample.file.replace(/\.wav$/, '.vtt');
  await editors.waitForTab(transcriptName, 120_000);
  const transcript = await editors.text(transcriptName);
  await workbench.screenshot('check-transcript');
  console.log(transcript);
  const share = shareOfWords(sample.text, transcript);
  assert.ok(share >= 0.8, `only ${(share * 100).toFixed(0)} % of the spoken words are in the transcript`);

  console.log(`\nAsking in chat: @audio ${sample.question}\n`);
  await chat.waitForModel(/^Earshot/);
  await chat.attach(sample.file);
  const answer = await chat.ask(`@audio ${sample.question}`, 120_000);
  await workbench.screenshot('check-answer');
  assert.equal(answer.error, undefined, 'the chat answered with an error');
  console.log(answer.text);
  for (const word of sample.answerMentions) {
    assert.ok(answer.text.toLowerCase().includes(word), `the answer does not mention "${word}"`);
  }
  console.log(
    `\nCheck passed: ${(share * 100).toFixed(0)} % of the spoken words recognised; pictures in out/screenshots.`,
  );
}

/** How many of the words that were spoken are in the transcript, from 0 to 1. */
function shareOfWords(spoken: string, transcript: string): number {
  const words = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? [];
  const heard = new Set(words(transcript));
  const wanted = words(spoken);
  return wanted.filter((word) => heard.has(word)).length / wanted.length;
}

await main();
