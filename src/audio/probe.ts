import type { Probe } from '../core/clip.js';
import type { MediaFormatName } from '../core/media.js';
import { readAiffHeader } from './aiffHeader.js';
import type { ByteSource } from './byteSource.js';
import { inspectFrames } from './probeFrames.js';
import { sniff } from './sniff.js';
import type { Sniffed } from './sniff.js';
import { probeAiff, probeWav } from './probePcm.js';
import { readWavHeader } from './wavHeader.js';
import type { WavLayout } from './wavHeader.js';

/** What a look at the headers tells, and for WAV where the samples are. */
export interface Examined {
  readonly probe: Probe;
  readonly wav?: WavLayout;
}

const inspected: readonly MediaFormatName[] = ['ogg', 'flac', 'mpegts'];

/** @throws EarshotError `unsupported-media` naming what was found, `clip-empty`, `clip-unreadable`. */
export async function examine(source: ByteSource, signal?: AbortSignal): Promise<Examined> {
  const sniffed = await sniff(source, signal);
  if (sniffed.container === 'wav' && sniffed.start === 0) {
    const wav = await readWavHeader(source, signal);
    return { probe: probeWav(source, wav), wav };
  }
  if (sniffed.container === 'aiff' && sniffed.start === 0) {
    return { probe: probeAiff(source, await readAiffHeader(source, signal)) };
  }
  return { probe: await probeOther(source, sniffed, signal) };
}

async function probeOther(source: ByteSource, sniffed: Sniffed, signal: AbortSignal | undefined): Promise<Probe> {
  const { container, codec, firstFrame } = sniffed;
  const probe: Probe = { container, codec, byteLength: source.byteLength };
  if (firstFrame !== undefined) {
    const { sampleRate, channels } = firstFrame.header;
    const { durationSeconds, isEstimate, isTruncated } = await inspectFrames(source, firstFrame, signal);
    return {
      ...probe,
      sampleRate,
      ...(channels > 0 ? { channels } : {}),
      durationSeconds,
      ...(isEstimate ? { durationIsEstimate: true } : {}),
      ...(isTruncated ? { isTruncated } : {}),
    };
  }
  if (container === 'mp4' || container === 'mov') {
    return { ...probe, ...(await (await import('./inspectMp4.js')).inspectMp4(source, signal)) };
  }
  if (container === 'webm') {
    return { ...probe, ...(await (await import('./inspectMatroska.js')).inspectMatroska(source, signal)) };
  }
  if (!inspected.includes(container)) return probe;
  // Loaded on first use, with all of mediabunny: most recordings of speech are WAV or MP3, which need none of it.
  const { inspectContainer } = await import('./inspectContainer.js');
  return { ...probe, ...(await inspectContainer(source, signal)) };
}
