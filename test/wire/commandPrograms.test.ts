import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Provider, TranscriptionRequest } from '../../src/providers/provider.js';
import { findProgram } from '../support/openaiServer/programs.ts';
import { aProvider, collect, collectUntilError, never, WireContext } from './askServer.ts';
import { speech } from '../support/speech.js';

/* Real programs, started as the host starts them: fakes written in JavaScript, and the recogniser and the voices of the machine. */

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-command-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let scripts = 0;
/** A program that runs this code; `given` holds its arguments. */
async function aProgram(code: string): Promise<readonly string[]> {
  const path = join(folder, `program ${scripts++}.mjs`);
  await writeFile(path, `import fs from 'node:fs';\nconst given = process.argv.slice(2);\n${code}`);
  return [process.execPath, path];
}

const context = new WireContext();

function aRequest(model: string, more: Partial<TranscriptionRequest> = {}): TranscriptionRequest {
  return { model, audio: { bytes: new Uint8Array([1, 2, 3]), format: 'wav', fileName: 'interview.wav' }, ...more };
}

async function transcriber(
  code: string,
  transcription: Readonly<Record<string, unknown>>,
  programArguments: readonly string[] = ['{input}', '{output}'],
): Promise<Provider> {
  const argumentList = [...(await aProgram(code)), ...programArguments];
  const entry = {
    kind: 'command',
    label: 'My Program',
    command: { transcription: { ...transcription, arguments: argumentList } },
  };
  return aProvider(entry, context, 'mine');
}

