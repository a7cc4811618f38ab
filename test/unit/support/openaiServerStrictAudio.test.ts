import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeMp3 } from '../../support/openaiServer/mp3.ts';
import type { OpenAIServer } from '../../support/openaiServer/server.ts';
import { benchKey, startOpenAIServer } from '../../support/openaiServer/server.ts';
import { toneWords } from '../../support/openaiServer/tones.ts';

let server: OpenAIServer;
beforeAll(async () => {
  server = await startOpenAIServer({ recogniser: 'tones', synthesiser: 'tones' });
});
afterAll(() => server.close());
afterEach(() => {
  server.reset();
});

const { wav } = toneWords('one two three');
const authorization = `Bearer ${benchKey}`;

interface Answer {
  readonly status: number;
  readonly error: { readonly message: string; readonly type: string; readonly param: unknown; readonly code: unknown };
}

async function read(response: Response): Promise<Answer> {
  const body = (await response.json()) as { error: Answer['error'] };
  return { status: response.status, error: body.error };
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return read(
    await fetch(server.origin + path, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
}

type FormChange = Record<string, string>;

async function transcribe(fields: FormChange, file: Blob | string = new Blob([wav]), name = 'a.wav'): Promise<Answer> {
  const form = new FormData();
  if (typeof file === 'string') form.append('file', file);
  else form.append('file', file, name);
  for (const [field, value] of Object.entries({ model: 'whisper-1', ...fields })) form.append(field, value);
  return read(
    await fetch(`${server.baseUrl}/audio/transcriptions`, { method: 'POST', headers: { authorization }, body: form }),
  );
}

function rules(): string[] {
  return server.problems.map(({ rule }) => rule);
}

describe('transcription', () => {
  it('lets right requests through, however they name and type the file', async () => {
    const mp3 = await encodeMp3(toneWords('one two').pcm);
    expect((await transcribe({})).status).toBe(200);
    expect((await transcribe({}, new Blob([wav], { type: 'audio/x-wav' }), 'Über „Tonfall“.WAV')).status).toBe(200);
    expect((await transcribe({}, new Blob([mp3], { type: 'audio/mpeg' }), 'a.mp3')).status).toBe(200);
    expect(server.problems).toEqual([]);
  });

  it.each<[string, FormChange, string]>([
    ['an unknown field', { sample_rate: '16000' }, 'unknown-field'],
    ['an unknown format', { response_format: 'docx' }, 'schema|invalid-value'],
    ['a format the model has not', { model: 'gpt-4o-transcribe', response_format: 'vtt' }, 'invalid-value'],
    ['a language by name', { language: 'English' }, 'invalid-value'],
    ['a temperature of 2', { temperature: '2' }, 'invalid-value'],
    ['a stream that is neither true nor false', { stream: 'yes' }, 'invalid-value'],
    ['granularities without verbose_json', { 'timestamp_granularities[]': 'word' }, 'invalid-value'],
    ['a list without brackets', { timestamp_granularities: 'word' }, 'invalid-value'],
    ['keywords for whisper', { 'keywords[]': 'Earshot' }, 'invalid-value'],
    ['logprobs of whisper', { 'include[]': 'logprobs' }, 'invalid-value'],
    ['a chat model', { model: 'gpt-audio-1.5' }, 'model-capability'],
    ['an empty model', { model: '' }, 'missing-field'],
  ])('is refused with %s', async (_, fields, rule) => {
    expect((await transcribe(fields)).status).toBe(400);
    expect(rules()).toHaveLength(1);
    expect(rule.split('|')).toContain(rules()[0]);
  });

  it.each<[string, Blob | string, string, string]>([
    ['no extension', new Blob([wav]), 'recording', 'file-name'],
    ['an extension OpenAI does not know', new Blob([wav]), 'a.aiff', 'file-name'],
    ['no file name', 'RIFF', '', 'file-name'],
    ['another format’s name', new Blob([wav]), 'a.mp3', 'mislabelled'],
    ['another format’s type', new Blob([wav], { type: 'audio/mpeg' }), 'a.wav', 'mislabelled'],
    ['no bytes', new Blob([]), 'a.wav', 'audio-empty'],
    ['a cut file', new Blob([wav.slice(0, 3000)]), 'a.wav', 'audio-damaged'],
    ['too little sound', new Blob([toneWords('', { leadSeconds: 0.02 }).wav]), 'a.wav', 'audio-empty'],
  ])('refuses a file with %s', async (_, file, name, rule) => {
    const answer = await transcribe({}, file, name);
    expect(answer.status).toBe(400);
    expect(rules()).toEqual([rule]);
    if (rule === 'file-name' && name !== '') expect(answer.error.message).toMatch(/^Invalid file format\. Supported/);
  });

  it('refuses a body that is no multipart form to the byte', async () => {
    const send = async (body: string, contentType = 'multipart/form-data; boundary=x') =>
      read(
        await fetch(`${server.baseUrl}/audio/transcriptions`, {
          method: 'POST',
          headers: { authorization, 'content-type': contentType },
          body,
        }),
      );
    const part = 'Content-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n';
    await send(`--x\r\n${part}--x--\r\n`, 'application/json');
    await send(`--x\r\n${part}--x--\r\n`, 'multipart/form-data');
    await send(`--x\r\n${part}--x`);
    await send(`hello\r\n--x\r\n${part}--x--\r\n`);
    await send(`--x\r\n${part}--x\r\n${part}--x--\r\n`);
    await send(`--x\r\n${part}--x--\r\n`);
    expect(rules()).toEqual([
      'content-type',
      'content-type',
      'multipart',
      'multipart',
      'duplicate-field',
      'missing-field',
    ]);
  });

  it('refuses a request above the limit with its true size', async () => {
    const answer = await transcribe({}, new Blob([new Uint8Array(26_300_000)]));
    expect(answer.status).toBe(413);
    expect(answer.error.message).toMatch(/^Maximum content size limit \(26214400\) exceeded \(263\d{5} bytes read\)$/);
    expect(rules()).toEqual(['too-large']);
  });

  it('refuses a clip longer than the model takes', async () => {
    server.addModel({ id: 'short', transcription: true, maxSeconds: 1 });
    const answer = await transcribe({ model: 'short' });
    expect(answer.error.message).toContain('is longer than 1 seconds which is the maximum for this model');
    expect(rules()).toEqual(['too-long']);
  });
});

describe('speech', () => {
  const body = { model: 'gpt-4o-mini-tts', input: 'one two', voice: 'alloy' };
  it.each<[string, object, string]>([
    ['an unknown field', { format: 'wav' }, 'unknown-field'],
    ['an unknown voice', { voice: 'robot' }, 'invalid-value'],
    ['no voice', { voice: undefined }, 'missing-field'],
    ['no text', { input: ' ' }, 'missing-field'],
    ['too much text', { input: 'a'.repeat(4097) }, 'too-long'],
    ['an impossible speed', { speed: 5 }, 'invalid-value'],
    ['an unknown format', { response_format: 'aiff' }, 'invalid-value'],
    ['instructions for tts-1', { model: 'tts-1', instructions: 'whisper' }, 'invalid-value'],
    ['events of tts-1', { model: 'tts-1', stream_format: 'sse' }, 'invalid-value'],
    ['a chat model', { model: 'gpt-audio-1.5' }, 'model-capability'],
    ['a format the bench cannot make', { response_format: 'opus' }, 'unsupported-here'],
  ])('is refused with %s', async (_, changes, rule) => {
    expect((await post('/v1/audio/speech', { ...body, ...changes })).status).toBe(400);
    expect(rules()).toEqual([rule]);
  });
});
