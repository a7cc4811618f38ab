import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../../support/openaiServer/bytes.ts';
import { chatFields } from '../../support/openaiServer/chatRules.ts';
import { findSchemaFile } from '../../support/openaiServer/schema.ts';
import type { OpenAIServer } from '../../support/openaiServer/server.ts';
import { benchKey, startOpenAIServer } from '../../support/openaiServer/server.ts';
import { speechFields } from '../../support/openaiServer/speech.ts';
import { toneWords } from '../../support/openaiServer/tones.ts';
import { transcriptionFields } from '../../support/openaiServer/transcriptionRules.ts';

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

function chat(changes: object = {}, inputAudio: object = {}, part: object = {}) {
  const input_audio = { data: toBase64(wav), format: 'wav', ...inputAudio };
  const content = [
    { type: 'text', text: 'What?' },
    { type: 'input_audio', input_audio, ...part },
  ];
  return post('/v1/chat/completions', { model: 'gpt-audio-1.5', messages: [{ role: 'user', content }], ...changes });
}

function rules(): string[] {
  return server.problems.map(({ rule }) => rule);
}

describe('keys', () => {
  it('echoes a wrong key masked, as OpenAI does, and calls it no problem of the client', async () => {
    const answer = await chat();
    expect(answer.status).toBe(200);
    const wrong = await post('/v1/chat/completions', {}, { authorization: 'Bearer sk-wrong-0123456789' });
    expect(wrong.status).toBe(401);
    expect(wrong.error.code).toBe('invalid_api_key');
    expect(wrong.error.message).toContain('Incorrect API key provided: sk-wrong*******6789.');
    expect(server.problems).toEqual([]);
  });

  it('asks for a key, and takes "Bearer undefined" for a defect', async () => {
    expect((await read(await fetch(`${server.baseUrl}/models`))).error.message).toContain('provide an API key');
    expect(rules()).toEqual([]);
    for (const header of ['Bearer undefined', 'Bearer ', benchKey]) {
      expect((await post('/v1/chat/completions', {}, { authorization: header })).status).toBe(401);
    }
    expect(rules()).toEqual(['authorization', 'authorization', 'authorization']);
  });

  it('may need none', async () => {
    server.setApiKey(null);
    const response = await fetch(`${server.baseUrl}/models`);
    expect(response.status).toBe(200);
    expect((await post('/v1/chat/completions', {}, { authorization: 'Bearer undefined' })).status).toBe(401);
  });
});