describe('a program of the user', () => {
  it('is given its arguments one by one, whatever they hold', async () => {
    const code = 'console.log(JSON.stringify(given)); console.log(fs.readFileSync(given[0]).length);';
    const argumentList = ['{input}', '--language={language}', '{model}', '$(touch x) `y` "z" {other}', '-o{output}'];
    const provider = await transcriber(code, { output: 'text', model: "it's; rm -rf {input}" }, argumentList);
    const events = await collect(provider.transcribe?.(aRequest('transcription', { language: 'de-AT' }), never()));
    const lines = events.map((event) => (event.type === 'text' ? event.text : ''));
    const given = JSON.parse(lines[0] ?? '[]') as string[];
    expect(given[0]).toMatch(/input\.wav$/);
    expect(given.slice(1, 4)).toEqual(['--language=de', "it's; rm -rf {input}", '$(touch x) `y` "z" {other}']);
    expect(given[4]).toMatch(/^-o.*output$/);
    expect(lines[1]?.trim()).toBe('3');
  });

  it.each([
    { output: 'srt', outputFile: '{output}.srt', content: '1\n00:00:00,500 --> 00:00:01,500\nHello\n' },
    { output: 'vtt', outputFile: '{output}.srt', content: 'WEBVTT\n\n00:00.500 --> 00:01.500\nHello\n' },
    { output: 'vtt', content: 'WEBVTT\n\n00:00.500 --> 00:01.500\nHello\n' },
    { output: 'whisper-json', content: '{"transcription":[{"offsets":{"from":500,"to":1500},"text":" Hello"}]}' },
    { output: 'whisper-json', content: '{"segments":[{"start":0.5,"end":1.5,"text":" Hello"}]}' },
  ])('is read as $output', async ({ output, outputFile, content }) => {
    const write =
      outputFile === undefined ? 'process.stdout.write' : `((text) => fs.writeFileSync(given[1] + '.srt', text))`;
    const provider = await transcriber(`${write}(${JSON.stringify(content)})`, {
      output,
      ...(outputFile === undefined ? {} : { outputFile }),
    });
    expect(await collect(provider.transcribe?.(aRequest('transcription'), never()))).toEqual([
      { type: 'segment', segment: { startSeconds: 0.5, endSeconds: 1.5, text: 'Hello' } },
    ]);
  });

  it('is heard while it still runs', async () => {
    const code = `console.log('one two\\none 0.1 0.2 1.0\\ntwo 0.3 0.4 0.5\\n</s> 0.5 0.6 1.0'); setTimeout(() => console.log('three 1.0 2.0 1.0'), 600);`;
    const provider = await transcriber(code, { output: 'word-times' });
    const startedAt = Date.now();
    const arrivals: [string, number][] = [];
    for await (const event of provider.transcribe?.(aRequest('transcription'), never()) ?? []) {
      if (event.type === 'segment') arrivals.push([event.segment.text, Date.now() - startedAt]);
    }
    expect(arrivals.map(([text]) => text)).toEqual(['one two', 'three']);
    expect((arrivals[1]?.[1] ?? 0) - (arrivals[0]?.[1] ?? 0)).toBeGreaterThan(300);
  });

  it('may hear nothing', async () => {
    for (const output of ['text', 'srt', 'vtt', 'whisper-json', 'word-times']) {
      const provider = await transcriber('', { output });
      expect(await collect(provider.transcribe?.(aRequest('transcription'), never()))).toEqual([]);
    }
  });

  it('says why it failed, and what was heard before is kept', async () => {
    const code = `console.log('heard'); console.error('loading\\nmodel file is broken, token=sk-secret-0123456789\\n'); process.exitCode = 3;`;
    const provider = await transcriber(code, { output: 'text' });
    const { events, error } = await collectUntilError(provider.transcribe?.(aRequest('transcription'), never()));
    expect(events).toEqual([{ type: 'text', text: 'heard\n' }]);
    expect(error.reason).toBe('program-failed');
    expect(error.message).toMatch(
      /^My Program failed with exit code 3\. It said: "model file is broken, token=\[key\]"/,
    );
    expect(error.detail).not.toContain('secret');
  });

  it('is told apart from one that writes something else, or nothing', async () => {
    for (const output of ['srt', 'vtt', 'whisper-json']) {
      const provider = await transcriber(`console.log('Hello')`, { output });
      const { error } = await collectUntilError(provider.transcribe?.(aRequest('transcription'), never()));
      expect(error.message).toContain(`is not ${output}`);
    }
    const provider = await transcriber('', { output: 'srt', outputFile: '{output}.srt' });
    const { error } = await collectUntilError(provider.transcribe?.(aRequest('transcription'), never()));
    expect(error).toMatchObject({ reason: 'program-failed' });
    expect(error.message).toContain('output.srt');
  });

  it('is ended when the user cancels, and when nobody listens on', async () => {
    const code = `console.log('first'); setInterval(() => undefined, 1000);`;
    const provider = await transcriber(code, { output: 'text' });
    for (const way of ['abort', 'leave'] as const) {
      const controller = new AbortController();
      const read = async (): Promise<void> => {
        for await (const event of provider.transcribe?.(aRequest('transcription'), controller.signal) ?? []) {
          expect(event).toEqual({ type: 'text', text: 'first\n' });
          if (way === 'leave') return;
          controller.abort();
        }
      };
      if (way === 'abort') await expect(read()).rejects.toMatchObject({ reason: 'cancelled' });
      else await read();
    }
  });

  it('that is not there is said to be missing', async () => {
    const entry = {
      kind: 'command',
      command: { transcription: { arguments: ['no-such-recogniser'], output: 'text' } },
    };
    const provider = aProvider(entry, context);
    expect(await provider.readiness()).toMatchObject({ state: 'program-missing' });
    const { error } = await collectUntilError(provider.transcribe?.(aRequest('transcription'), never()));
    expect(error.reason).toBe('program-missing');
    expect(error.message).toContain('Install "no-such-recogniser"');
  });

  it('speaks from a file, an argument or its standard input', async () => {
    const said = 'Say "this"; $(not that)\n-- ü {output}';
    const codes = [
      { argumentList: ['{text}', '{output}'], code: 'fs.writeFileSync(given[1], given[0])' },
      { argumentList: ['{textFile}', '{output}'], code: 'fs.copyFileSync(given[0], given[1])' },
      { argumentList: ['{output}'], code: 'fs.writeFileSync(given[0], fs.readFileSync(0).subarray(0, -1))' },
    ];
    for (const { argumentList, code } of codes) {
      const entry = {
        kind: 'command',
        command: { speech: { arguments: [...(await aProgram(code)), ...argumentList] } },
      };
      const answer = await speech(aProvider(entry, context), { model: 'speech', text: said }, never());
      expect(new TextDecoder().decode(answer.bytes)).toBe(said);
      expect(answer).toMatchObject({ format: 'wav', usage: { characters: said.length } });
    }
    const silent = { kind: 'command', command: { speech: { arguments: [...(await aProgram('')), '{output}'] } } };
    await expect(speech(aProvider(silent, context), { model: 'speech', text: 'x' }, never())).rejects.toMatchObject({
      reason: 'program-failed',
    });
  });
});

