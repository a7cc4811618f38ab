import type { Probe } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import type { AiffLayout } from './aiffHeader.js';
import type { ByteSource } from './byteSource.js';
import { isPcmCodec } from './pcm.js';
import { adpcmSampleCount, canReadAdpcm, isAdpcmCodec } from './readAdpcm.js';
import type { WavLayout } from './wavHeader.js';

/** @throws EarshotError `clip-empty`. */
export function probeWav(source: ByteSource, wav: WavLayout): Probe {
  refuseEmpty(source, wav);
  return { ...describe(source, wav), container: 'wav', codec: wav.codec };
}

/** @throws EarshotError `clip-empty`. */
export function probeAiff(source: ByteSource, aiff: AiffLayout): Probe {
  refuseEmpty(source, aiff);
  const codec = aiff.codec === 'adpcm-ima4' ? 'adpcm-ima' : aiff.codec;
  return { ...describe(source, aiff), container: 'aiff', codec };
}

export function refuseEmpty(
  source: ByteSource,
  { dataStart, dataEnd }: { readonly dataStart: number; readonly dataEnd: number },
): void {
  if (dataEnd > dataStart) return;
  throw new EarshotError(
    'clip-empty',
    `${source.name} holds no sound: it has a header but no samples. Record it again.`,
  );
}

function describe(source: ByteSource, layout: WavLayout | AiffLayout): Omit<Probe, 'container' | 'codec'> {
  const { sampleRate, channels, bitsPerSample, isTruncated } = layout;
  return {
    byteLength: source.byteLength,
    ...duration(layout),
    sampleRate,
    channels,
    ...(bitsPerSample > 0 ? { bitsPerSample } : {}),
    ...(isTruncated ? { isTruncated } : {}),
  };
}

function duration(layout: WavLayout | AiffLayout): Pick<Probe, 'durationSeconds' | 'durationIsEstimate'> {
  const { codec, sampleRate, frameByteLength, dataStart, dataEnd } = layout;
  if (isPcmCodec(codec)) return { durationSeconds: (dataEnd - dataStart) / frameByteLength / sampleRate };
  const { factSampleCount, bytesPerSecond } = 'isPlain' in layout ? layout : {};
  if (isAdpcmCodec(codec)) {
    const adpcm = { ...layout, codec, blockByteLength: frameByteLength };
    if (canReadAdpcm(adpcm)) {
      return { durationSeconds: Math.min(adpcmSampleCount(adpcm), factSampleCount ?? Infinity) / sampleRate };
    }
  }
  if (factSampleCount !== undefined && factSampleCount > 0) return { durationSeconds: factSampleCount / sampleRate };
  const seconds = (dataEnd - dataStart) / (bytesPerSecond ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? { durationSeconds: seconds, durationIsEstimate: true } : {};
}