describe('every request', () => {
  it.each([
    ['an unknown path', 'POST', '/v1/completions', 404, 'unknown-path'],
    ['a doubled prefix', 'POST', '/v1/v1/chat/completions', 404, 'unknown-path'],
    ['another method', 'GET', '/v1/chat/completions', 405, 'method'],
    ['another method', 'POST', '/v1/models', 405, 'method'],
    ['a query', 'GET', '/v1/models?limit=2', 400, 'query'],
  ])('is refused with %s', async (_, method, path, status, rule) => {
    const answer = await read(await fetch(server.origin + path, { method, headers: { authorization } }));
    expect(answer.status).toBe(status);
    expect(rules()).toEqual([rule]);
  });

  it('is refused with another content type, no JSON, broken UTF-8, or no object', async () => {
    expect((await post('/v1/chat/completions', {}, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await post('/v1/chat/completions', '{"a":')).error.message).toContain('could not parse the JSON body');
    await post('/v1/chat/completions', '[]');
    await fetch(`${server.baseUrl}/audio/speech`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(rules()).toEqual(['content-type', 'json', 'json', 'json']);
  });
});

describe('chat', () => {
  it('lets a right request through', async () => {
    expect((await chat({ temperature: 0.2, max_completion_tokens: 500, user: 'x' })).status).toBe(200);
    expect(server.problems).toEqual([]);
  });

  it('says in OpenAI’s words that a model does not exist', async () => {
    const answer = await chat({ model: 'gpt-nowhere' });
    expect(answer).toMatchObject({ status: 404, error: { code: 'model_not_found' } });
    expect(answer.error.message).toBe('The model `gpt-nowhere` does not exist or you do not have access to it.');
    expect(server.problems).toEqual([]);
  });

  const user = (...content: object[]) => ({ messages: [{ role: 'user', content }] });
  const text = { type: 'text', text: 'What?' };
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
  const audio = { type: 'input_audio', input_audio: { data: toBase64(wav), format: 'wav' } };

  it.each<[string, object, string]>([
    ['an unknown field', { sample_rate: 16_000 }, 'unknown-field'],
    ['an unknown field of a message', { messages: [{ role: 'user', content: 'x', id: 1 }] }, 'unknown-field'],
    ['an unknown field of a part', user({ ...text, cache: true }), 'unknown-field'],
    ['no messages', { messages: [] }, 'missing-field'],
    ['no model', { model: undefined }, 'missing-field'],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'invalid-value'],
    ['an unknown part', user({ type: 'audio_url', audio_url: {} }), 'invalid-value'],
    ['audio from the assistant', { messages: [{ role: 'assistant', content: [audio] }] }, 'invalid-value'],
    ['no audio for an audio model', user(text), 'audio-required'],
    ['images with audio', user(text, image, audio), 'images-with-audio'],
    ['audio for a text model', { model: 'gpt-6-luna' }, 'model-capability'],
    ['a chat with a transcription model', { model: 'whisper-1' }, 'model-capability'],
    ['an image for an audio model', user(image), 'model-capability'],
    ['structured output of an audio model', { response_format: { type: 'json_object' } }, 'invalid-value'],
    ['stream options without a stream', { stream_options: { include_usage: true } }, 'invalid-value'],
    ['a spoken answer without a voice', { modalities: ['text', 'audio'] }, 'missing-field'],
    ['a voice without a spoken answer', { audio: { voice: 'alloy', format: 'wav' } }, 'invalid-value'],
    [
      'a streamed WAV',
      { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' }, stream: true },
      'invalid-value',
    ],
    [
      'a spoken answer of before that nobody gave',
      { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }, user(audio).messages[0]] },
      'invalid-value',
    ],
  ])('is refused with %s', async (_, changes, rule) => {
    expect((await chat(changes)).status).toBeGreaterThanOrEqual(400);
    expect(rules()).toEqual([rule]);
  });

  it('uses OpenAI’s words where they are known', async () => {
    const spoken = { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } };
    expect((await chat({ ...spoken, stream: true })).error.message).toBe(
      "audio.format does not support 'wav' when stream=true. Supported values are: 'pcm16'",
    );
    expect((await chat(user(text))).error).toMatchObject({
      message: 'This model requires that either input content or output modality contain audio.',
      param: 'model',
      code: 'invalid_value',
    });
    expect((await chat({ model: 'gpt-6-luna' })).error.message).toBe(
      'Content blocks are expected to be either text or image_url type.',
    );
  });

  const damaged = wav.slice();
  damaged.set([0xff, 0xff, 0xff, 0xff], 40);

  it.each<[string, object, string]>([
    ['a data: URL', { data: `data:audio/wav;base64,${toBase64(wav)}` }, 'base64'],
    ['a line break', { data: `${toBase64(wav).slice(0, 76)}\n${toBase64(wav).slice(76)}` }, 'base64'],
    ['lost padding', { data: toBase64(wav).replace(/=+$/, '') }, 'base64'],
    ['a WAV called MP3', { format: 'mp3' }, 'mislabelled'],
    ['an MP3 called WAV', { data: toBase64(new Uint8Array([0xff, 0xfb, 0x90, 0])) }, 'mislabelled'],
    ['nothing known', { data: toBase64(new Uint8Array(100)) }, 'mislabelled'],
    ['a cut WAV', { data: toBase64(wav.slice(0, 5000)) }, 'audio-damaged'],
    ['a streamed WAV’s sizes', { data: toBase64(damaged) }, 'audio-damaged'],
    ['no samples', { data: toBase64(toneWords('', { leadSeconds: 0 }).wav) }, 'audio-empty'],
    ['no bytes', { data: '' }, 'audio-empty'],
    ['another format', { format: 'flac' }, 'invalid-value'],
    ['no data', { data: undefined }, 'missing-field'],
    ['a field of the client’s own', { durationSeconds: 3 }, 'unknown-field'],
  ])('refuses audio with %s', async (_, inputAudio, rule) => {
    const answer = await chat({}, inputAudio);
    expect(answer.status).toBe(400);
    if (['base64', 'mislabelled', 'audio-damaged', 'audio-empty'].includes(rule)) {
      expect(answer.error).toMatchObject({ code: 'unsupported_format', param: 'messages' });
    }
    expect(rules()).toEqual([rule]);
  });

  it('refuses a clip that is too large', async () => {
    const small = await startOpenAIServer({ limits: { chatAudioBytes: 1000 }, apiKey: null });
    const body = { model: 'gpt-audio-1.5', messages: [{ role: 'user', content: [audio] }] };
    const response = await fetch(`${small.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(413);
    expect(small.problems.map(({ rule }) => rule)).toEqual(['too-large']);
    await small.close();
  });

  it.runIf(findSchemaFile())('knows every field of the published schema, and checks the rest by it', async () => {
    const { readFileSync } = await import('node:fs');
    const document = readFileSync(findSchemaFile() ?? '', 'utf8');
    for (const fields of [chatFields, transcriptionFields, speechFields]) {
      for (const field of fields) expect(document).toContain(`"${field}":`);
    }
    expect((await chat({ temperature: 'hot' })).error.message).toContain('temperature');
    expect((await chat({ max_completion_tokens: 1.5 })).status).toBe(400);
    expect(rules()).toEqual(['schema', 'schema']);
    expect((await chat({ max_completion_tokens: null, store: null })).status).toBe(200);
  });
});