/** A second of a ramp, and a header that says no lengths. */
const streamed = `
const pcm = Buffer.from(Int16Array.from({ length: 16000 }, (_, index) => index).buffer);
const header = Buffer.alloc(44);
header.write('RIFF', 0); header.write('WAVEfmt ', 8); header.write('data', 36);
header.writeUInt32LE(0xffffffff, 4); header.writeUInt32LE(16, 16); header.writeUInt16LE(1, 20); header.writeUInt16LE(1, 22);
header.writeUInt32LE(16000, 24); header.writeUInt32LE(32000, 28); header.writeUInt16LE(2, 32); header.writeUInt16LE(16, 34);
header.writeUInt32LE(0xffffffff, 40);
const wav = Buffer.concat([header, pcm]);
`;

describe('a synthesiser that speaks to its standard output', () => {
  const spoken = new Uint8Array(Int16Array.from({ length: 16_000 }, (_, index) => index).buffer);
  const speaker = async (code: string, more: Readonly<Record<string, unknown>>): Promise<Provider> => {
    const entry = { arguments: await aProgram(streamed + code), ...more };
    return aProvider({ kind: 'command', label: 'Speaker', command: { speech: entry } }, context);
  };
  const request = { model: 'speech', text: 'hello' };

  it.each([
    { output: 'wav', bytes: 'wav', first: 10_001 },
    { output: 'pcm', bytes: 'pcm', first: 10_001, sampleRate: 16_000 },
  ])('is heard before it has ended: $output', async ({ bytes, first, ...more }) => {
    // It goes on only when the test has heard the beginning, so that time plays no part.
    const flag = join(folder, `heard-${more.output}`);
    const code = `process.stdout.write(${bytes}.subarray(0, ${first}));
      const wait = () => fs.existsSync(${JSON.stringify(flag)}) ? process.stdout.write(${bytes}.subarray(${first})) : setTimeout(wait, 10);
      wait();`;
    const heard: number[] = [];
    const provider = await speaker(code, more);
    for await (const event of provider.speak?.(request, never()) ?? []) {
      if (event.type !== 'audio') continue;
      expect(event.sampleRate).toBe(16_000);
      if (heard.length === 0) await writeFile(flag, '');
      heard.push(...event.pcm);
    }
    expect(Uint8Array.from(heard)).toEqual(spoken);
  });

  it('gives a WAV file with a true header when one is asked for', async () => {
    for (const more of [{ output: 'wav' }, { output: 'pcm', sampleRate: 16_000 }]) {
      const provider = await speaker(`process.stdout.write(${more.output});`, more);
      const { bytes, ...rest } = await speech(provider, { ...request, format: 'wav' }, never());
      expect(rest).toEqual({ format: 'wav', usage: { characters: 5 } });
      expect(bytes.byteLength).toBe(44 + spoken.byteLength);
      expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(40, true)).toBe(spoken.byteLength);
      expect(new Uint8Array(bytes.subarray(44))).toEqual(spoken);
    }
  });

  it('is held back when nobody takes what it says, and goes on afterwards', async () => {
    const progress = join(folder, 'progress');
    const code = `let count = 0;
      const write = () => { fs.writeFileSync(${JSON.stringify(progress)}, String(++count)); if (count < 100) process.stdout.write(Buffer.alloc(100_000), write); };
      write();`;
    const provider = await speaker(code, { output: 'pcm', sampleRate: 48_000 });
    const written = async (): Promise<number> => Number(await readFile(progress, 'utf8'));
    let byteLength = 0;
    for await (const event of provider.speak?.({ ...request, text: 'x'.repeat(100) }, never()) ?? []) {
      if (event.type !== 'audio') continue;
      if (byteLength === 0) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        expect(await written()).toBeLessThan(50);
      }
      byteLength += event.pcm.byteLength;
    }
    expect(byteLength).toBe(99 * 100_000);
  });

  it('that fails in the middle has said what it said', async () => {
    const code = `process.stdout.write(pcm.subarray(0, 1000), () => { console.error('voice broke'); process.exitCode = 2; });`;
    const provider = await speaker(code, { output: 'pcm', sampleRate: 16_000 });
    const { events, error } = await collectUntilError(provider.speak?.(request, never()));
    expect(events[0]).toMatchObject({ type: 'audio' });
    expect(error.message).toContain('voice broke');
  });

  it('is ended when the user cancels, when nobody listens on, and when it never stops', async () => {
    const endless = `const write = () => process.stdout.write(pcm, write); write();`;
    for (const way of ['abort', 'leave', 'loop'] as const) {
      const provider = await speaker(endless, { output: 'pcm', sampleRate: 16_000 });
      const controller = new AbortController();
      const read = async (): Promise<void> => {
        for await (const event of provider.speak?.(request, controller.signal) ?? []) {
          expect(event.type).toBe('audio');
          if (way === 'leave') return;
          if (way === 'abort') controller.abort();
        }
      };
      if (way === 'leave') await read();
      else await expect(read()).rejects.toMatchObject({ reason: way === 'abort' ? 'cancelled' : 'program-failed' });
    }
  });

  it('that says nothing, or no WAV, is told so', async () => {
    for (const [code, says] of [
      ['', /without any sound/],
      [`console.log('Loading the voice, please wait')`, /is not WAV/],
    ] as const) {
      const { error } = await collectUntilError((await speaker(code, { output: 'wav' })).speak?.(request, never()));
      expect(error).toMatchObject({ reason: 'program-failed', message: expect.stringMatching(says) as string });
    }
  });
});

