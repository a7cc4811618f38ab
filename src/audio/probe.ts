import type { Probe } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import type { MediaFormatName } from '../core/media.js';
import type { ByteSource } from './byteSource.js';
import { inspectFrames } from './probeFrames.js';
import { sniff } from './sniff.js';
import type { Sniffed } from './sniff.js';
import { readWavHeader } from './wavHeader.js';
import type { WavLayout } from './wavHeader.js';

/** What a look at the headers tells, and for WAV where the samples are. */
export interface Examined {
  readonly probe: Probe;
  readonly wav?: WavLayout;
}

const inspected: readonly MediaFormatName[] = ['mp4', 'mov', 'webm', 'ogg', 'flac', 'mpegts'];

/** @throws EarshotError `unsupported-media` naming what was found, `clip-empty`, `clip-unreadable`. */
export async function examine(source: ByteSource, signal?: AbortSignal): Promise<Examined> {
  const sniffed = await sniff(source, signal);
  if (sniffed.container === 'wav' && sniffed.start === 0) {
    const wav = await readWavHeader(source, signal);
    return { probe: probeWav(source, wav), wav };
  }
  return { probe: await probeOther(source, sniffed, signal) };
}

function probeWav(source: ByteSource, wav: WavLayout): Probe {
  const dataByteLength = wav.dataEnd - wav.dataStart;
  if (dataByteLength === 0) {
    throw new EarshotError(
      'clip-empty',
      `${source.name} holds no sound: it has a header but no samples. Record it again.`,
    );
  }
  const isPcm = wav.bytesPerSecond === wav.frameByteLength * wav.sampleRate;
  const seconds = isPcm
    ? dataByteLength / wav.frameByteLength / wav.sampleRate
    : wav.factSampleCount === undefined
      ? dataByteLength / wav.bytesPerSecond
      : wav.factSampleCount / wav.sampleRate;
  return {
    container: 'wav',
    codec: wav.codec,
    byteLength: source.byteLength,
    ...(Number.isFinite(seconds) && seconds > 0 ? { durationSeconds: seconds } : {}),
    sampleRate: wav.sampleRate,
    channels: wav.channels,
    ...(wav.bitsPerSample > 0 ? { bitsPerSample: wav.bitsPerSample } : {}),
  };
}

async function probeOther(source: ByteSource, sniffed: Sniffed, signal: AbortSignal | undefined): Promise<Probe> {
  const { container, codec, firstFrame } = sniffed;
  const probe: Probe = { container, codec, byteLength: source.byteLength };
  if (firstFrame !== undefined) {
    const { sampleRate, channels } = firstFrame.header;
    const { durationSeconds } = await inspectFrames(source, firstFrame, signal);
    return { ...probe, sampleRate, ...(channels > 0 ? { channels } : {}), durationSeconds };
  }
  if (!inspected.includes(container)) return probe;
  // Loaded on first use, with all of mediabunny: most recordings of speech are WAV or MP3, which need none of it.
  const { inspectContainer } = await import('./inspectContainer.js');
  return { ...probe, ...(await inspectContainer(source, signal)) };
}
