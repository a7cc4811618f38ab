import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/core/model.js';
import { text } from '../../src/core/conversation.js';
import { EarshotError } from '../../src/core/errors.js';
import { mediaFormatLabel } from '../../src/core/media.js';
import type { Provider } from '../../src/providers/provider.js';
import { providerKinds } from '../../src/providers/providerSettings.js';
import { presets } from '../../src/providers/presets.js';
import { pieceFileName } from '../../src/workflows/clipJob.js';
import { prepareOptions } from '../../src/workflows/beforeSending.js';
import { resample } from '../support/openaiServer/signal.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { ffmpegNote, hasFfmpeg, runFfmpeg, withFile } from '../unit/audio/support/ffmpeg.js';
import { bytesEngine } from '../unit/audio/support/sources.js';
import { readFileSync } from 'node:fs';
import { aProvider, collect, never, WireContext } from './askServer.ts';
import { matrixProviders, type MatrixServer, type Received } from './matrixProviders.ts';

/*
 * Every usual container to every provider, through the real engine: what arrives is decoded there and has to be the same
 * sound, in a format that the provider's documentation names; or nothing is sent, and the reason and a way out are said.
 */

const clip = toneWords('three golf nine alpha', { sampleRate: 44_100 });
const reference = resample(clip.pcm.channels[0] ?? new Float32Array(), 44_100, 16_000);

const containers = {
  wav: ['-c:a', 'pcm_s16le'],
  mp3: ['-c:a', 'libmp3lame', '-b:a', '128k'],
  m4a: ['-c:a', 'aac', '-b:a', '128k'],
  flac: ['-c:a', 'flac'],
  ogg: ['-c:a', 'libopus', '-b:a', '64k'],
  webm: ['-c:a', 'libopus', '-b:a', '64k'],
} as const;
type Container = keyof typeof containers;

const made = new Map<Container, Uint8Array>();

function makeFile(container: Container): Uint8Array {
  const known = made.get(container);
  if (known !== undefined) return known;
  const bytes = withFile(`clip.${container}`, (path) => {
    runFfmpeg(['-f', 'wav', '-i', '-', ...containers[container], path], clip.wav);
    return new Uint8Array(readFileSync(path));
  });
  made.set(container, bytes);
  return bytes;
}

/** How alike they are with one so many samples behind the other, from every so many samples. */
function likeness(other: Float32Array, lag: number, stride: number): number {
  let [product, left, right] = [0, 0, 0];
  for (let at = 0; at < reference.length; at += stride) {
    const one = reference[at] ?? 0;
    const two = other[at + lag] ?? 0;
    product += one * two;
    left += one * one;
    right += two * two;
  }
  return product / Math.sqrt(left * right || 1);
}

/** At its best place within a tenth of a second: codecs begin a little late. */
function correlation(received: readonly Received[]): number {
  const heard = received.map(({ samples, sampleRate }) => resample(samples, sampleRate, 16_000));
  const joined = Float32Array.from(heard.flatMap((samples) => [...samples]));
  let best = { lag: 0, value: 0 };
  for (let lag = -1600; lag <= 1600; lag++) {
    const value = likeness(joined, lag, 11);
    if (value > best.value) best = { lag, value };
  }
  return likeness(joined, best.lag, 1);
}

async function deliver(provider: Provider, model: Model, way: 'question' | 'transcription', container: Container) {
  const source = { kind: 'bytes', name: `clip.${container}`, bytes: makeFile(container) } as const;
  for await (const piece of bytesEngine.prepare(source, prepareOptions(model.capabilities))) {
    const { bytes, format } = piece;
    const durationSeconds = piece.endSeconds - piece.startSeconds;
    const request = { model: model.ref.model };
    await (way === 'question'
      ? collect<unknown>(
          provider.converse?.(
            {
              ...request,
              messages: [
                {
                  role: 'user',
                  content: [{ type: 'input_audio', input_audio: { data: bytes, format, durationSeconds } }, text('?')],
                },
              ],
            },
            never(),
          ),
        )
      : collect<unknown>(
          provider.transcribe?.(
            { ...request, audio: { bytes, format, fileName: pieceFileName(source.name, format), durationSeconds } },
            never(),
          ),
        ));
  }
}

function contextFor({ key }: MatrixServer): WireContext {
  const context = new WireContext();
  if (key !== undefined) context.key = key ?? undefined;
  return context;
}

it('has every provider that talks to a server', () => {
  const named = matrixProviders.map(({ name }) => name);
  const expected = Object.entries(presets).filter(([, { kind }]) => kind !== 'command' && providerKinds.includes(kind));
  expect(named.toSorted()).toEqual(expected.map(([name]) => name).toSorted());
});

describe.runIf(hasFfmpeg).each(matrixProviders)(`$name${ffmpegNote}`, ({ name, start, ways }) => {
  let server: MatrixServer;
  let provider: Provider;

  beforeAll(async () => {
    server = await start();
    provider = aProvider(server.entry, contextFor(server), name);
    await provider.models(never());
  });
  afterAll(() => server.close());

  const all = ways.flatMap((way) =>
    (Object.keys(containers) as Container[]).map((container) => ({ ...way, container })),
  );

  it.each(all)('$way of $model, $container', async ({ way, model: id, documented, container }) => {
    const model = await provider.model(id);
    server.takeReceived();
    if (documented.length === 0) {
      const error: unknown = await deliver(provider, model, way, container).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(EarshotError);
      expect((error as EarshotError).message).toMatch(/[Ss]elect (?:a|another) model/);
      expect(server.takeReceived()).toEqual([]);
      return;
    }
    await deliver(provider, model, way, container);
    const received = server.takeReceived();
    expect(received.length).toBeGreaterThan(0);
    for (const { format } of received) expect(documented).toContain(format);
    expect(correlation(received)).toBeGreaterThanOrEqual(0.99);
    expect(server.problems()).toEqual([]);
  });

  it('refuses what a model does not take before anything is sent, and says why and what else can be done', async () => {
    const entry = { ...server.entry, models: { picky: { audioInput: true, inputFormats: ['amr'] } } };
    const picky = aProvider(entry, contextFor(server), name);
    const model = await picky.model('picky');
    const error: unknown = await deliver(picky, model, 'question', 'wav').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'unsupported-media' });
    expect((error as Error).message).toContain(mediaFormatLabel('amr'));
    expect((error as Error).message).toMatch(/Select a model|convert/);
    expect(server.takeReceived()).toEqual([]);
  });
});