const sentence =
  'The quick brown fox jumps over the lazy dog. We will meet at the station and take the early train to the city.';

function shareOfWords(wanted: string, heard: string): number {
  const list = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? [];
  const left = list(heard);
  const found = list(wanted).filter((word) => {
    const index = left.indexOf(word);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
  return found.length / list(wanted).length;
}

describe('programs of this machine', () => {
  const provider = aProvider({}, context, 'command');
  const has = (name: string): boolean => findProgram(name) !== undefined;

  it.runIf(has('flite') && has('pocketsphinx_continuous'))('hear what they say', async () => {
    expect(await provider.readiness()).toMatchObject({ state: 'ready' });
    const ids = (await provider.models()).map(({ ref }) => ref.model);
    expect(ids).toEqual(expect.arrayContaining(['pocketsphinx', 'flite']));
    const spoken = await speech(provider, { model: 'flite', text: sentence }, never());
    const bytes = spoken.bytes;
    const audio = { bytes, format: 'wav', fileName: 'spoken.wav', durationSeconds: 9 } as const;
    const events = await collect(provider.transcribe?.({ model: 'pocketsphinx', audio, language: 'en-US' }, never()));
    const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
    expect(shareOfWords(sentence, segments.map(({ text }) => text).join(' '))).toBeGreaterThanOrEqual(0.8);
    expect(segments.length).toBeGreaterThan(1);
    for (const { startSeconds, endSeconds, text, words } of segments) {
      expect(endSeconds - startSeconds).toBeLessThanOrEqual(7);
      expect(words?.map((word) => word.text).join(' ')).toBe(text);
      expect(text).not.toMatch(/[<>[\]()+]/);
    }
    expect(events.at(-1)).toEqual({ type: 'usage', usage: { audioSeconds: 9 } });
  });

  it.runIf(has('flite'))('speak faster when asked to', async () => {
    const slow = await speech(provider, { model: 'flite', text: sentence }, never());
    const fast = await speech(provider, { model: 'flite', text: sentence, speed: 2 }, never());
    expect(fast.bytes.byteLength / slow.bytes.byteLength).toBeCloseTo(0.5, 1);
  });

  it.runIf(has('espeak-ng'))('speak other languages', async () => {
    const answer = await speech(
      provider,
      { model: 'espeak-ng', text: 'Grüß Gott', language: 'de', speed: 1.5 },
      never(),
    );
    expect(answer).toMatchObject({ format: 'pcm', sampleRate: 22_050 });
    expect(answer.bytes.byteLength).toBeGreaterThan(5000);
  });

  it.runIf(has('pocketsphinx_continuous'))('refuse a language they do not know before they start', async () => {
    const { error } = await collectUntilError(
      provider.transcribe?.(aRequest('pocketsphinx', { language: 'de' }), never()),
    );
    expect(error.reason).toBe('model-lacks-capability');
  });

  it.runIf(has('pocketsphinx_continuous'))('fail by name on what is no recording', async () => {
    const { error } = await collectUntilError(provider.transcribe?.(aRequest('pocketsphinx'), never()));
    expect(error.message).toContain('PocketSphinx failed');
  });

  it('that are missing are named with the way to get them', async () => {
    const { error } = await collectUntilError(provider.transcribe?.(aRequest('whisper-ctranslate2'), never()));
    expect(error.reason).toBe('program-missing');
    expect(error.message).toContain('pip install whisper-ctranslate2');
  });
});
