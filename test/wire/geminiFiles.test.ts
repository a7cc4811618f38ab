import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { text } from '../../src/core/conversation.js';
import { googleErrors } from '../support/geminiServer/googleErrors.ts';
import {
  piecePath,
  startGeminiServer,
  streamPath,
  uploadPath,
  type GeminiServer,
} from '../support/geminiServer/server.ts';
import { toneWordList, toneWords } from '../support/openaiServer/tones.ts';
import { geminiOf, GeminiContext, wavBlock } from './askGemini.ts';
import { collect, collectUntilError, never } from './askServer.ts';

const model = 'gemini-3.8-flash';
const chat = streamPath(model);
const words = Array.from({ length: 200 }, (_, index) => toneWordList[index % toneWordList.length] ?? 'zero');
/** More than goes into a request, in two pieces. */
const long = toneWords(words, { sampleRate: 48_000, channels: 2 });
const short = toneWords('three golf');
const pieceLength = 8 * 1024 * 1024;

describe('recordings that are too large for a request to gemini', () => {
  let server: GeminiServer;
  let context: GeminiContext;

  beforeAll(async () => {
    server = await startGeminiServer();
  });
  beforeEach(() => {
    server.reset();
    context = new GeminiContext();
  });
  afterAll(() => server.close());

  /** Where it does not matter what is heard. */
  const answerShortly = (): void => {
    server.setAnswer(() => ({ events: [[{ text: 'Yes.' }]] }));
  };
  const ask = (signal = never()) =>
    geminiOf(server, context).converse?.(
      { model, messages: [{ role: 'user', content: [wavBlock(short.wav), wavBlock(long.wav), text('What?')] }] },
      signal,
    );

  it('go up in pieces with progress, are heard as they were, and are removed', async () => {
    const events = await collect(ask());
    const total = long.wav.byteLength;
    expect(total).toBeGreaterThan(15_000_000);
    expect(events.slice(0, 2)).toEqual([
      { type: 'upload', sentBytes: pieceLength, totalBytes: total },
      { type: 'upload', sentBytes: total, totalBytes: total },
    ]);
    const begun = server.requestsTo(uploadPath);
    expect(begun.map(({ json }) => json)).toEqual([{ file: { mimeType: 'audio/wav', sizeBytes: String(total) } }]);
    const { host, connection, 'x-goog-api-key': key, ...headers } = begun[0]?.headers ?? {};
    expect([host, connection, key]).toEqual([server.origin.slice('http://'.length), 'keep-alive', context.key]);
    expect(headers).toEqual({
      'content-length': String(begun[0]?.body.byteLength),
      'content-type': 'application/json',
      'user-agent': 'Earshot',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-length': String(total),
      'x-goog-upload-header-content-type': 'audio/wav',
      'x-goog-upload-protocol': 'resumable',
    });
    const pieces = server.requestsTo(piecePath);
    expect(pieces.map((piece) => [piece.body.byteLength, piece.headers['x-goog-upload-command']])).toEqual([
      [pieceLength, 'upload'],
      [total - pieceLength, 'upload, finalize'],
    ]);
    const [asked] = server.requestsTo(chat);
    expect(asked?.json).toMatchObject({
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'audio/wav' } },
            { fileData: { mimeType: 'audio/wav', fileUri: `${server.baseUrl}/files/bench2` } },
            { text: 'What?' },
          ],
        },
      ],
    });
    expect(asked?.audio.map(({ bytes }) => Buffer.from(bytes).equals(Buffer.from(long.wav)))).toEqual([false, true]);
    expect(events.map((event) => (event.type === 'text' ? event.text : '')).join('')).toContain(words.join(' '));
    expect(events.at(-1)).toEqual({ type: 'finish', finish: 'stop' });
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST ${uploadPath}`,
      `POST ${piecePath}`,
      `POST ${piecePath}`,
      // The first look finds it ready.
      'GET /v1beta/files/bench2',
      `POST ${chat}`,
      'DELETE /v1beta/files/bench2',
    ]);
    expect(server.store.files.size).toBe(0);
    expect(server.problems).toEqual([]);
  });

  it('go up once when a conversation holds them twice', async () => {
    answerShortly();
    const content = [wavBlock(long.wav), text('What?')];
    await collect(
      geminiOf(server, context).converse?.(
        {
          model,
          messages: [
            { role: 'user', content },
            { role: 'assistant', content: [text('This.')] },
            { role: 'user', content },
          ],
        },
        never(),
      ),
    );
    expect(server.requestsTo(uploadPath).length).toBe(1);
    expect(server.requestsTo(chat)[0]?.audio.length).toBe(2);
  });

  it('are removed when the answer fails', async () => {
    const { status, body } = googleErrors.daily();
    server.failAlways(chat, { kind: 'status', status, body });
    const { error } = await collectUntilError(ask());
    expect(error.reason).toBe('quota-exhausted');
    expect(server.requests.at(-1)?.method).toBe('DELETE');
    expect(server.store.files.size).toBe(0);
  });

  it('are removed when the question is taken back, and nobody waits for that', async () => {
    server.failAlways(chat, { kind: 'hang' });
    server.failNext('/v1beta/files/bench2', { kind: 'delay', milliseconds: 0 });
    const controller = new AbortController();
    const running = collectUntilError(ask(controller.signal));
    // By then the server has done with decoding, which holds up everybody in this process.
    await vi.waitUntil(() => server.requestsTo(chat)[0]?.audio.length === 2, { timeout: 10_000 });
    server.failAlways('*', { kind: 'delay', milliseconds: 300 });
    const startedAt = Date.now();
    controller.abort();
    expect((await running).error.reason).toBe('cancelled');
    expect(Date.now() - startedAt).toBeLessThan(100);
    await server.waitForRequest(server.requests.find(({ path }) => path.includes('/files/bench'))?.path ?? '', 2);
    await server.settled();
    expect(server.requestsTo(chat)[0]?.outcome).toBe('aborted');
    expect(server.store.files.size).toBe(0);
  });

  it('can be stopped while they go up', async () => {
    server.failAlways(piecePath, { kind: 'hang' });
    const controller = new AbortController();
    const running = collectUntilError(ask(controller.signal));
    await server.waitForRequest(piecePath);
    controller.abort();
    expect((await running).error.reason).toBe('cancelled');
    await server.settled();
    expect(server.requestsTo(piecePath)[0]?.outcome).toBe('aborted');
    expect(server.requestsTo(chat)).toEqual([]);
  });

  it('go on going up after a moment of trouble', async () => {
    answerShortly();
    server.failNext(piecePath, { kind: 'status', status: 503, retryAfterMilliseconds: 1 });
    const events = await collect(ask());
    expect(events.at(-1)).toEqual({ type: 'finish', finish: 'stop' });
    expect(server.requestsTo(piecePath).length).toBe(3);
    expect(server.problems).toEqual([]);
  });

  it.each([
    ['at the beginning', uploadPath],
    ['in the middle', piecePath],
  ])('say why they cannot go up, %s', async (_, path) => {
    const { status, body } = googleErrors.forbidden();
    server.failAlways(path, { kind: 'status', status, body });
    const { error } = await collectUntilError(ask());
    expect(error).toMatchObject({ reason: 'forbidden', provider: 'bench' });
    expect(error.message).toContain('Generative Language API has not been used');
    expect(server.requestsTo(chat)).toEqual([]);
  });

  it('are given up when the vendor cannot read them, with the reason, and removed', async () => {
    server.store.processing = { looks: 1, becomes: 'FAILED' };
    const { error } = await collectUntilError(ask());
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toBe(
      'Bench could not read the sound of the recording. Convert it to WAV or MP3, or select another model. Bench says: "Unable to decode the audio."',
    );
    expect(server.requestsTo(chat)).toEqual([]);
    expect(server.store.files.size).toBe(0);
  });

  it('go nowhere else, whatever address the server names for them', async () => {
    answerShortly();
    server.store.uploadOrigin = 'https://elsewhere.example';
    const events = await collect(ask());
    expect(events.at(-1)).toEqual({ type: 'finish', finish: 'stop' });
    expect(context.lines.join('\n')).not.toContain('elsewhere');
    expect(server.requestsTo(piecePath).length).toBe(2);
  });

  it('are transcribed in the same way', async () => {
    const segments = await collect(
      geminiOf(server, context).transcribe?.(
        { model: 'gemini-3.5-transcribe', audio: { bytes: long.wav, format: 'wav', fileName: 'long.wav' } },
        never(),
      ),
    );
    const said = segments.flatMap((event) => (event.type === 'segment' ? [event.segment.text] : []));
    expect(said.join(' ')).toBe(words.join(' '));
    expect(server.store.files.size).toBe(0);
    expect(server.problems).toEqual([]);
  });
});
